"""A supplier's question: asked under an address, confirmed from its mailbox, and only then told to the lead."""

import hashlib
from datetime import date

from django.db import transaction
from django.utils import timezone

from boroughs import audit
from boroughs.exceptions import IllegalMove, NotAcceptable
from boroughs.models import Notification
from boroughs.permissions import Actor, Permission, System
from boroughs.templatetags.formatting import day
from procurement import notifications
from procurement.actions import additions, lead_news, subscribers, unanswered
from procurement.models import Notice, NoticeVersion, PublicState, Question, state_at
from procurement.search import words

# So many of one mailbox may wait for its yes on one notice, and as many for an answer.
MOST_OPEN = 10
# In the trail and in logs whoever asks is this, and nobody in particular.
SUPPLIER = System("a supplier")


def fingerprint(text: str) -> str:
    """The same for texts that differ in case, accents, spaces and signs alone."""
    folded = words.fold(text)
    return hashlib.sha256(" ".join(words.words(folded) or [folded]).encode()).hexdigest()


def refusal(version: NoticeVersion) -> str:
    """Why nobody may ask about this version's notice now, in words; blank where they may."""
    state = state_at(
        timezone.now(),
        is_withdrawn=version.is_withdrawal,
        questions_close_date=version.questions_close_date,
        closes_date=version.closes_date,
    )
    return refusal_in(state.value, questions_close_date=version.questions_close_date)


def refusal_in(state: str, *, questions_close_date: date) -> str:
    """The same of a state and a date that are at hand."""
    if state == PublicState.OPEN:
        return ""
    if state == PublicState.WITHDRAWN:
        return "This notice is withdrawn, so no more questions are taken."
    return f"The last day for questions was {day(questions_close_date)}."


@transaction.atomic
def ask(*, notice: Notice, email: str, text: str) -> Question:
    """Ask a question; the mailbox is sent a link that confirms it.

    Asked again in the same words, it is the same question with a new link. Raises IllegalMove where the notice takes no
    questions, and NotAcceptable where too many wait for a yes of this mailbox, or it was asked too often today.
    """
    version = NoticeVersion.objects.filter(current_of=notice).first()
    if version is None:
        raise IllegalMove("This notice is not published.")
    if words := refusal(version):
        raise IllegalMove(words)
    subscriber = subscribers.known(email=email)
    mine = Question.objects.filter(subscriber=subscriber, notice=notice)
    question, is_new = mine.get_or_create(
        fingerprint=fingerprint(text),
        defaults={
            "subscriber": subscriber,
            "notice": notice,
            "text": text,
            "public_text": text,
            "asked_at": timezone.now(),
        },
    )
    # Not those that wait for an answer: anybody could count what somebody else has asked.
    if is_new and mine.filter(confirmed_at__isnull=True).count() > MOST_OPEN:
        problem = f"{MOST_OPEN} questions from this address wait to be confirmed here, which is the most."
        raise NotAcceptable([problem], fields={"email": [problem]})
    if not is_new and question.confirmed_at is None:
        question.asked_at = timezone.now()
        question.save(update_fields=["asked_at"])
    # The page says the same in each case; that it was asked before stands in the e-mail alone.
    subscribers.ask(subscriber=subscriber, thing=question, words=notifications.confirm_question(question=question))
    return question


@transaction.atomic
def confirm(*, question: Question) -> None:
    """The link in the mailbox was followed: the lead is told, without who it was. Twice is the same as once.

    Where the notice was withdrawn since, the question is closed, and the mailbox is told so. Raises NotAcceptable where
    too many of this mailbox wait for an answer already.
    """
    if question.subscriber is None:
        return
    subscribers.confirm(subscriber=question.subscriber)
    # Whoever withdraws the notice at this moment comes before, or after, and then closes this question too.
    is_on_board = additions.hold(question.notice)
    now = timezone.now()
    unconfirmed = Question.objects.filter(pk=question.pk, confirmed_at__isnull=True)
    if not unconfirmed.update(confirmed_at=now, changed_at=now):
        return
    mine = Question.objects.waiting().filter(notice=question.notice_id, subscriber=question.subscriber)
    if mine.count() > MOST_OPEN:
        raise NotAcceptable([f"{MOST_OPEN} of your questions wait for an answer here, which is the most."])
    question.refresh_from_db()
    audit.record(by=SUPPLIER, verb="ask", noun="question", reference=question.reference)
    if is_on_board:
        tell_lead(question, "A supplier asks", key="asked", to=Permission.TAKE_PART)
    else:
        unanswered.close(notice=question.notice, by=SUPPLIER)
        question.refresh_from_db()


def tell_lead(question: Question, what: str, *, key: str, to: Permission, besides: Actor | None = None) -> None:
    """Tell people of the borough that leads. `what` says what happened, in the words before "about NT-0001"."""
    lead_news.tell(
        question.notice,
        f"{what} about",
        kind=Notification.Kind.QUESTION,
        route="notice-questions",
        key=f"{question.pk} {key}",
        to=to,
        besides=besides,
    )


def said(question: Question) -> str:
    """What came of confirming it, for who asked."""
    if question.decline_reason == Question.DeclineReason.WITHDRAWN:
        return f"{question.notice.reference} was withdrawn before you confirmed, so your question gets no answer."
    return f"Your question on {question.notice.reference} is with the authorities."
