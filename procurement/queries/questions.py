"""Suppliers' questions on one notice: what everybody may know of those that wait, and what those read who answer.

Nothing here tells who asked: no value carries the subscriber.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone

from procurement.models import Notice, Question
from procurement.planning import working_days
from procurement.queries.published_notice import PublicQuestion
from procurement.search import alike

Status = Question.Status
# Waiting questions that one page shows and groups, the oldest first.
MOST = 200
# Published answers that are shown beside a question that they may answer.
RELATED = 3


@dataclass(frozen=True)
class Waiting:
    """What the public page tells of questions without an answer: how many, and when the first is due."""

    count: int
    first_due_on: date
    is_overdue: bool


@dataclass(frozen=True)
class Asked:
    """A question as those see it who answer."""

    pk: int
    number: int | None
    # As it was asked.
    text: str
    public_text: str
    answer: str
    asked_on: date
    due_on: date
    is_overdue: bool
    drafted_by: str
    correction_reason: str
    revision: int
    status: str
    status_words: str
    # Why it is not answered, in words; blank where it is or waits.
    declined: str
    # By primary key, the question with which it is, or is to be, answered.
    same_as: int | None
    # Other waiting questions that its draft answers too.
    along: tuple["Asked", ...] = ()


@dataclass(frozen=True)
class Desk:
    """All questions on a notice, in the order in which people work on them."""

    # With an answer, or a correction, that waits for a second person.
    drafted: tuple[Asked, ...]
    # Without an answer: near-duplicates together, the oldest first.
    groups: tuple[tuple[Asked, ...], ...]
    answered: tuple[Asked, ...]
    closed: tuple[Asked, ...]
    # Waiting ones that are not shown yet.
    more: int


def due_on(confirmed_at: datetime) -> date:
    """The London day until which a question is to be answered: so many working days after it was confirmed."""
    return working_days.after(timezone.localdate(confirmed_at), settings.QUESTION_ANSWER_DAYS)


def waiting(reference: str, *, today: date) -> Waiting | None:
    """Of a published notice; None where nothing waits. One query."""
    found = (
        Question.objects.waiting()
        .filter(notice__reference=reference)
        .aggregate(count=Count("pk"), first=Min("confirmed_at"))
    )
    if not found["count"]:
        return None
    due = due_on(found["first"])
    return Waiting(found["count"], due, is_overdue=today > due)


def desk(notice: Notice, *, today: date) -> Desk:
    """Three queries."""
    rows = list(Question.objects.waiting().filter(notice=notice).oldest_first()[: MOST + 1])
    more = Question.objects.waiting().filter(notice=notice).count() - MOST if len(rows) > MOST else 0
    shown = rows[:MOST]
    along = {row.pk: tuple(_asked(each, today) for each in shown if each.same_as_id == row.pk) for row in shown}
    open_ones = [_asked(row, today, along[row.pk]) for row in shown if row.same_as_id is None]
    done = Question.objects.confirmed().filter(notice=notice).exclude(status=Status.WAITING)
    over = [_asked(row, today) for row in done.select_related("same_as").order_by("number", "pk")]
    answered = [each for each in over if each.status == Status.ANSWERED]
    return Desk(
        drafted=tuple(each for each in (*open_ones, *answered) if each.drafted_by),
        groups=_grouped([each for each in open_ones if not each.drafted_by]),
        answered=tuple(each for each in answered if not each.drafted_by),
        closed=tuple(each for each in over if each.status != Status.ANSWERED),
        more=more,
    )


def alike_to(question: Question, *, today: date) -> tuple[Asked, ...]:
    """Waiting questions that could be answered with this one: near-duplicates, and what its draft takes along."""
    rows = Question.objects.waiting().filter(notice=question.notice_id, drafted_by="").exclude(pk=question.pk)
    mine = alike.stems(question.text)
    return tuple(
        _asked(row, today)
        for row in rows.oldest_first()[:MOST]
        if row.same_as_id == question.pk or (row.same_as_id is None and alike.likeness(mine, alike.stems(row.text)))
    )


def answered_alike(text: str, published: Sequence[PublicQuestion]) -> tuple[PublicQuestion, ...]:
    """Published answers that have to do with a text, the most alike first. No query."""
    places = alike.most_alike(text, [each.question for each in published], most=RELATED)
    return tuple(published[place] for place in places)


def _grouped(questions: Sequence[Asked]) -> tuple[tuple[Asked, ...], ...]:
    groups = alike.groups([each.text for each in questions])
    return tuple(tuple(questions[place] for place in places) for places in groups)


def _asked(row: Question, today: date, along: Iterable[Asked] = ()) -> Asked:
    confirmed_at = row.confirmed_at or row.asked_at
    due = due_on(confirmed_at)
    return Asked(
        pk=row.pk,
        number=row.same_as.number if row.status == Status.DUPLICATE and row.same_as else row.number,
        text=row.text,
        public_text=row.public_text,
        answer=row.answer,
        asked_on=timezone.localdate(confirmed_at),
        due_on=due,
        is_overdue=row.status == Status.WAITING and today > due,
        drafted_by=row.drafted_by,
        correction_reason=row.correction_reason,
        revision=row.revision,
        status=row.status,
        status_words=str(row.get_status_display()),
        declined=str(row.get_decline_reason_display()) if row.decline_reason else "",
        same_as=row.same_as_id,
        along=tuple(along),
    )
