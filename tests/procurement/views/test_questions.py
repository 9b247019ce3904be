"""The page on which suppliers ask, and what the notice's page tells of questions."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from boroughs.models import Work
from procurement.actions import letters
from procurement.models import Notice, Question
from procurement.queries import published, questions
from tests.factories import notices as scene
from tests.factories import questions as asked

pytestmark = pytest.mark.django_db
YES = {"email": "ann@supplier.example", "text": "Who hosts it?\r\nAnd where?"}


@pytest.fixture(autouse=True)
def _no_bells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boroughs.background.ring", lambda *_, **__: None)


@pytest.fixture
def notice() -> Notice:
    return scene.publish().notice


def ask_at(notice: Notice) -> str:
    return reverse("notice-ask", args=[notice.reference])


def page(client: Client, notice: Notice) -> str:
    return client.get(reverse("notice-detail", args=[notice.reference])).content.decode()


def test_question_goes_from_the_form_through_the_mailbox_to_the_notice(client: Client, notice: Notice) -> None:
    assert ask_at(notice) in page(client, notice)
    assert "Ask until the end of" in client.get(ask_at(notice)).content.decode()
    sent = client.post(ask_at(notice), YES)
    assert "ann@supplier.example" in sent.content.decode()
    Work.objects.update(not_before=timezone.now())
    letters.run()
    link = re.search(r"https?://[^/\s]+(/confirm/\S+)", str(mail.outbox[-1].body))
    assert link is not None
    assert "Who hosts it?" in client.get(link[1]).content.decode()
    assert not Question.objects.confirmed().exists(), "mail scanners follow links"
    assert "wait for an answer" not in page(client, notice)
    mine = client.post(link[1], follow=True).content.decode()
    assert f"Your question on {notice.reference} is with the authorities" in mine
    assert "Waiting for an answer" in mine
    shown = page(Client(), notice)
    due = questions.due_on(timezone.now())
    assert f"1 question waits for an answer. It is due by {due.day} {due:%B %Y}." in " ".join(shown.split())
    assert "Who hosts it" not in shown, "nobody reads a question before its answer"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Write your question."),
        (YES | {"email": "ann"}, "Enter an e-mail address in the correct form"),
        (YES | {"text": "x" * 100_000}, "Your question must be 2,000 characters or fewer"),
        (YES | {"text": "\u202e\x00 \u200b"}, "Write your question."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    client: Client, notice: Notice, typed: dict[str, str], words: str
) -> None:
    shown = client.post(ask_at(notice), typed).content.decode()
    assert "There is a problem" in shown
    assert words in shown
    assert not Question.objects.exists()
    if len(typed.get("text", "")) > 2000:
        assert typed["text"] in shown


def test_question_of_2000_characters_is_taken(client: Client, notice: Notice) -> None:
    client.post(ask_at(notice), YES | {"text": "x" * 2000})
    assert len(Question.objects.get().text) == 2000


def test_markup_and_links_are_text_everywhere(client: Client, notice: Notice) -> None:
    evil = "<script>alert(1)</script> [a](https://evil.example) https://evil.example \u202eabc\u0007"
    question = asked.ask(notice)
    Question.objects.filter(pk=question.pk).update(text=evil, public_text=evil)
    client.post(ask_at(notice), YES | {"text": evil})
    assert Question.objects.order_by("-pk")[0].text == evil.replace("\u202e", "").replace("\u0007", "")
    asked.publish(question, answer=evil)
    for address in (
        reverse("notice-detail", args=[notice.reference]),
        reverse("notice-compare", args=[notice.reference]),
        reverse("board-feed"),
    ):
        body = client.get(address).content.decode()
        assert "<script>alert" not in body
        assert 'href="https://evil.example' not in body


def test_after_the_last_day_the_page_says_so_and_keeps_what_was_typed(client: Client, notice: Notice) -> None:
    form = client.get(ask_at(notice))
    assert "Your question" in form.content.decode()
    scene.correct(notice, **scene.dates(date(2020, 1, 1), date(2099, 1, 1)))
    shown = client.post(ask_at(notice), YES).content.decode()
    assert "The last day for questions was 1 January 2020" in shown
    assert "Your question was not sent" in shown
    assert "And where?" in shown
    assert ask_at(notice) not in page(client, notice)
    scene.withdraw(notice)
    assert "no more questions are taken" in client.get(ask_at(notice)).content.decode()


def test_a_draft_takes_no_questions(client: Client) -> None:
    assert client.get(ask_at(scene.draft(scene.confirmed_demand()))).status_code == 404


def test_answers_that_are_alike_are_shown_before_it_is_sent(client: Client, notice: Notice) -> None:
    asked.publish(asked.ask(notice, "Do tenants need single sign-on?"))
    typed = YES | {"text": "Is single sign-on needed for tenants?"}
    shown = client.post(ask_at(notice), typed).content.decode()
    assert "Is it answered here?" in shown
    assert asked.ANSWER in shown
    assert typed["text"] in shown
    assert Question.objects.count() == 1
    client.post(ask_at(notice), typed | {"looked": "on"})
    assert Question.objects.count() == 2


def test_waiting_questions_change_what_caches_keep(client: Client, notice: Notice) -> None:
    address = reverse("notice-detail", args=[notice.reference])
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    question = asked.ask(notice)
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})
    asked.publish(question)
    answered = client.get(address, headers={"If-None-Match": changed["ETag"]})
    assert [first.status_code, again.status_code, changed.status_code, answered.status_code] == [200, 304, 200, 200]
    assert "question waits" in changed.content.decode()
    assert "question waits" not in answered.content.decode()


def test_stamp_of_the_board_is_one_query(notice: Notice, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    asked.ask(notice)
    with django_assert_num_queries(1):
        published.stamp(at=timezone.now())


def test_overdue_question_says_when_it_was_due(client: Client, notice: Notice, settings: Settings) -> None:
    settings.QUESTION_ANSWER_DAYS = 1
    question = asked.ask(notice)
    Question.objects.filter(pk=question.pk).update(confirmed_at=datetime(2026, 4, 2, 9, tzinfo=UTC))
    # Over Easter: Friday and Monday are bank holidays.
    assert "It was due by 7 April 2026." in " ".join(page(client, notice).split())


def test_published_answers_stand_in_every_face(client: Client, notice: Notice) -> None:
    question = asked.ask(notice)
    asked.publish(question)
    asked.publish(question, "No, in two of them.", reason="We had asked one only.")
    found: dict[str, Any] = client.get(f"/api/v1/notices/{notice.reference}/").json()
    today = timezone.localdate().isoformat()
    assert found["questions"] == [
        {
            "number": 1,
            "asked_on": today,
            "question": "Do tenants need single sign-on?",
            "answer": "No, in two of them.",
            "answered_on": today,
            "corrected_on": today,
        }
    ]
    now = page(client, notice)
    assert 'id="question-1"' in now
    assert "No, in two of them." in now
    assert "corrected on" in now
    second = client.get(reverse("notice-version", args=[notice.reference, 2])).content.decode()
    assert asked.ANSWER in second
    assert "corrected on" not in second
    compared = client.get(reverse("notice-compare", args=[notice.reference]), {"from": 2, "to": 3}).content.decode()
    assert "Question 1" in compared
    assert "We had asked one only." in compared
    assert "We had asked one only." in client.get(reverse("board-feed")).content.decode()
