"""Headers of every answer, cookies of production, sign-in: what a browser, a cache or a guesser is told."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from boroughs.models import Role, User
from boroughs.tasks import mail_reset_link
from tests.architecture.test_routes import PUBLIC, routes
from tests.factories.boroughs import MembershipFactory, UserFactory
from tests.trust.london import London, london, whole
from tests.trust.test_access import best, pages

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a-long-password-33"

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# The API's own page writes styles into itself.
WITH_STYLES = {"/api/docs/"}


@pytest.fixture
def city(settings: Settings, tmp_path: Path) -> London:
    settings.MEDIA_ROOT = tmp_path
    return london()


def policy(answer: Any) -> dict[str, set[str]]:
    parts = [part.split() for part in answer.headers["Content-Security-Policy"].split(";") if part.strip()]
    return {part[0]: set(part[1:]) for part in parts}


def wanted_policy(address: str) -> dict[str, set[str]]:
    wanted = {name: set(values) for name, values in configured.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()}
    if address in WITH_STYLES:
        wanted["style-src"] |= {"'unsafe-inline'"}
    return wanted


def test_policy_is_strict() -> None:
    directives = configured.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert directives["default-src"] == directives["base-uri"] == directives["frame-ancestors"] == ["'none'"]
    words = {word for values in directives.values() for word in values}
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"} & words


def faults(answer: Any, address: str) -> list[str]:
    found = [
        f"{name}: {answer.headers.get(name)}" for name, value in FIXED.items() if answer.headers.get(name) != value
    ]
    if policy(answer) != wanted_policy(address):
        found.append("policy")
    if "Cookie" not in answer.headers.get("Vary", ""):
        found.append("Vary")
    return [f"{address} {answer.status_code} {fault}" for fault in found]


ODD = ["/nowhere/", "/needs/N-1/", "/notices/NT-9999/", "/api/v1/notices/NT-9999/", "/api/v1/notices/?x=1"]


def test_headers_of_every_public_answer(city: London) -> None:
    client = Client()
    wrong: list[str] = []
    names = [
        route.name
        for route in routes()
        if route.name in PUBLIC
        and not route.name.startswith("account_")
        # Signed for one mailbox: tests/procurement/views/ look at these.
        and "token" not in route.arguments
    ]
    published = city.notices["PUBLISHED"]
    own = {"notice-detail": {"reference": published.reference}, "api-notice-detail": {"reference": published.reference}}
    own["ocds-release-package"] = {"name": f"ocds-213czf-{published.demand.reference.lower()}"}
    own["ocds-record-package"] = {"ocid": f"ocds-213czf-{published.demand.reference.lower()}"}
    addresses = [reverse(name, kwargs=own.get(name, best(name, city))) for name in names]
    for address in [
        *addresses,
        *ODD,
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/demands/",
    ]:
        answer = client.get(address)
        wrong += faults(answer, address)
        kept = answer.headers.get("Cache-Control", "")
        if "public" in kept and (answer.cookies or answer.status_code not in (200, 304)):
            wrong.append(f"{address} is kept by caches: {kept}")
    assert not wrong


def test_headers_of_every_private_answer_and_no_cache_keeps_one(city: London) -> None:
    wrong: list[str] = []
    for role, borough in ((Role.LOTI_ANALYST, None), (Role.BOROUGH_APPROVER, city.own), (Role.ADMINISTRATOR, None)):
        client = Client()
        client.force_login(
            MembershipFactory(role=role, borough=borough, user=UserFactory(is_staff=borough is None)).user
        )
        for address in [*pages(city), *ODD, "/accounts/password/change/", "/accounts/logout/", "/admin/", "/admin/x/"]:
            answer = client.get(address)
            whole(answer)
            wrong += faults(answer, address)
            kept = answer.headers.get("Cache-Control", "")
            # Programs say with the ETag of a need or contract what they had read; of a page it would only serve caches.
            has_etag = "ETag" in answer.headers and not address.startswith(("/api/v1/needs/", "/api/v1/contracts/"))
            if not {"no-store", "private"} <= set(re.split(r",\s*", kept)) or has_etag:
                wrong.append(f"{role} {address} {answer.status_code}: {kept}")
    assert not wrong


def test_a_public_page_answers_nobody_with_anothers_copy(city: London) -> None:
    """A page that a signed-in person fetched has no name by which a cache could hand it on, and the other way round."""
    anonymous, person = Client(), Client()
    user = UserFactory(name="Xerxes Person")
    person.force_login(user)
    tag = anonymous.get("/board/").headers["ETag"]
    mine = person.get("/board/", headers={"if-none-match": tag})
    assert mine.status_code == 200
    assert b"Xerxes" in mine.content
    assert anonymous.get("/board/", headers={"if-none-match": tag}).status_code == 304
    assert b"Xerxes" not in anonymous.get("/board/").content


def test_file_of_a_report_is_saved_and_not_shown(city: London) -> None:
    client = Client()
    client.force_login(MembershipFactory(role=Role.LOTI_ANALYST, borough=None).user)
    answer = client.get(f"/reports/{city.report.pk}/file/")
    whole(answer)
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "no-store" in answer.headers["Cache-Control"]


# --- production -----------------------------------------------------------------------------------------------------

SHOW = """
import json, django
django.setup()
from django.test import Client
from django.test.utils import setup_test_environment
setup_test_environment()
from django.core.management import call_command
call_command("migrate", verbosity=0)
plain, safe = Client(), Client()
redirect = plain.get("/board/", headers={"host": "board.example"})
answer = safe.get("/accounts/login/", secure=True, headers={"host": "board.example"})
from boroughs.models import User
User.objects.create_user(email="a@example.org", name="A", password="a-long-password-33")
signed = safe.post("/accounts/login/", {"login": "a@example.org", "password": "a-long-password-33"}, secure=True,
                   headers={"host": "board.example"})
