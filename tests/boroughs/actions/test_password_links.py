from smtplib import SMTPServerDisconnected

import pytest
from django.core.mail import EmailMessage

from boroughs.actions import password_links
from boroughs.models import User, Work
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
    def away(_: EmailMessage) -> int:
        raise SMTPServerDisconnected

    monkeypatch.setattr(EmailMessage, "send", away)
    password_links.ask(email=EMAIL)
    password_links.run(key=EMAIL)
    work = Work.objects.get()
    assert (work.done < work.requested, work.lease_until, work.attempts) == (True, None, 1)
    assert "SMTPServerDisconnected" in work.last_error


def test_asked_again_while_the_mail_is_sent_sends_once_more(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked_again(_: EmailMessage) -> int:
        password_links.ask(email=EMAIL)
        return 1

    monkeypatch.setattr(EmailMessage, "send", asked_again)
    password_links.ask(email=EMAIL)
    password_links.run(key=EMAIL)
    assert [work.key for work in Work.objects.pending()] == [EMAIL]
