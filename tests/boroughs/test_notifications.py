"""The words of the e-mails."""

import pytest
from django.core import mail

from boroughs import notifications
from boroughs.models import Borough, Notification, User
from tests.factories.boroughs import NotificationFactory

pytestmark = pytest.mark.django_db
Kind = Notification.Kind

WORDS = {
    Kind.SUBMITTED: "approve it or send it back",
    Kind.APPROVED: "has said yes",
    Kind.RETURNED: "They wrote:\nWhose users?",
    Kind.OVERLAP_FOUND: "overlaps with needs of other boroughs",
    Kind.RENEWAL_DUE: "a contract of Camden ends soon",
    Kind.CONFIRMATION_ASKED: "Confirm it, amend it or close it",
    Kind.EXPIRED: "Nothing is deleted",
    Kind.REGISTER_ABSENT: "A spreadsheet as you keep it today is enough",
    Kind.REGISTER_OLD: "bring your present spreadsheet in again",
    Kind.CONTRACTS_ENDED: "Give what runs on its new end",
    Kind.COALITION: "See who takes part, and where each borough stands",
    Kind.DECISION_DUE: "who has committed and who is missing",
    Kind.SPECIFICATION: "what waits for the answer of your borough",
    Kind.QUESTION: "Who asked is shown to nobody",
    Kind.INTEREST: "You are told once a day at most for each notice",
    Kind.REPORT_READY: "It comes to you by a schedule",
    Kind.REPORT_FAILED: "this time it had nothing to send",
    Kind.NEEDS_ABSENT: "Nothing leaves Camden before one of your approvers says yes",
}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_its_email(kind: Notification.Kind, borough: Borough, editor: User) -> None:
    told = NotificationFactory(
        user=editor, borough=borough, kind=kind, headline="Über “a <b> & c”", comment="Whose users?"
    )
    notifications.BY_KIND[kind](notification=told)
    message = mail.outbox[0]
    assert message.subject == "Über “a <b> & c”"
    assert WORDS[kind] in message.body
    assert message.body.startswith(f"Hello {editor.name},\n")
    assert f"http://127.0.0.1:8000/notifications/{told.pk}/\n" in message.body
    assert message.body.endswith("turn them off:\nhttp://127.0.0.1:8000/settings/notifications/\n")
    assert "&amp;" not in message.body
    assert "{" not in message.body
    assert "\n\n\n" not in message.body


REMINDERS = (Kind.REGISTER_ABSENT, Kind.REGISTER_OLD, Kind.CONTRACTS_ENDED, Kind.NEEDS_ABSENT)


@pytest.mark.parametrize("kind", REMINDERS)
def test_reminder_says_in_three_sentences_what_would_help_and_how_to_be_left_alone(
    kind: Notification.Kind, borough: Borough, editor: User
) -> None:
    notifications.BY_KIND[kind](notification=NotificationFactory(user=editor, borough=borough, kind=kind, headline="A"))
    _, letter, _, alone, *_ = mail.outbox[0].body.split("\n\n")
    assert len(letter.removesuffix(".").split(". ")) == 3
    assert "more than once in 30 days" in alone
    assert "turn e-mails off" in alone


@pytest.mark.parametrize("kind", REMINDERS)
def test_preview_is_the_email_but_for_name_and_link(kind: Notification.Kind, borough: Borough, editor: User) -> None:
    told = NotificationFactory(user=editor, borough=borough, kind=kind, headline="How it stands")
    notifications.BY_KIND[kind](notification=told)
    sent = mail.outbox[0]
    shown = notifications.preview(kind=kind, borough=borough, headline="How it stands", path="/contracts/")
    assert shown.subject == sent.subject
    link, name = f"/notifications/{told.pk}/", editor.name
    assert shown.body == sent.body.replace(link, "/contracts/").replace(f"Hello {name}", "Hello [name]")
    assert len(mail.outbox) == 1


def test_email_without_a_comment_has_no_gap_for_it(borough: Borough, editor: User) -> None:
    notifications.returned(notification=NotificationFactory(user=editor, borough=borough, kind=Kind.RETURNED))
    assert "They wrote" not in mail.outbox[0].body


@pytest.mark.parametrize("title", ["line\r\nBcc: all@example.org", "line\nBcc: all@example.org", "a\x0bb\x85c"])
def test_headline_cannot_write_a_header(title: str, borough: Borough, editor: User) -> None:
    told = NotificationFactory(user=editor, borough=borough, headline=title)
    notifications.submitted(notification=told)
    raw = mail.outbox[0].message()
    assert raw["Bcc"] is None
    assert raw["To"] == editor.email


def test_digest_names_each_and_how_many_more(borough: Borough, editor: User) -> None:
    rows = [NotificationFactory(user=editor, borough=borough, headline=f"Headline {n}.") for n in range(31)]
    notifications.digest(user=editor, notifications=rows)
    message = mail.outbox[0]
    assert message.subject == "31 notifications from the demand board"
    assert message.body.count("Headline ") == notifications.LISTED
    assert "And 1 more." in message.body
    assert "http://127.0.0.1:8000/notifications/\n" in message.body
    assert "\n\n\n" not in message.body


def test_digest_of_one_is_said_in_the_singular(borough: Borough, editor: User) -> None:
    notifications.digest(user=editor, notifications=[NotificationFactory(user=editor, borough=borough)])
    assert mail.outbox[0].subject == "1 notification from the demand board"
    assert "more." not in mail.outbox[0].body