show = lambda answer: {"status": answer.status_code, "headers": dict(answer.headers),
                       "cookies": [each.OutputString() for each in answer.cookies.values()]}
print(json.dumps({"redirect": show(redirect), "form": show(answer), "signed": show(signed),
                  "other": show(safe.get("/board/", secure=True, headers={"host": "evil.example"})),
                  "gallery": show(safe.get("/gallery/", secure=True, headers={"host": "board.example"}))}))
"""


def test_production_sends_its_cookies_over_https_alone(tmp_path: Path) -> None:
    variables = {"LOTI_ENV": "production", "SECRET_KEY": "k" * 60, "ALLOWED_HOSTS": "board.example"}
    variables["EMAIL_HOST"] = "mail.example"
    variables |= {"LOTI_VAR_DIR": str(tmp_path), "HASHED_STATIC": "0", "SITE_URL": "https://board.example"}
    variables |= {"DJANGO_SETTINGS_MODULE": "loti.settings", "PATH": os.environ["PATH"], "LOG_LEVEL": "error"}
    done = subprocess.run(
        [sys.executable, "-c", SHOW], cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["redirect"]["status"] == 301
    assert seen["redirect"]["headers"]["Location"] == "https://board.example/board/"
    age = re.search(r"max-age=(\d+)", seen["form"]["headers"]["Strict-Transport-Security"])
    assert age is not None
    assert int(age[1]) >= 31_536_000
    assert "includeSubDomains" not in seen["form"]["headers"]["Strict-Transport-Security"]
    cookies = [*seen["form"]["cookies"], *seen["signed"]["cookies"]]
    assert {cookie.split("=")[0] for cookie in cookies} >= {
        "__Host-csrftoken",
        "__Host-sessionid",
        "__Host-known-device",
    }
    for cookie in cookies:
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "path=/", "samesite=lax"} <= parts, cookie
        assert not any(part.startswith("domain") for part in parts), cookie
        assert "httponly" in parts or cookie.startswith("__Host-csrftoken"), cookie
    assert seen["signed"]["status"] == 302
    assert seen["other"]["status"] == 400
    # For developers only; whether it is there is not told before a sign-in.
    assert seen["gallery"]["status"] == 404


# --- forms ----------------------------------------------------------------------------------------------------------


def test_every_form_without_its_token_is_refused(city: London) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(MembershipFactory(role=Role.LOTI_ANALYST, borough=None).user)
    taken = []
    for route in routes():
        name = route.name
        if name.startswith("account_") and (route.arguments):
            continue
        kwargs = {} if name.startswith("account_") else best(name, city)
        answer = client.post(reverse(name, kwargs=kwargs))
        if name == "alert-stop":
            # RFC 8058: mailboxes post there, and the address is the secret.
            continue
        # 405 where nobody may post, and 415 from the API, which reads nothing that is sent.
        if answer.status_code not in (403, 405, 415):
            taken.append(f"{name} {answer.status_code}")
    assert not taken
    assert Client(enforce_csrf_checks=True).post("/accounts/login/").status_code == 403


ELSEWHERE = [
    "https://evil.example/", "//evil.example", "///evil.example", "////evil.example", "http:evil.example",
    "/\\evil.example",
    "\\\\evil.example", "/\t/evil.example", "\t//evil.example", " //evil.example", "https:///evil.example",
    "javascript:alert(1)",
    "//evil.example%2f..", "http://testserver@evil.example/", "//testserver.evil.example", "/%09/evil.example",
    "data:text/html,x", "\u3000//evil.example", "//\u2025evil.example", "https://evil.example\\@testserver/",
    "\0//evil.example",
    "/\r\nLocation: https://evil.example/",
]  # fmt: skip


def leads_away(location: str) -> bool:
    """As a browser reads it: without white space at the ends, a backslash for a slash."""
    seen = re.sub(r"[\t\r\n]", "", location).strip().replace("\\", "/")
    return seen.startswith("//") or re.match(r"[a-z][a-z0-9+.-]*:", seen, re.IGNORECASE) is not None


@pytest.fixture
def user() -> User:
    made: User = UserFactory(email="known@example.org")
    made.set_password(PASSWORD)
    made.save(update_fields=["password"])
    return made


def test_no_sign_in_leads_to_another_site(user: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    for target in ELSEWHERE:
        for send in ({"next": target}, {}):
            client = Client()
            form = {"login": user.email, "password": PASSWORD, **send}
            query = {} if send else {"query_params": {"next": target}}
            answer = client.post("/accounts/login/", form, **query)  # type: ignore[arg-type]
            assert not leads_away(answer.headers.get("Location", "")), target
            again = client.get("/accounts/login/", {"next": target})
            assert not leads_away(again.headers.get("Location", "")), target
            out = client.post("/accounts/logout/", {"next": target})
            assert not leads_away(out.headers.get("Location", "")), target


def test_a_page_inside_is_returned_to(user: User) -> None:
    client = Client()
    asked = client.get("/demands/?q=a")
    assert asked.headers["Location"] == "/accounts/login/?next=/demands/%3Fq%3Da"
    answer = client.post(
        asked.headers["Location"], {"login": user.email, "password": PASSWORD, "next": "/demands/?q=a"}
    )
    assert answer.headers["Location"] == "/demands/?q=a"


# --- guessing -------------------------------------------------------------------------------------------------------


def guess(email: str, password: str = "wrong", **extra: Any) -> Any:  # noqa: S107 - a wrong guess
    return Client().post("/accounts/login/", {"login": email, "password": password}, **extra)


def words_of(answer: Any, email: str) -> tuple[int, str]:
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode()).replace(email, "")
    return answer.status_code, text


def test_guesses_are_limited_alike_for_known_and_unknown_people(user: User) -> None:
    answers = {}
    for email in (user.email, "nobody@example.org"):
        cache.clear()
        answers[email] = [words_of(guess(email), email) for _ in range(12)]
    assert answers[user.email] == answers["nobody@example.org"]
    # After some guesses the right password is no longer tried either, and the answer is another.
    assert answers[user.email][0] != answers[user.email][-1]
    cache.clear()
    for _ in range(12):
        guess(user.email)
    assert "sessionid" not in guess(user.email, PASSWORD).cookies


def test_limit_on_one_account_holds_from_many_places_and_whatever_they_say(user: User) -> None:
    for number in range(100):
        guess(user.email, REMOTE_ADDR=f"10.0.0.{number}", HTTP_X_FORWARDED_FOR=f"10.1.1.{number}")
    assert "sessionid" not in guess(user.email, PASSWORD, REMOTE_ADDR="10.2.2.2").cookies


def test_said_address_does_not_lift_the_limit_on_a_place(user: User) -> None:
    """Many accounts from one place, each time behind another forged address."""
    for number in range(60):
        guess(f"person{number}@example.org", HTTP_X_FORWARDED_FOR=f"10.1.1.{number}")
    answer = guess(user.email, PASSWORD, HTTP_X_FORWARDED_FOR="10.9.9.9")
    assert "sessionid" not in answer.cookies


def test_behind_a_proxy_one_guesser_does_not_shut_out_the_others(user: User, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(60):
        # The proxy adds the address it sees; what stood there before is the guesser's own invention.
        guess(f"person{number}@example.org", HTTP_X_FORWARDED_FOR=f"10.1.1.{number}, 192.0.2.66")
    assert "sessionid" not in guess(user.email, PASSWORD, HTTP_X_FORWARDED_FOR="10.9.9.9, 192.0.2.66").cookies
    assert "sessionid" in guess(user.email, PASSWORD, HTTP_X_FORWARDED_FOR="192.0.2.7").cookies


def test_asking_for_a_password_tells_nothing(user: User, mailoutbox: list[Any]) -> None:
    answers = []
    for email in (user.email, "nobody@example.org"):
        answer = Client().post("/accounts/password/reset/", {"email": email})
        answers.append((answer.status_code, answer.headers.get("Location")))
        mail_reset_link(key=email)
    assert [mail.to for mail in mailoutbox] == [[user.email]]
    assert answers[0] == answers[1]
    assert all(mail.to != ["nobody@example.org"] or "password/reset/key" not in mail.body for mail in mailoutbox)


def test_session_begins_anew_with_a_sign_in_and_ends_with_its_end(user: User) -> None:
    client = Client()
    client.cookies["sessionid"] = "a" * 32
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    key = client.cookies["sessionid"].value
    assert key != "a" * 32
    assert client.get("/accounts/password/change/").status_code == 200
    client.post("/accounts/logout/")
    client.cookies["sessionid"] = key
    assert client.get("/accounts/password/change/").status_code == 302


def test_new_password_ends_the_other_sessions(user: User, settings: Settings) -> None:
    one, other = Client(), Client()
    for client in (one, other):
        client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
        assert client.get("/accounts/password/change/").status_code == 200
    new = "another-long-password-34"
    one.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert other.get("/accounts/password/change/").status_code == 302
