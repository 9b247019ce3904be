from collections.abc import Sequence
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings

from boroughs.models import Work
from procurement.actions import letters
from procurement.actions.letters import Draft
from procurement.models import Letter
from procurement.models.letter import IN_HAND
from procurement.notifications import Words
from tests.factories.subscribers import LetterFactory, SubscriberFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_bells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boroughs.background.ring", lambda *_, **__: None)


def send() -> int:
    letters.request_waiting()
    Work.objects.update(not_before=timezone.now())
    return letters.run()


def pass_the_hold() -> None:
    """As if the time were over for which what was tried or taken stays in hand."""
    Letter.objects.update(taken_at=F("taken_at") - IN_HAND - timedelta(seconds=1))


def refusing(monkeypatch: pytest.MonkeyPatch, error: Exception, *, address: str) -> None:
    deliver = EmailBackend.send_messages

    def answer(backend: EmailBackend, messages: Sequence[EmailMessage]) -> int:
        if address in messages[0].to[0]:
            raise error
        return deliver(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", answer)


def test_what_was_told_once_is_not_written_again() -> None:
    reader = SubscriberFactory()
    for words in (Words("First", "one\n"), Words("Second", "two\n")):
        letters.write([Draft(reader.pk, "version-7", words)])
    assert send() == 1
    letters.write([Draft(reader.pk, "version-7", Words("Third", "three\n"))])
    assert send() == 0
    assert [message.subject for message in mail.outbox] == ["First"]


def test_a_sent_letter_keeps_its_key_and_no_text() -> None:
    letter = LetterFactory(body="https://board.example/following/secret/\n")
    send()
    letter.refresh_from_db()
    assert (letter.body, letter.key.startswith("version-"), letter.sent_at is None) == ("", True, False)


def test_whoever_waits_before_a_page_is_served_first() -> None:
    LetterFactory.create_batch(3)
    LetterFactory(awaited=True, subject="Confirm")
    send()
    assert mail.outbox[0].subject == "Confirm"


def test_an_address_that_is_refused_for_good_gets_nothing_more_and_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bad = LetterFactory(subscriber__email="gone@example.com")
    good = LetterFactory()
    refusing(
        monkeypatch, SMTPRecipientsRefused({"gone@example.com": (550, b"no such user")}), address="gone@example.com"
    )
    assert send() == 1
    bad.refresh_from_db()
    assert "no such user" in bad.error
    assert bad.subscriber.refused_at is not None
    assert mail.outbox[0].to == [good.subscriber.email]
    assert send() == 0


@pytest.mark.parametrize("address", ["ſ" * 60, '"a\x0cbcc:b@example.com"', "=?utf-8?b?pge+?="])
def test_an_address_that_no_e_mail_can_name_holds_up_nobody(address: str) -> None:
    bad = LetterFactory(subscriber__email=f"{address}@example.com", awaited=True)
    good = LetterFactory()
    assert send() == 1
    assert [message.to for message in mail.outbox] == [[good.subscriber.email]]
    assert Work.objects.get().last_error == ""
    bad.refresh_from_db()
    assert (bad.error, bad.subscriber.refused_at is None) == ("No e-mail can name this address.", False)
    assert not Letter.objects.waiting().exists()


@pytest.mark.parametrize(
    "error",
    [SMTPDataError(451, b"come back later"), SMTPRecipientsRefused({"busy@example.com": (450, b"mailbox busy")})],
)
def test_a_refusal_for_now_is_tried_again_after_the_others(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    LetterFactory(subscriber__email="busy@example.com")
    LetterFactory()
    with monkeypatch.context() as patch:
        refusing(patch, error, address="busy@example.com")
        send()
    assert len(mail.outbox) == 1
    last_error = Work.objects.get().last_error
    assert "not taken for now" in last_error
    # Kept for those who look after the site, also where the mailbox is deleted.
    assert "busy@example.com" not in last_error
    assert send() == 0
    pass_the_hold()
    assert send() == 1
    assert mail.outbox[-1].to == ["busy@example.com"]


def test_what_is_refused_for_now_holds_up_nobody_in_any_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "TURN", 3)
    for number in range(3):
        LetterFactory(subscriber__email=f"busy-{number}@example.com", awaited=True)
    behind = LetterFactory()
    refusing(monkeypatch, SMTPDataError(451, b"come back later"), address="busy-")
    assert [send(), send()] == [0, 1]
    assert mail.outbox[0].to == [behind.subscriber.email]
    # Nor what is written once they may be tried again.
    pass_the_hold()
    later = LetterFactory()
    send()
    assert mail.outbox[1].to == [later.subscriber.email]


def test_mail_server_that_hangs_up_on_one_letter_is_called_again_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    LetterFactory(subscriber__email="busy@example.com")
    other = LetterFactory()
    deliver = EmailBackend.send_messages
    hung_up = []

    def answer(backend: EmailBackend, messages: Sequence[EmailMessage]) -> int:
        if hung_up:
            raise SMTPServerDisconnected("please run connect() first")
        if messages[0].to == ["busy@example.com"]:
            hung_up.append(True)
            raise SMTPDataError(421, b"too busy")
        return deliver(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", answer)
    monkeypatch.setattr(EmailBackend, "close", lambda _: hung_up.clear())
    send()
    assert [message.to for message in mail.outbox] == [[other.subscriber.email]]


def test_what_is_tried_again_waits_its_turn_among_the_others_of_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "TURN", 1)
    now = timezone.now()
    tried_last = LetterFactory(taken_at=now - 2 * IN_HAND)
    tried_first = LetterFactory(taken_at=now - 3 * IN_HAND)
    assert [send(), send()] == [1, 1]
    assert [message.to[0] for message in mail.outbox] == [tried_first.subscriber.email, tried_last.subscriber.email]


def test_what_is_in_hand_is_asked_for_when_it_is_free_again() -> None:
    begun = timezone.now()
    LetterFactory(taken_at=begun)
    LetterFactory()
    assert send() == 1
    asked = Work.objects.pending().get()
    assert IN_HAND <= asked.not_before - begun <= IN_HAND + timedelta(seconds=30)


def test_letter_refused_for_good_after_its_text_is_given_up_and_its_address_is_not(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reader = SubscriberFactory(email="reader@example.com")
    bad = LetterFactory(subscriber=reader)
    with monkeypatch.context() as patch:
        refusing(patch, SMTPDataError(554, b"looks like spam"), address="reader@example.com")
        assert send() == 0
    bad.refresh_from_db()
    reader.refresh_from_db()
    assert "looks like spam" in bad.error
    assert "looks like spam" in caplog.text
    assert reader.refused_at is None
    assert not Work.objects.pending().exists()
    LetterFactory(subscriber=reader)
    assert send() == 1


def test_letter_that_is_no_news_any_more_is_given_up(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.TOLD_KEPT_DAYS = 20
    now = timezone.now()
    old, late = (LetterFactory(written_at=now - timedelta(days=days)) for days in (21, 19))
    in_hand = LetterFactory(written_at=now - timedelta(days=21), taken_at=now)
    assert send() == 1
    assert mail.outbox[0].to == [late.subscriber.email]
    old.refresh_from_db()
    assert old.error == "Given up: not taken while it was news."
    assert "Gave up 1 letters" in caplog.text
    assert list(Letter.objects.waiting()) == [in_hand]


def test_what_a_dead_worker_had_in_hand_is_sent_again_under_the_same_name() -> None:
    letter = LetterFactory(taken_at=timezone.now())
    assert send() == 0
    pass_the_hold()
    assert send() == 1
    assert mail.outbox[0].extra_headers["Message-ID"] == letters.message(letter).extra_headers["Message-ID"]


def test_mailboxes_can_end_it_with_one_click() -> None:
    LetterFactory(one_click="https://board.example/end/")
    LetterFactory()
    send()
    ended, kept = mail.outbox
    assert ended.extra_headers["List-Unsubscribe"] == "<https://board.example/end/>"
    assert ended.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "List-Unsubscribe" not in kept.extra_headers


@pytest.mark.skipif(connection.vendor == "sqlite", reason="one writer at a time there")
@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_letter_once() -> None:
    LetterFactory.create_batch(20)
    letters.request_waiting()
    at_once(letters.run, letters.run)
    assert sorted(message.to[0] for message in mail.outbox) == sorted(
        Letter.objects.values_list("subscriber__email", flat=True)
    )
