"""The pages on which the authorities of a notice answer, and that none of them tells who asked."""

import io
import logging
from datetime import UTC, datetime

import pypdf
import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from boroughs.models import AuditEvent, Notification, Role, User
from procurement.models import Notice, NoticeVersion, Question
from tests.factories import notices as scene
from tests.factories import questions as asked
from tests.factories.boroughs import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice() -> Notice:
    return scene.publish().notice


def of(name: str, role: Role = Role.BOROUGH_EDITOR) -> Client:
    user: User = UserFactory()
    MembershipFactory(user=user, role=role, borough=scene.borough(name))
    return signed_in(user)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def desk(notice: Notice) -> str:
    return reverse("notice-questions", args=[notice.reference])


def at(name: str, question: Question) -> str:
    return reverse(f"question-{name}", args=[question.notice.reference, question.pk])


def test_answer_from_the_draft_of_a_member_to_the_page_of_everybody(notice: Notice) -> None:
    one = asked.ask(notice)
    two = asked.ask(notice, "Is single sign-on needed for tenants?", "bob@other.example")
    member, analyst = of("Brent"), signed_in(scene.analyst())
    assert "2 ask nearly the same" in member.get(desk(notice)).content.decode()
    form = member.get(at("answer", one)).content.decode()
    assert "It answers these too" in form
    typed = {"public_text": "Is there single sign-on?", "answer": "Yes.", "revision": 1, "also": [two.pk]}
    listed = member.post(at("answer", one), typed, follow=True).content.decode()
    assert "Somebody else has to publish it" in listed
    assert "Publish to everybody" not in listed
    assert "You wrote this, so somebody else must publish it" in listed
    assert "an analyst publishes it" in of("Hackney").get(desk(notice)).content.decode()
    one.refresh_from_db()
    refused = member.post(at("publish", one), {"revision": one.revision})
    assert refused.status_code == 403
    listed = analyst.post(at("publish", one), {"revision": one.revision}, follow=True).content.decode()
    assert "Published with version 2" in listed
    public = Client().get(reverse("notice-detail", args=[notice.reference])).content.decode()
    assert "Is there single sign-on?" in public
    two.refresh_from_db()
    assert two.status == "DUPLICATE"
    # Corrected.
    one.refresh_from_db()
    typed = {"public_text": "Is there single sign-on?", "answer": "No.", "revision": one.revision, "reason": ""}
    assert "Say why the answer is corrected" in member.post(at("answer", one), typed).content.decode()
    member.post(at("answer", one), typed | {"reason": "We were wrong."})
    one.refresh_from_db()
    analyst.post(at("publish", one), {"revision": one.revision})
    assert NoticeVersion.objects.get(number=3).reason == "Answer to question 1 corrected: We were wrong."


def test_who_drafted_is_named_as_the_reader_may_know_it(notice: Notice) -> None:
    question = asked.ask(notice)
    author: User = UserFactory(name="Dot Drafter")
    MembershipFactory(user=author, role=Role.BOROUGH_EDITOR, borough=scene.borough("Brent"))
    signed_in(author).post(at("answer", question), {"public_text": "Why?", "answer": "So.", "revision": 1})
    for client, name in ((signed_in(scene.analyst()), "Dot Drafter"), (of("Hackney"), "Brent")):
        shown = client.get(desk(notice)).content.decode()
        assert f"Drafted by {name}" in shown
        assert author.email not in shown


def test_colleague_who_was_first_is_told_of_and_nothing_typed_is_lost(notice: Notice) -> None:
    question = asked.draft(asked.ask(notice))
    typed = {"public_text": "What I typed?", "answer": "My answer.", "revision": 1}
    client = of("Brent")
    shown = client.post(at("answer", question), typed).content.decode()
    assert "A colleague has changed this answer" in shown
    assert "My answer." in shown
    assert client.post(at("answer", question), typed | {"revision": question.revision}).status_code == 302


def test_question_is_closed_without_an_answer_or_with_one_that_is_there(notice: Notice) -> None:
    asked.publish(asked.ask(notice))
    late = asked.ask(notice, "Single sign-on for tenants?", "bob@other.example")
    other = asked.ask(notice, "What is the weather?", "bob@other.example")
    client = signed_in(scene.analyst())
    assert "It is answered here: question 1" in client.get(at("answer", late)).content.decode()
    client.post(at("close", late), {"number": "1"})
    assert "Choose why it is not answered" in client.post(at("decline", other), {"words": ""}).content.decode()
    listed = client.post(at("decline", other), {"reason": "NOT_ABOUT_IT", "words": ""}, follow=True).content.decode()
    assert "Answered with question 1" in listed
    assert "Not answered: It is not about this notice" in listed


