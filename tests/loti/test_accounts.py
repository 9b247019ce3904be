import re
from collections.abc import Callable
from smtplib import SMTPServerDisconnected

import pytest
from allauth.account.forms import default_token_generator
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from boroughs.exceptions import ChangedMeanwhile
from boroughs.models import User
from boroughs.notifications import password_link
from loti.accounts import NewPasswordForm
from tests.factories.boroughs import UserFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-password-33"


@pytest.fixture
def user() -> User:
    made: User = UserFactory(email="cam.editor@example.org")
    made.set_password(PASSWORD)
    made.save(update_fields=["password"])
    return made


def sign_in(client: Client, email: str, password: str = PASSWORD) -> bool:
    client.post("/accounts/login/", {"login": email, "password": password})
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("email", ["cam.editor@example.org", "Cam.Editor@Example.ORG", " CAM.EDITOR@EXAMPLE.ORG "])
def test_sign_in_is_by_e_mail_in_any_case(client: Client, user: User, email: str) -> None:
    assert sign_in(client, email)


def test_wrong_password_and_unknown_person_are_answered_alike(client: Client, user: User) -> None:
    answers = [
        client.post("/accounts/login/", {"login": email, "password": "wrong"})
        for email in (user.email, "nobody@example.org")
    ]
    pages = [
        answer.content.decode().replace(email, "")
        for answer, email in zip(answers, (user.email, "nobody@example.org"), strict=True)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    errors = [page[page.index("There is a problem") : page.index("There is a problem") + 400] for page in pages]
    assert errors[0] == errors[1]


@pytest.mark.parametrize(
    ("path", "typed", "said"),
    [
        ("login", {}, ["Enter your e-mail address", "Enter your password"]),
        ("login", {"login": "ann", "password": "x"}, ["Enter an e-mail address in the correct form"]),
        ("login", {"login": "ann@example.org", "password": "x"}, ["The e-mail address or the password is not right."]),
        ("password/reset", {}, ["Enter your e-mail address"]),
    ],
)
def test_what_is_wrong_is_said_in_our_words(client: Client, path: str, typed: dict[str, str], said: list[str]) -> None:
    page = client.post(f"/accounts/{path}/", typed).content.decode()
    for words in said:
        assert words in page
    assert "Enter email" not in page
    assert "E-mail address" in page


def test_closed_account_cannot_sign_in(client: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not sign_in(client, user.email)


def test_person_without_a_password_cannot_sign_in(client: Client) -> None:
    invited = UserFactory()
    assert not sign_in(client, invited.email, "")
    assert not sign_in(client, invited.email, "!")


def test_sign_up_is_closed(client: Client) -> None:
    data = {"email": "new@example.org", "password1": PASSWORD}
    assert client.get("/accounts/signup/").status_code == 200
    client.post("/accounts/signup/", data)
    assert not User.objects.exists()


@pytest.mark.parametrize("production", [True, False])
def test_demonstration_account_signs_in_everywhere_but_in_production(
    client: Client, user: User, settings: Settings, production: bool
) -> None:
    User.objects.filter(pk=user.pk).update(is_demo=True)
    settings.PRODUCTION = production
    assert sign_in(client, user.email) is not production


def test_next_page_of_another_site_is_not_followed(client: Client, user: User) -> None:
    answer = client.post("/accounts/login/?next=https://evil.example/", {"login": user.email, "password": PASSWORD})
    assert answer.headers["Location"] == "/"


def test_a_stranger_is_sent_nothing_and_the_answer_is_the_same(
    client: Client, user: User, mailoutbox: list[EmailMessage]
) -> None:
    answers = [
        client.post("/accounts/password/reset/", {"email": email}, follow=True)
        for email in (user.email, "nobody@example.org")
    ]
    assert [mail.to for mail in mailoutbox] == [[user.email]]
    assert [answer.redirect_chain for answer in answers] == [[("/accounts/password/reset/done/", 302)]] * 2
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("secure", [True, False])
def test_link_to_a_new_password_leads_to_our_site_whatever_host_was_asked(
    client: Client, user: User, settings: Settings, mailoutbox: list[EmailMessage], secure: bool
) -> None:
    settings.SITE_URL = "https://board.example"
    client.post(
        "/accounts/password/reset/", {"email": user.email.upper()}, secure=secure, headers={"host": "localhost:1337"}
    )
    [sent] = mailoutbox
    assert sent.to == [user.email]
    assert sent.subject == "Choose a new password for the demand board"
    assert "1337" not in str(sent.message())
    assert sent.body.startswith(f"Hello {user.name},\n")
    [link, site] = re.findall(r"https?://\S+", sent.body)
    assert (link[: len(site)], site) == ("https://board.example",) * 2
    page = client.get(link.removeprefix(site), follow=True).content.decode()
    assert "Choose a new password" in page


def test_mail_server_that_is_down_does_not_tell_who_has_an_account(
    client: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(_: EmailMessage) -> int:
        raise SMTPServerDisconnected

    monkeypatch.setattr(EmailMessage, "send", down)
    answers = [
        client.post("/accounts/password/reset/", {"email": email}) for email in (user.email, "nobody@example.org")
    ]
    assert [answer.status_code for answer in answers] == [302, 302]


@pytest.mark.django_db(transaction=True)
def test_link_used_twice_in_the_same_moment_changes_the_password_once(user: User) -> None:
    key, chosen = default_token_generator.make_token(user), ["first-to-arrive-33", "second-to-arrive-33"]

    def choosing(password: str) -> Callable[[], None]:
        form = NewPasswordForm(
            {"password1": password, "password2": password}, user=User.objects.get(pk=user.pk), temp_key=key
        )
        assert form.is_valid()
        return form.save

    outcomes = at_once(*map(choosing, chosen))
    [done] = [password for password, outcome in zip(chosen, outcomes, strict=True) if outcome is None]
    [refused] = [outcome for outcome in outcomes if outcome is not None]
    assert isinstance(refused, ChangedMeanwhile)
    user.refresh_from_db()
    assert user.check_password(done)


def test_link_that_is_used_while_the_new_password_is_looked_at_changes_nothing(
    client: Client, user: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = client.get(password_link(user).removeprefix(settings.SITE_URL), follow=True).redirect_chain[-1][0]

    def clean(self: NewPasswordForm) -> dict[str, str]:
        used = User.objects.get(pk=user.pk)
        used.set_password("first-to-arrive-33")
        used.save(update_fields=["password"])
        return dict(self.cleaned_data)

    monkeypatch.setattr(NewPasswordForm, "clean", clean)
    answer = client.post(form, {"password1": "second-to-arrive-33", "password2": "second-to-arrive-33"})
    assert answer.status_code == 409
    assert "This link has been used already" in answer.content.decode()
    user.refresh_from_db()
    assert user.check_password("first-to-arrive-33")
