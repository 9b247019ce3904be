from smtplib import SMTPServerDisconnected

import pytest
from celery import current_app
from django.core.mail import EmailMessage
from django.utils import timezone

from boroughs.actions import password_links
from boroughs.background import Task
from boroughs.models import User, Work
from boroughs.models.work import MAX_ATTEMPTS
from tests.factories.boroughs import UserFactory

pytestmark = pytest.mark.django_db
EMAIL = "cam.editor@example.org"


@pytest.fixture
def user() -> User:
    made: User = UserFactory(email=EMAIL)
    return made


@pytest.mark.parametrize("typed", [EMAIL, " Cam.Editor@Example.ORG "])
def test_link_goes_to_the_address_of_the_account_and_the_work_is_forgotten(
    user: User, mailoutbox: list[EmailMessage], typed: str
) -> None:
    password_links.ask(email=typed)
    password_links.run(key=EMAIL)
    password_links.run(key=EMAIL)
    assert [mail.to for mail in mailoutbox] == [[EMAIL]]
    assert not Work.objects.exists()


def test_closed_account_and_nobody_are_sent_nothing(user: User, mailoutbox: list[EmailMessage]) -> None:
    User.objects.update(is_active=False)
    for email in (EMAIL, "nobody@example.org"):
        password_links.ask(email=email)
        password_links.run(key=email)
    assert mailoutbox == []
    assert not Work.objects.exists()


def test_mail_server_that_is_away_is_tried_again(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmailMessage, "send", away)
    password_links.ask(email=EMAIL)
    password_links.run(key=EMAIL)
    work = Work.objects.get()
    assert (work.done < work.requested, work.lease_until, work.attempts) == (True, None, 1)
    assert "SMTPServerDisconnected" in work.last_error


def away(_: EmailMessage) -> int:
    raise SMTPServerDisconnected(f"no word of {EMAIL}")


def three_attempts() -> None:
    for _ in range(MAX_ATTEMPTS):
        Work.objects.update(not_before=timezone.now())
        password_links.run(key=EMAIL)
    assert Work.objects.failed().count() == 1


def beat() -> None:
    current_app.tasks[Task.MAIL_WAITING]()


def test_link_outlives_a_mail_server_that_is_away_for_longer(user: User, mailoutbox: list[EmailMessage]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(EmailMessage, "send", away)
        password_links.ask(email=EMAIL)
        three_attempts()
        beat()
        three_attempts()
    password_links.run(key=EMAIL)
    assert mailoutbox == []
    beat()
    password_links.run(key=EMAIL)
    assert [mail.to for mail in mailoutbox] == [[EMAIL]]
    assert not Work.objects.exists()


def test_address_is_forgotten_after_a_day_without_a_mail_server(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmailMessage, "send", away)
    password_links.ask(email=EMAIL)
    for _ in range(24 * 4):
        Work.objects.update(failed_at=timezone.now())
        beat()
        assert Work.objects.pending().get().failed_at is None
    Work.objects.update(failed_at=timezone.now())
    beat()
    assert not Work.objects.exists()


def test_address_is_in_no_log(user: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(EmailMessage, "send", away)
    password_links.ask(email=EMAIL)
    three_attempts()
    assert "SMTPServerDisconnected" in caplog.text
    assert EMAIL not in caplog.text


def test_address_that_only_looks_like_the_account_s_is_another(user: User, mailoutbox: list[EmailMessage]) -> None:
    """PostgreSQL takes the dotless i for an i, where it compares without regard to case."""
    typed = EMAIL.replace("i", "\u0131")
    password_links.ask(email=typed)
    password_links.run(key=typed)
    assert mailoutbox == []


def test_asked_again_while_the_mail_is_sent_sends_once_more(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked_again(_: EmailMessage) -> int:
        password_links.ask(email=EMAIL)
        return 1

    monkeypatch.setattr(EmailMessage, "send", asked_again)
    password_links.ask(email=EMAIL)
    password_links.run(key=EMAIL)
    assert [work.key for work in Work.objects.pending()] == [EMAIL]
