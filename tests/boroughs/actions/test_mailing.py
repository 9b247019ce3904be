from collections import Counter
from datetime import UTC, datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings

from boroughs.actions import mailing, notifying, work
from boroughs.background import Task
from boroughs.models import Borough, Membership, Notification, Role, User, Work
from tests.conftest import person
from tests.factories.boroughs import NotificationFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db
# There a worker may be told "locked" between sending and noting it, where a file or a server lets it wait its turn.
not_in_memory = pytest.mark.skipif(connection.vendor == "sqlite", reason="asks a real engine; see tests/scale too")
MORNING = datetime(2026, 7, 6, 6, 31, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_bells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boroughs.background.ring", lambda *_, **__: None)


def due() -> None:
    work.request(task=Task.MAIL_NOTIFICATIONS, key=notifying.MAIL)
    Work.objects.update(not_before=timezone.now())


def send() -> int:
    due()
    return mailing.run()


def prefer(user: User, preference: str) -> None:
    User.objects.filter(pk=user.pk).update(mail_preference=preference)


def pass_the_hold() -> None:
    """As if the time were over for which nobody takes what was refused for now."""
    Notification.objects.update(mail_lease_until=F("mail_lease_until") - mailing.LATER - timedelta(seconds=1))


def refusing(monkeypatch: pytest.MonkeyPatch, error: Exception, *, address: str = "") -> None:
    """A mail server that answers with `error`: to everything, or to e-mails to one address."""
    sent = EmailMessage.send

    def answer(message: EmailMessage, *arguments: Any) -> int:
        if address in ("", message.to[0]):
            raise error
        return sent(message, *arguments)

    monkeypatch.setattr("boroughs.notifications.EmailMessage.send", answer)


def test_each_notification_is_one_email_and_goes_out_once(borough: Borough, editor: User) -> None:
    told = NotificationFactory(user=editor, borough=borough, headline="N-1 “Telecare” waits for your approval")
    assert send() == 1
    assert send() == 0
    message = mail.outbox[0]
    assert (message.to, message.subject) == ([editor.email], "N-1 “Telecare” waits for your approval")
    assert f"/notifications/{told.pk}/" in message.body
    assert "/settings/notifications/" in message.body
    told.refresh_from_db()
    assert told.mailed_at is not None


def test_what_is_of_no_borough_goes_to_those_who_may_ask_for_reports(editor: User, cdo: User) -> None:
    for user in (editor, cdo):
        NotificationFactory(user=user, borough=None, kind=Notification.Kind.REPORT_READY)

    assert send() == 1
    assert mail.outbox[0].to == [cdo.email]
    assert not Notification.objects.get(user=editor).mail_wanted


def test_more_than_a_few_at_once_are_one_email(borough: Borough, editor: User) -> None:
    for _ in range(40):
        NotificationFactory(user=editor, borough=borough)
    assert send() == 1
    assert mail.outbox[0].subject == "40 notifications from the demand board"
    assert "And 10 more." in mail.outbox[0].body
    assert not Notification.objects.filter(mailed_at=None).exists()


@pytest.mark.parametrize("preference", ["NONE", "DAILY"])
def test_who_does_not_want_it_at_once_is_not_sent_it_at_once(borough: Borough, editor: User, preference: str) -> None:
    prefer(editor, preference)
    NotificationFactory(user=editor, borough=borough)
    assert send() == 0
    assert not mail.outbox


def test_daily_email_holds_what_came_before_half_past_seven(
    borough: Borough, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefer(editor, "DAILY")
    NotificationFactory(user=editor, borough=borough, headline="Yesterday", at=MORNING - timedelta(hours=20))
    NotificationFactory(user=editor, borough=borough, headline="In the night", at=MORNING - timedelta(minutes=2))
    NotificationFactory(user=editor, borough=borough, headline="Just now", at=MORNING)
    monkeypatch.setattr("django.utils.timezone.now", lambda: MORNING + timedelta(minutes=1))
    mailing.request_waiting()
    assert mailing.run() == 1
    body = mail.outbox[0].body
    assert "Yesterday" in body
    assert "In the night" in body
    assert "Just now" not in body
    mailing.request_waiting()
    assert mailing.run() == 0
    monkeypatch.setattr("django.utils.timezone.now", lambda: MORNING + timedelta(days=1))
    mailing.request_waiting()
    assert mailing.run() == 1
    assert "Just now" in mail.outbox[1].body


def test_what_was_read_on_the_site_is_not_mailed(borough: Borough, editor: User) -> None:
    NotificationFactory(user=editor, borough=borough, read_at=timezone.now())
    assert send() == 0


def test_person_without_a_role_any_more_is_mailed_nothing(
    borough: Borough, other_borough: Borough, editor: User
) -> None:
    NotificationFactory(user=editor, borough=borough, headline="Of Camden")
    NotificationFactory(user=editor, borough=other_borough, headline="Of Brent")
    assert send() == 1
    assert mail.outbox[0].subject == "Of Camden"
    NotificationFactory(user=editor, borough=borough)
    Membership.objects.all().delete()
    assert send() == 0
    # Nor later, should they come back.
    person(Role.BOROUGH_EDITOR, other_borough)
    assert not Notification.objects.to_mail(at=timezone.now()).exists()


def test_closed_account_is_mailed_nothing(borough: Borough, editor: User) -> None:
    NotificationFactory(user=editor, borough=borough)
    User.objects.filter(pk=editor.pk).update(is_active=False)
    assert send() == 0


def test_mail_server_that_is_away_delays_and_is_shown(
    borough: Borough, editor: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    NotificationFactory(user=editor, borough=borough)
    with monkeypatch.context() as away:
        refusing(away, ConnectionRefusedError("nobody there"))
        for _ in range(3):
            assert send() == 0
            Work.objects.filter(failed_at=None).update(requested=1, done=0)
    assert "nobody there" in caplog.text
    # The work is asked for anew, as the scheduler does, and nothing was lost.
    mailing.request_waiting()
    assert mailing.run() == 1
    assert len(mail.outbox) == 1


def test_work_is_set_aside_for_an_operator_after_three_attempts(
    borough: Borough, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    NotificationFactory(user=editor, borough=borough)
    refusing(monkeypatch, SMTPServerDisconnected("gone"))
    due()
    for _ in range(3):
        mailing.run()
        Work.objects.update(not_before=timezone.now())
    failed = Work.objects.failed().get()
    assert "gone" in failed.last_error


def test_address_that_is_refused_for_good_holds_up_nobody(
    borough: Borough, editor: User, approver: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for user in (editor, approver):
        NotificationFactory(user=user, borough=borough)
    refusing(monkeypatch, SMTPRecipientsRefused({editor.email: (550, b"no such person")}), address=editor.email)
    assert send() == 1
    assert mail.outbox[0].to == [approver.email]
    row = Notification.objects.get(user=editor)
    assert row.mailed_at is None
    assert "no such person" in row.mail_error
    assert "no such person" in caplog.text
    assert not Work.objects.pending().exists()


@pytest.mark.parametrize(
    "error", [SMTPRecipientsRefused({"x": (450, b"try later")}), SMTPDataError(451, b"try later")], ids=["to", "data"]
)
def test_email_that_is_refused_for_now_is_tried_again_after_the_others(
    borough: Borough, editor: User, approver: User, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    for user in (editor, approver):
        NotificationFactory(user=user, borough=borough)
    with monkeypatch.context() as first:
        refusing(first, error, address=editor.email)
        send()
    assert [message.to for message in mail.outbox] == [[approver.email]]
    assert Work.objects.pending().exists()
    assert send() == 0
    pass_the_hold()
    assert send() == 1
    assert mail.outbox[1].to == [editor.email]


def test_what_is_refused_for_now_holds_up_nobody_in_any_turn(borough: Borough, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailing, "TURN", 2)
    people = [person(Role.BOROUGH_EDITOR, borough) for _ in range(5)]
    busy, (behind, later) = people[:3], people[3:]
    for user in (*busy, behind):
        NotificationFactory(user=user, borough=borough)
    sent = EmailMessage.send

    def answer(message: EmailMessage, *arguments: Any) -> int:
        if message.to[0] in {user.email for user in busy}:
            raise SMTPDataError(451, b"try later")
        return sent(message, *arguments)

    monkeypatch.setattr("boroughs.notifications.EmailMessage.send", answer)
    send()
    send()
    assert [message.to for message in mail.outbox] == [[behind.email]]
    # Nor what is told once they may be tried again.
    pass_the_hold()
    NotificationFactory(user=later, borough=borough)
    send()
    assert [message.to for message in mail.outbox[1:]] == [[later.email]]


def test_what_is_held_is_asked_for_when_it_is_free_again(borough: Borough, editor: User, approver: User) -> None:
    free_at = timezone.now() + timedelta(minutes=10)
    NotificationFactory(user=editor, borough=borough, mail_lease_until=free_at)
    NotificationFactory(user=approver, borough=borough)
    assert send() == 1
    assert free_at < Work.objects.pending().get().not_before < free_at + timedelta(seconds=30)


def test_email_refused_for_good_after_its_text_is_given_up(
    borough: Borough, editor: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    NotificationFactory(user=editor, borough=borough)
    with monkeypatch.context() as once:
        refusing(once, SMTPDataError(554, b"looks like spam"))
        assert send() == 0
    assert "looks like spam" in Notification.objects.get().mail_error
    assert "looks like spam" in caplog.text
    assert not Work.objects.pending().exists()
    NotificationFactory(user=editor, borough=borough)
    assert send() == 1


def test_what_is_no_news_any_more_is_given_up(
    borough: Borough, editor: User, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.TOLD_KEPT_DAYS = 20
    old, late = (
        NotificationFactory(user=editor, borough=borough, at=timezone.now() - timedelta(days=days)) for days in (21, 19)
    )
    assert send() == 1
    for row in (old, late):
        row.refresh_from_db()
    assert (old.mail_error, late.mail_error) == ("Given up: not taken while it was news.", "")
    assert (old.mailed_at is None, late.mailed_at is None) == (True, False)
    assert "Gave up 1 e-mails" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_hold_the_same(borough: Borough) -> None:
    people = [person(Role.BOROUGH_EDITOR, borough) for _ in range(6)]
    for user in people:
        NotificationFactory(user=user, borough=borough)
    for user in people:
        taken = at_once(*[lambda user=user: mailing._take(User.objects.get(pk=user.pk))] * 2)
        assert sorted(len(rows) for rows in taken) == [0, 1]


@pytest.mark.django_db(transaction=True)
@not_in_memory
def test_two_workers_at_once_send_each_email_once(borough: Borough) -> None:
    people = [person(Role.BOROUGH_EDITOR, borough) for _ in range(12)]
    for user in people:
        NotificationFactory(user=user, borough=borough)
    # Both are let past the claim of the work, as where one was taken for dead: the rows alone decide.
    outcomes = at_once(*[lambda: sum(mailing._mail(User.objects.get(pk=user.pk)) for user in people)] * 2)
    assert sum(outcomes) == 12
    assert Counter(message.to[0] for message in mail.outbox) == Counter(user.email for user in people)


@pytest.mark.django_db(transaction=True)
@not_in_memory
def test_two_workers_that_are_rung_at_once_do_the_work_once(borough: Borough) -> None:
    for _ in range(5):
        NotificationFactory(user=person(Role.BOROUGH_EDITOR, borough), borough=borough)
    due()
    outcomes = at_once(mailing.run, mailing.run)
    assert sum(outcomes) == 5
    assert len(mail.outbox) == 5


def test_row_in_the_hands_of_a_dead_worker_is_free_after_its_time(borough: Borough, editor: User) -> None:
    held = {"mail_owner": "dead", "mail_lease_until": timezone.now() + timedelta(minutes=1)}
    row = NotificationFactory(user=editor, borough=borough, **held)
    assert send() == 0
    Notification.objects.update(mail_lease_until=timezone.now() - timedelta(seconds=1))
    mailing.request_waiting()
    Work.objects.update(not_before=timezone.now())
    assert mailing.run() == 1
    # Should the dead one have sent it too, mailboxes know it by its name.
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<notification-{row.pk}@127.0.0.1>"


def test_a_turn_ends_and_the_rest_is_the_next_one(borough: Borough, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailing, "TURN", 2)
    for _ in range(5):
        NotificationFactory(user=person(Role.BOROUGH_EDITOR, borough), borough=borough)
    due()
    assert [mailing.run() for _ in range(4)] == [2, 2, 1, 0]


def test_nothing_is_asked_for_where_nothing_waits(borough: Borough, editor: User) -> None:
    prefer(editor, "NONE")
    NotificationFactory(user=editor, borough=borough)
    mailing.request_waiting()
    assert not Work.objects.exists()
