"""A withdrawn notice leaves no question waiting, whenever it was confirmed; whoever asked is told, and nobody else."""

from functools import partial

import pytest

from boroughs.models import AuditEvent, Notification
from procurement.actions import confirming, questions, withdrawals
from procurement.models import Letter, Notice, Question, Subscriber
from tests.factories import notices as scene
from tests.factories import questions as asked
from tests.threads import at_once

pytestmark = pytest.mark.django_db
LATE = {"text": "Who hosts it today?", "email": "bob@other.example"}


@pytest.fixture
def notice() -> Notice:
    return scene.publish().notice


def told() -> list[tuple[str, str]]:
    rows = Letter.objects.filter(key__startswith="declined-").select_related("subscriber").order_by("pk")
    return [(row.subscriber.email, row.body) for row in rows]


def test_withdrawal_closes_what_waits_and_tells_who_asked(notice: Notice) -> None:
    asked.publish(asked.ask(notice))
    waiting = asked.ask(notice, **LATE)
    drafted = asked.draft(asked.ask(notice, "Which data are moved?", "cid@third.example"), also=[waiting.pk])
    scene.withdraw(notice)
    assert not Question.objects.waiting().exists()
    for question in (waiting, drafted):
        question.refresh_from_db()
        assert (question.status, question.decline_reason) == ("DECLINED", "WITHDRAWN")
        assert (question.drafted_by, question.same_as) == ("", None)
    assert [email for email, _ in told()] == ["bob@other.example", "cid@third.example"]
    (_, words), _ = told()
    assert "Why: The notice is withdrawn." in words
    assert "Who hosts it today?" in words
    assert "ask anew" not in words
    trail = AuditEvent.objects.filter(noun="question", verb="decline")
    assert sorted(trail.values_list("reference", flat=True)) == sorted([waiting.reference, drafted.reference])


def test_question_that_is_confirmed_after_the_withdrawal_is_closed_and_its_mailbox_told(notice: Notice) -> None:
    question = questions.ask(notice=notice, **LATE)
    scene.withdraw(notice)
    assert not told(), "nobody has confirmed it"
    thing = confirming.thing_of(question.confirmation_token)
    confirming.confirm(thing)
    assert "was withdrawn before you confirmed" in confirming.said(thing)
    assert not Question.objects.waiting().exists()
    assert [email for email, _ in told()] == ["bob@other.example"]
    assert not Notification.objects.filter(kind="QUESTION").exists(), "there is nothing to answer"
    confirming.confirm(confirming.thing_of(question.confirmation_token))
    assert len(told()) == 1


def test_question_of_who_was_forgotten_is_closed_without_a_letter(notice: Notice) -> None:
    question = asked.ask(notice)
    Subscriber.objects.all().delete()
    scene.withdraw(notice)
    question.refresh_from_db()
    assert question.status == "DECLINED"
    assert not told()


@pytest.mark.django_db(transaction=True)
def test_question_confirmed_while_the_notice_is_withdrawn_does_not_stay_waiting() -> None:
    notice = scene.publish().notice
    question = questions.ask(notice=notice, **LATE)
    withdrawals.propose(notice=notice, by=scene.analyst(), reason="Why.")
    at_once(
        partial(withdrawals.approve, notice=Notice.objects.get(), by=scene.analyst()),
        partial(
            questions.confirm, question=Question.objects.select_related("notice", "subscriber").get(pk=question.pk)
        ),
    )
    assert not Question.objects.waiting().exists()
    assert len(told()) == 1
