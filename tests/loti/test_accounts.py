import re
from collections.abc import Callable
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from boroughs import background
from boroughs.background import Task
from boroughs.exceptions import ChangedMeanwhile
from boroughs.models import User, Work
from boroughs.notifications import password_link
from boroughs.tasks import mail_reset_link
from loti import known_devices
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


def ask_for_link(client: Client, email: str, **others: Any) -> Any:
    """Ask, and have the worker do what it was rung for."""
    answer = client.post("/accounts/password/reset/", {"email": email}, **others)
    for work in Work.objects.pending():
        mail_reset_link(key=work.key)
    return answer


def test_a_stranger_is_sent_nothing_and_the_answer_is_the_same(
    client: Client, user: User, mailoutbox: list[EmailMessage]
) -> None:
    answers = [ask_for_link(client, email, follow=True) for email in (user.email, "nobody@example.org")]
    assert [mail.to for mail in mailoutbox] == [[user.email]]
    assert [answer.redirect_chain for answer in answers] == [[("/accounts/password/reset/done/", 302)]] * 2
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("secure", [True, False])
def test_link_to_a_new_password_leads_to_our_site_whatever_host_was_asked(
    client: Client, user: User, settings: Settings, mailoutbox: list[EmailMessage], secure: bool
) -> None:
    settings.SITE_URL = "https://board.example"
    ask_for_link(client, user.email.upper(), secure=secure, headers={"host": "localhost:1337"})
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
    answers = [ask_for_link(client, email) for email in (user.email, "nobody@example.org")]
    assert [answer.status_code for answer in answers] == [302, 302]
    # Tried again later: who asked is waiting for it.
    assert [work.key for work in Work.objects.pending()] == [user.email]


@pytest.mark.parametrize("asked_before", [False, True])
def test_asking_for_a_link_does_the_same_whether_or_not_there_is_an_account(
    client: Client,
    user: User,
    django_capture_on_commit_callbacks: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    asked_before: bool,
) -> None:
    rung: list[tuple[Task, list[str]]] = []
    monkeypatch.setattr(background, "ring", lambda task, *, delay, **arguments: rung.append((task, [*arguments])))
    done = []
    for email in (user.email, "nobody@example.org"):
        if asked_before:
            client.post("/accounts/password/reset/", {"email": email})
        rung.clear()
        with CaptureQueriesContext(connection) as queries, django_capture_on_commit_callbacks(execute=True):
            client.post("/accounts/password/reset/", {"email": email})
        done.append((len(queries), [*rung], Work.objects.get(key=email).requested))
    assert done[0] == done[1]
    assert not any('FROM "boroughs_user"' in query["sql"] for query in queries)


def test_nothing_of_what_was_typed_is_kept_once_the_link_is_sent(client: Client, user: User) -> None:
    for email in (user.email, "nobody@example.org"):
        ask_for_link(client, email)
    assert not Work.objects.exists()


def test_mailbox_is_not_filled_by_a_stranger_and_the_page_says_nothing_of_it(
    client: Client, user: User, mailoutbox: list[EmailMessage]
) -> None:
    answers = [ask_for_link(client, user.email, REMOTE_ADDR=f"192.0.2.{number}") for number in range(7)]
    assert len(mailoutbox) == 5
    assert {answer.headers["Location"] for answer in answers} == {"/accounts/password/reset/done/"}


def guess(times: int, email: str = "cam.editor@example.org", *, place: str = "203.0.113.7") -> Client:
    stranger = Client(REMOTE_ADDR=place)
    for number in range(times):
        assert not sign_in(stranger, email, f"guess-{number}")
    return stranger


def test_guessing_from_one_place_is_stopped_and_shuts_nobody_else_out(client: Client, user: User) -> None:
    stranger = guess(20)
    assert not sign_in(stranger, user.email)
    page = stranger.post("/accounts/login/", {"login": user.email, "password": PASSWORD}).content.decode()
    assert "Choose a new password to get in now" in page
    assert sign_in(client, user.email)


def test_guessing_at_many_accounts_from_one_place_is_stopped(user: User) -> None:
    stranger = Client(REMOTE_ADDR="203.0.113.7")
    for number in range(10):
        sign_in(stranger, f"person-{number}@example.org", "guess")
    assert not sign_in(stranger, user.email)


def test_flood_at_the_sign_in_is_answered_in_words(client: Client) -> None:
    answers = [client.post("/accounts/login/", {"login": "x"}) for _ in range(31)]
    assert (answers[-2].status_code, answers[-1].status_code) == (200, 429)
    assert "Wait a minute, then go back and try again." in answers[-1].content.decode()


def test_guessing_from_many_places_is_stopped_but_the_owners_device_gets_in(user: User) -> None:
    owner = Client(REMOTE_ADDR="198.51.100.1")
    assert sign_in(owner, user.email)
    owner.post("/accounts/logout/")
    for number in range(20):
        guess(5, place=f"203.0.113.{number}")
    assert not sign_in(Client(REMOTE_ADDR="198.51.100.2"), user.email)
    assert sign_in(owner, user.email)