def test_overdue_is_marked(notice: Notice) -> None:
    question = asked.ask(notice)
    Question.objects.filter(pk=question.pk).update(confirmed_at=datetime(2026, 3, 31, 9, tzinfo=UTC))
    shown = of("Brent").get(desk(notice)).content.decode()
    # Five working days, over Easter.
    assert "Answer due by 9 April 2026." in shown
    assert "Overdue" in shown


def test_others_do_not_learn_that_there_are_questions(notice: Notice) -> None:
    question = asked.ask(notice)
    for client in (of("Harrow"), of("Harrow", Role.BOROUGH_APPROVER)):
        assert client.get(desk(notice)).status_code == 404
        assert client.get(at("answer", question)).status_code == 404
    assert of("Brent", Role.BOROUGH_READER).get(desk(notice)).status_code == 403
    assert "Answer suppliers’ questions" in of("Brent").get(f"/notices/{notice.reference}/").content.decode()
    assert "Answer suppliers’ questions" not in of("Harrow").get(f"/notices/{notice.reference}/").content.decode()


def test_unconfirmed_questions_are_nobodys(notice: Notice) -> None:
    question = asked.ask(notice)
    Question.objects.filter(pk=question.pk).update(confirmed_at=None)
    client = signed_in(scene.analyst())
    assert question.text not in client.get(desk(notice)).content.decode()
    assert client.get(at("answer", question)).status_code == 404


def test_a_hundred_questions_cost_as_much_as_one(
    notice: Notice, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    first = asked.ask(notice)
    asked.publish(first)
    Question.objects.bulk_create(
        Question(
            notice=notice,
            text=f"Question {number} about something of its own: {number * 7919}?",
            public_text="?",
            fingerprint=str(number),
            asked_at=first.asked_at,
            confirmed_at=first.confirmed_at,
            status="DUPLICATE" if number % 3 == 0 else "WAITING",
            same_as=first if number % 3 == 0 else None,
        )
        for number in range(330)
    )
    client = of("Brent", Role.BOROUGH_APPROVER)
    with django_assert_max_num_queries(12):
        shown = client.get(desk(notice)).content.decode()
    assert "20 more questions wait" in shown
    with django_assert_max_num_queries(12):
        client.get(at("answer", Question.objects.waiting()[0]))


def test_nobody_learns_who_asked(notice: Notice, caplog: pytest.LogCaptureFixture) -> None:
    """Pages of members and of everybody, files, the API, versions, the trail, notifications and the log."""
    cache.clear()
    caplog.set_level(logging.DEBUG)
    editor = UserFactory()
    MembershipFactory(user=editor, role=Role.BOROUGH_APPROVER, borough=notice.lead)
    first = asked.ask(notice, email="canary@zanzibar.example")
    draft = asked.ask(notice, "What is the volume of calls?", "canary@zanzibar.example")
    waiting = asked.ask(notice, "Who hosts it?", "canary@zanzibar.example")
    asked.publish(first)
    asked.draft(draft)
    analyst, member = signed_in(scene.analyst()), signed_in(editor)
    addresses = [
        desk(notice),
        *(at(name, each) for name in ("answer", "decline") for each in (first, draft, waiting)),
        reverse("notice-detail", args=[notice.reference]),
        reverse("notice-version", args=[notice.reference, 2]),
        reverse("notice-compare", args=[notice.reference]),
        reverse("api-notice-detail", args=[notice.reference]),
        reverse("board-feed"),
        reverse("board"),
        f"/api/1.0/ocdsReleasePackages/ocds-213czf-{notice.demand.reference.lower()}",
    ]
    seen = [client.get(address).content.decode() for client in (Client(), analyst, member) for address in addresses]
    file = Client().get(reverse("notice-pdf", args=[notice.reference, 2]))
    seen += [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file.getvalue())).pages]
    assert any("Do tenants need single sign-on?" in " ".join(text.split()) for text in seen[-4:]), "the PDF tells it"
    seen += [version.canonical for version in NoticeVersion.objects.all()]
    seen += [f"{event.actor} {event.reference} {event.details}" for event in AuditEvent.objects.all()]
    seen += [f"{each.headline} {each.comment} {each.path}" for each in Notification.objects.all()]
    seen.append(caplog.text)
    assert not [text for text in seen if "zanzibar" in text.lower() or "canary" in text.lower()]
