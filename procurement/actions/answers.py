"""The answer to a supplier's question: drafted by one person, published by another to everybody at once."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from boroughs import audit
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable, PermissionRefused
from boroughs.permissions import Actor, Permission
from procurement import notifications
from procurement.actions import additions, letters, notice_turn
from procurement.actions.experiences import ADDRESS
from procurement.actions.questions import tell_lead
from procurement.models import Notice, NoticeVersion, Question
from procurement.queries import answering

Status = Question.Status
NAME = "questions"
QUESTION_CHARACTERS = 2_000
ANSWER_CHARACTERS = 5_000
DECLINE_CHARACTERS = 1_000


@transaction.atomic
def draft(
    *,
    question: Question,
    public_text: str,
    answer: str,
    revision: int,
    by: Actor,
    also: Collection[int] = (),
    reason: str = "",
) -> Question:
    """Write the answer that a second person may publish, or the correction of one that is published.

    `also` are other waiting questions, by primary key, that it answers too; `reason` is wanted of a correction.
    Raises ChangedMeanwhile where `revision` is not current, and NotAcceptable with what is wrong, by field.
    """
    _require_drafter(by, question.notice)
    last = additions.take(question.notice)
    question.refresh_from_db()
    _require_open(question)
    _require_acceptable(public_text, answer)
    if question.status == Status.ANSWERED:
        reason = _reason_of_correction(question, last, public_text, answer, reason)
    _write(
        question,
        revision,
        public_text=public_text,
        answer=answer,
        drafted_by=audit.name_of(by),
        correction_reason=reason if question.status == Status.ANSWERED else "",
    )
    if question.status == Status.WAITING:
        _take_along(question, also)
    _record(question, "draft answer", by)
    key = f"drafted {question.revision}"
    tell_lead(question, "An answer waits for a second person,", key=key, to=Permission.COMMIT, besides=by)
    return question


@transaction.atomic
def take_back(*, question: Question, revision: int, by: Actor) -> Question:
    """Give a drafted answer up: the words stay for the next try; of a correction, those that are published."""
    _require_drafter(by, question.notice)
    last = additions.take(question.notice)
    question.refresh_from_db()
    if not question.drafted_by:
        raise IllegalMove("No answer waits here.")
    words = {}
    if question.status == Status.ANSWERED:
        published = _entry(last, question.number)
        words = {"public_text": published["question"], "answer": published["answer"]}
    _write(question, revision, drafted_by="", correction_reason="", **words)
    if question.status == Status.WAITING:
        _take_along(question, ())
    _record(question, "take answer back", by)
    return question


@transaction.atomic
def publish(*, question: Question, revision: int, by: Actor) -> NoticeVersion:
    """Publish the drafted answer, or its correction, with the notice's next version; everybody who asked it is told.

    Raises PermissionRefused for who drafted it, and ChangedMeanwhile where it says something else than was read.
    """
    _require_publisher(by, question.notice)
    last = additions.take(question.notice)
    question.refresh_from_db()
    if not question.drafted_by:
        raise IllegalMove("No answer waits here to be published.")
    additions.require_another(by, question.drafted_by)
    drafted_by, reason = question.drafted_by, question.correction_reason
    is_first = question.status == Status.WAITING
    entries = list(last.content.get(NAME, ()))
    number = question.number or 1 + max((each["number"] for each in entries), default=0)
    now = timezone.now()
    moved = {"status": Status.ANSWERED, "number": number, "changed_at": now} if is_first else {}
    _write(question, revision, drafted_by="", correction_reason="", **moved)
    if is_first:
        question.duplicates.filter(status=Status.WAITING).update(status=Status.DUPLICATE, changed_at=now)
    _record(question, "publish answer", by, number=number)
    version = additions.publish(
        notice=question.notice,
        name=NAME,
        entries=_with(entries, question),
        last=last,
        by=by,
        drafted_by=drafted_by,
        reason=f"Question {number} answered." if is_first else f"Answer to question {number} corrected: {reason}",
    )
    _tell_askers(question, version, is_correction=not is_first)
    return version


@transaction.atomic
def close_with(*, question: Question, number: int, by: Actor) -> Question:
    """Say that a waiting question is answered already: who asked is sent there. Nothing new is published."""
    _require_publisher(by, question.notice)
    last = additions.take(question.notice)
    answered = Question.objects.filter(notice=question.notice, status=Status.ANSWERED, number=number).first()
    if answered is None:
        raise NotAcceptable(["Choose one of the published answers."], fields={"number": ["Choose a published answer."]})
    _close(question, status=Status.DUPLICATE, same_as=answered)
    _record(question, "answer with another", by, number=number)
    if question.subscriber is not None:
        words = notifications.question_answered(question=answered, version=last, subscriber=question.subscriber)
        letters.write([letters.Draft(question.subscriber.pk, f"answered-{question.pk}", words)])
    return question


@transaction.atomic
def decline(*, question: Question, reason: Question.DeclineReason, words: str, by: Actor) -> Question:
    """Give no answer. Who asked alone is told why; nothing is published of the question."""
    _require_publisher(by, question.notice)
    if len(words) > DECLINE_CHARACTERS:
        problem = f"What you write must be {DECLINE_CHARACTERS:,} characters or fewer"
        raise NotAcceptable([problem], fields={"words": [problem]})
    _close(question, status=Status.DECLINED, same_as=None, decline_reason=reason, decline_words=words)
    _record(question, "decline", by, reason=reason)
    if question.subscriber is not None:
        letter = notifications.question_declined(question=question, subscriber=question.subscriber)
        letters.write([letters.Draft(question.subscriber.pk, f"declined-{question.pk}", letter)])
    return question


def _require_drafter(by: Actor, notice: Notice) -> None:
    if not answering.may_draft(by, notice):
        raise PermissionRefused("Authorities that the notice names, and analysts, answer its questions.")


def _require_publisher(by: Actor, notice: Notice) -> None:
    if not answering.may_publish(by, notice):
        raise PermissionRefused("Approvers of the lead authority, and analysts, publish answers.")


def _require_open(question: Question) -> None:
    if question.same_as_id is not None:
        raise IllegalMove("This question is answered together with another one.")
    if question.status not in (Status.WAITING, Status.ANSWERED):
        raise IllegalMove("This question is closed.")


def _require_acceptable(public_text: str, answer: str) -> None:
    found: dict[str, str] = {}
    if not public_text:
        found["public_text"] = "Write the question as suppliers are to read it"
    elif len(public_text) > QUESTION_CHARACTERS:
        found["public_text"] = f"The question must be {QUESTION_CHARACTERS:,} characters or fewer"
    elif ADDRESS.search(public_text):
        found["public_text"] = "Take the e-mail address out of the question: it could tell who asked"
    if not answer:
        found["answer"] = "Write the answer"
    elif len(answer) > ANSWER_CHARACTERS:
        found["answer"] = f"The answer must be {ANSWER_CHARACTERS:,} characters or fewer"
    if found:
        raise NotAcceptable(list(found.values()), {name: [words] for name, words in found.items()})


def _reason_of_correction(question: Question, last: NoticeVersion, public_text: str, answer: str, reason: str) -> str:
    """The reason on one line. Raises NotAcceptable where there is none, or nothing is corrected."""
    published = _entry(last, question.number)
    if (published["question"], published["answer"]) == (public_text, answer):
        raise NotAcceptable(["This says the same as the published answer."])
    try:
        return notice_turn.public_reason(reason, what="corrected")
    except NotAcceptable as refusal:
        raise NotAcceptable(refusal.problems, fields={"reason": refusal.problems}) from refusal


def _write(question: Question, revision: int, **values: Any) -> None:
    """Compare and swap. Raises ChangedMeanwhile where `revision` is not current."""
    if not Question.objects.filter(pk=question.pk, revision=revision).update(revision=F("revision") + 1, **values):
        raise ChangedMeanwhile("A colleague has changed this answer since you opened it.")
    question.refresh_from_db()


def _close(question: Question, **values: Any) -> None:
    """Out of the waiting ones, with its draft; what was to be answered with it waits by itself again."""
    moved = Question.objects.waiting().filter(pk=question.pk)
    if not moved.update(revision=F("revision") + 1, drafted_by="", changed_at=timezone.now(), **values):
        raise IllegalMove("This question is answered or closed already.")
    question.duplicates.filter(status=Status.WAITING).update(same_as=None)
    question.refresh_from_db()


def _take_along(question: Question, also: Collection[int]) -> None:
    """Have `also` answered with this question, and none else. Not those with a draft or duplicates of their own."""
    free = Question.objects.waiting().filter(notice=question.notice_id, drafted_by="").exclude(pk=question.pk)
    free.filter(same_as=question).exclude(pk__in=also).update(same_as=None)
    leading = Question.objects.filter(notice=question.notice_id, same_as__isnull=False).values("same_as")
    free.filter(pk__in=also, same_as__isnull=True).exclude(pk__in=leading).update(same_as=question)


def _entry(version: NoticeVersion, number: int | None) -> Mapping[str, Any]:
    """A published question in the content of a version."""
    found: Mapping[str, Any] = next(each for each in version.content[NAME] if each["number"] == number)
    return found


def _with(entries: Sequence[Mapping[str, Any]], question: Question) -> list[Mapping[str, Any]]:
    """The published questions, with this one as it is now."""
    today = timezone.localdate().isoformat()
    before = next((each for each in entries if each["number"] == question.number), None)
    asked_at = question.confirmed_at or question.asked_at
    entry = {
        "number": question.number,
        "asked_on": before["asked_on"] if before else timezone.localdate(asked_at).isoformat(),
        "question": question.public_text,
        "answer": question.answer,
        "answered_on": before["answered_on"] if before else today,
        "corrected_on": today if before else None,
    }
    others = [each for each in entries if each["number"] != question.number]
    return sorted([*others, entry], key=lambda each: int(each["number"]))


def _tell_askers(question: Question, version: NoticeVersion, *, is_correction: bool) -> None:
    """One letter for each who asked it, under the key of the version: who also follows the notice gets no second."""
    asked = Question.objects.filter(Q(pk=question.pk) | Q(same_as=question, status=Status.DUPLICATE))
    askers = {each.subscriber for each in asked.select_related("subscriber") if each.subscriber is not None}
    letters.write(
        [
            letters.Draft(
                asker.pk,
                f"version-{version.pk}",
                notifications.question_answered(
                    question=question, version=version, subscriber=asker, is_correction=is_correction
                ),
            )
            for asker in sorted(askers, key=lambda each: each.pk)
            if asker.refused_at is None
        ]
    )


def _record(question: Question, verb: str, by: Actor, **details: Any) -> None:
    audit.record(by=by, verb=verb, noun="question", reference=question.reference, details=details)