def test_try_that_is_too_many_for_its_place_still_counts_for_the_account(user: User) -> None:
    """As of tries in the same moment, which are all looked at before the first is counted."""
    flood, elsewhere = (RequestFactory().post("/", REMOTE_ADDR=place) for place in ("203.0.113.7", "198.51.100.2"))
    adapter = get_adapter()
    for _ in range(100):
        adapter.authentication_failed(flood, email=user.email)
    with pytest.raises(ValidationError):
        adapter.pre_authenticate(elsewhere, email=user.email)


def test_owner_gets_in_by_the_link_of_the_mail_and_is_known_from_then_on(
    user: User, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    for number in range(20):
        guess(5, place=f"203.0.113.{number}")
    owner, chosen = Client(REMOTE_ADDR="198.51.100.2"), "another-long-password-33"
    ask_for_link(owner, user.email)
    [link, _] = re.findall(r"https?://\S+", mailoutbox[0].body)
    form = owner.get(link.removeprefix(settings.SITE_URL), follow=True).redirect_chain[-1][0]
    owner.post(form, {"password1": chosen, "password2": chosen})
    assert "_auth_user_id" in owner.session
    owner.post("/accounts/logout/")
    assert sign_in(owner, user.email, chosen)


def test_known_device_has_tries_of_its_own_which_end_as_well(user: User) -> None:
    thief = Client(REMOTE_ADDR="198.51.100.1")
    assert sign_in(thief, user.email)
    thief.post("/accounts/logout/")
    for number in range(5):
        assert not sign_in(thief, user.email, f"guess-{number}")
    assert not sign_in(thief, user.email)
    # It is known by a name that only it has, not by where it is.
    thief.defaults["REMOTE_ADDR"] = "198.51.100.9"
    assert not sign_in(thief, user.email)


@pytest.mark.parametrize("cookie", ["", "made-up", "e30:1x:sig"])
def test_device_is_not_known_for_another_account_nor_by_a_made_up_cookie(user: User, cookie: str) -> None:
    other: User = UserFactory(email="other@example.org")
    other.set_password(PASSWORD)
    other.save(update_fields=["password"])
    stranger = Client(REMOTE_ADDR="203.0.113.7")
    if not cookie:
        assert sign_in(stranger, other.email)
        stranger.post("/accounts/logout/")
    else:
        stranger.cookies[known_devices.COOKIE] = cookie
    for number in range(5):
        sign_in(stranger, user.email, f"guess-{number}")
    # What it has used up is the place's.
    assert not sign_in(Client(REMOTE_ADDR="203.0.113.7"), user.email)


def test_signing_in_on_a_shared_device_is_remembered_for_the_last_people_only(client: Client) -> None:
    people = [UserFactory(email=f"person-{number}@example.org") for number in range(7)]
    for person in people:
        client.force_login(person)
        request, response = RequestFactory().get("/"), HttpResponse()
        request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
        known_devices.remember(response, request, person.email)
        client.cookies.update(response.cookies)
    request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
    known = [bool(known_devices.recall(request, person.email)) for person in people]
    assert known == [False, False, True, True, True, True, True]


def test_device_stays_known_while_an_earlier_secret_key_holds(user: User, settings: Settings) -> None:
    request, names = RequestFactory().get("/"), []
    for key, before in (("first", []), ("second", ["first"]), ("third", ["second", "first"])):
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = key, before
        response = HttpResponse()
        names.append(known_devices.recall(request, user.email))
        known_devices.remember(response, request, user.email)
        request.COOKIES = {name: morsel.value for name, morsel in response.cookies.items()}
    assert [bool(name) for name in names] == [False, True, True]
    assert names[1] == names[2]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "fourth", []
    assert not known_devices.recall(request, user.email)


@pytest.mark.parametrize(
    ("proxies", "said", "counted_together"),
    [
        (0, ["198.51.100.1", "198.51.100.2"], True),
        (1, ["192.0.2.1, 198.51.100.1", "192.0.2.2, 198.51.100.1"], True),
        (1, ["198.51.100.1", "198.51.100.2"], False),
        (1, ["198.51.100.1:4711", "198.51.100.2:4711"], False),
        (1, ["::ffff:198.51.100.1", "::ffff:198.51.100.2"], False),
        (1, ["2001:db8::1", "[2001:db8::2]:443"], True),
        (2, ["198.51.100.1", "198.51.100.2"], True),
    ],
    ids=["no-proxy", "made-up-before", "own", "with-port", "mapped", "one-network", "short"],
)
def test_tries_are_counted_by_the_address_that_our_own_proxy_says(
    client: Client, user: User, settings: Settings, proxies: int, said: list[str], counted_together: bool
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    for number in range(5):
        client.post(
            "/accounts/login/",
            {"login": user.email, "password": f"guess-{number}"},
            headers={"x-forwarded-for": said[0]},
        )
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD}, headers={"x-forwarded-for": said[1]})
    assert ("_auth_user_id" not in client.session) is counted_together


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
