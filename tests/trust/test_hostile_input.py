"""Whatever is sent, the answer is below 500 and costs under two seconds of work; what is stored comes out as text."""

import csv
import hashlib
import io
import json
import re
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from django.apps import apps
from django.db import transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from boroughs.actions import drafting
from boroughs.actions.need_content import NAMES
from boroughs.forms import contract_json, contract_queries
from boroughs.forms.json_fields import TEXT
from boroughs.forms.need_json import TYPES
from boroughs.forms.need_sections import BY_SLUG
from boroughs.models import ApiToken, Borough, Category, Contract, Need, Requirement, Role, User
from procurement.models import JointDemand, Notice
from procurement.pdf import annex
from procurement.pdf import picture as picture_pdf
from procurement.picture import facts, reckoning
from procurement.picture.telling import EXACT, TOLD
from tests.architecture.test_routes import routes
from tests.factories import notices as scene
from tests.factories.boroughs import MembershipFactory, UserFactory
from tests.factories.snapshots import content_now
from tests.trust.london import London, london, whole
from tests.trust.test_access import best, pages

pytestmark = pytest.mark.django_db
SECONDS = 2.0

MARKUP = (
    "\"><img src=x onerror=alert(1)> '><script>alert(1)</script> <svg/onload=alert(1)> </textarea></title></style>"
    "<iframe srcdoc=1> javascript:alert(1) <a href=javascript:alert(1)>x</a> <!-- ]]> &lt;b&gt; &#60;i&#62; "
    "{{7*7}} {% debug %} ${7*7} <%= 7*7 %> #{7*7}"
)
TEXTS = {
    "NUL": "a\0b",
    "right to left": "abc\u202egpj.exe",
    "zero width": "a\u200bb\u200d\u2060\ufeffc",
    "half a surrogate pair": "a\ud800b",
    "combining": "e" + "\u0301" * 500,
    "noncharacter": "a\uffff\ufdd0b",
    "line ends": "a\r\nSubject: x\r\n\r\nb\u2028c\x85d",
    "not a number": "NaN",
    "long number": "9" * 5_000,
    "huge float": "1e400",
    "negative": "-1",
    "other digits": "١٢٣",
    "long word": "x" * 30_000,
    "many words": "wort " * 800,
    "markup": MARKUP,
    "formula": '=HYPERLINK("http://evil.example")',
    "wildcards": "%_\\' OR 1=1 --",
    "JSON": '{"a": [1, 2}',
    "emoji": "👩‍👩‍👧‍👦" * 50,
}

PATHS = [
    "/%00", "/needs/%00/", "/needs/N-1%00/", "/needs/N-1%0a/", "/needs/N-%D9%A1/", "/needs/N-" + "9" * 300 + "/",
    "/notices/NT-1%00/", "/notices/NT-0001/versions/" + "9" * 5_000 + "/", "/notices/NT-0001/versions/0/",
    "/people/" + "9" * 30 + "/", "/people/" + "9" * 5_000 + "/", "/reports/" + "9" * 30 + "/file/",
    "/people/1/roles/" + "9" * 30 + "/revoke/", "/demands/JD-999999999999/", "/demands/JD-1/needs/N-1/remove/",
    "/api/v1/needs/N-1%00/", "/api/v1/needs/N-%D9%A1/", "/api/v1/needs/N-" + "9" * 5_000 + "/amendment/",
    "/api-tokens/" + "9" * 30 + "/revoke/", "/contracts/" + "9" * 30 + "/", "/contracts/" + "9" * 5_000 + "/edit/",
    "/api/v1/contracts/" + "9" * 30 + "/", "/api/v1/contracts/" + "9" * 5_000 + "/close/",
    "/api/v1/notices/NT-1%00/", "/api/v1/notices/..%2f..%2fetc%2fpasswd/", "/api/1.0/ocdsReleasePackages/%00",
    "/api/1.0/ocdsReleasePackages/ocds-213czf-jd-1-nt-1-999999", "/api/1.0/ocdsReleasePackages/" + "a" * 5_000,
    "/static/%00", "/static/..%2f..%2fsettings.py", "/static/build/%2e%2e/%2e%2e/manage.py", "/favicon.ico%00",
    "/accounts/password/reset/key/" + "z" * 2_000 + "-abc/", "/accounts/password/reset/key/1-a%00b/",
    "/accounts/confirm-email/a:b:c/", "/admin/%00/", "/admin/boroughs/need/%00/", "/%ff%fe", "/" + "a" * 20_000,
    "//evil.example/%2f..", "/needs/../../etc/passwd", "/board;x=1/", "/.well-known/x",
]  # fmt: skip

# Address → who reads it.
LISTS = {
    **dict.fromkeys(("/", "/board/", "/board/feed.atom", "/api/v1/notices/", "/accounts/login/"), "anonymous"),
    **dict.fromkeys(("/api/1.0/ocdsReleasePackages", "/accounts/password/reset/"), "anonymous"),
    **dict.fromkeys(
        ("/contracts/", "/contracts/export/", "/api/v1/demands/", "/api/v1/needs/", "/api/v1/contracts/"), "approver"
    ),
    **dict.fromkeys(("/needs/", "/demands/", "/notices/", "/match-runs/", "/reports/", "/picture/"), "analyst"),
    **dict.fromkeys(("/people/", "/admin/boroughs/need/"), "administrator"),
}
QUERIES = [
    "page=1e20", "page=" + "9" * 5_000, "page=-1", "page=%00", "page=%D9%A1", "page=1&page=2", "limit=1e9", "limit=%00",
    "q=%00", "q=" + "wort+" * 800, "q=%ED%A0%80", "q=" + "%25_" * 60, "q=" + "a" * 15_000, "q[]=1", "q=" + "%E2%80%AE",
    "state=%00", "state=OPEN&state=OPEN&state=x", "category=%00", "borough=%00", "borough=camden%00", "status=%00",
    "sub_region=%00", "kind=%00", "sort=%00", "cursor=%00", "cursor=" + "A" * 9_000, "cursor=%F0%9F%98%80",
    "updatedFrom=%00", "updatedFrom=9999-12-31T23:59:59-23:59", "updatedFrom=" + "9" * 5_000, "updatedTo=0001-01-01",
    "next=%00", "next=//evil.example", "panel", "&&&=&=;", "%", "q=%", "=" * 500, "&".join("q=a" for _ in range(1_500)),
    "&".join(f"a{number}=1" for number in range(2_500)),
]  # fmt: skip


@pytest.fixture
def city(settings: Settings, tmp_path: Path) -> London:
    settings.MEDIA_ROOT = tmp_path
    return london()


def signed_in(role: Role, borough: Borough | None = None, *, staff: bool = False) -> Client:
    client = Client(raise_request_exception=False)
    user: User = UserFactory(is_staff=staff)
    MembershipFactory(user=user, role=role, borough=borough)
    client.force_login(user)
    return client


def clients(city: London) -> dict[str, Client]:
    return {
        "anonymous": Client(raise_request_exception=False),
        "approver": signed_in(Role.BOROUGH_APPROVER, city.own),
        "analyst": signed_in(Role.LOTI_ANALYST),
        "administrator": signed_in(Role.ADMINISTRATOR, staff=True),
    }


class Watch:
    """Sends, and keeps what was answered with an error of ours, or too late."""

    def __init__(self) -> None:
        self.wrong: list[str] = []

    def __call__(self, label: str, client: Client, method: str, address: str, **request: Any) -> Any:
        begun = time.thread_time()
        with transaction.atomic():
            answer: Any = client.generic(method, address, **request)
            transaction.set_rollback(True)
        taken = time.thread_time() - begun
        whole(answer)
        if (answer.status_code >= 500 and address != "/readyz") or taken > SECONDS:
            self.wrong.append(f"{label} {method} {address[:80]}: {answer.status_code} in {taken:.1f} s")
        return answer


# --- addresses ------------------------------------------------------------------------------------------------------


def test_no_path_breaks_a_page(city: London) -> None:
    watch = Watch()
    for who, client in clients(city).items():
        for path in PATHS:
            for method in ("GET", "POST"):
                watch(who, client, method, path)
    assert not watch.wrong


def test_no_query_breaks_a_list(city: London) -> None:
    watch = Watch()
    everybody = clients(city)
    for address, who in LISTS.items():
        for query in QUERIES:
            # As the server hands it over: the query is not touched by the test's own client.
            watch(f"{who} {query[:40]}", everybody[who], "GET", address, QUERY_STRING=query)
    assert not watch.wrong


# --- headers, cookies, bodies ---------------------------------------------------------------------------------------

COOKIES = [
    'sessionid="abcdefgh\\000x"', 'sessionid="abcdefgh\\355\\240\\200"', "sessionid=" + "x" * 5_000, "sessionid=",
    'csrftoken="\\000"', 'messages="\\000"', "messages=W10:x:y", "a=b; sessionid; =; ;;", "sessionid=%00%00%00%00%00",
]  # fmt: skip
HEADERS = [
    {"HTTP_HOST": "evil.example"}, {"HTTP_HOST": "testserver:99999999"}, {"HTTP_X_FORWARDED_HOST": "evil.example"},
    {"HTTP_X_FORWARDED_FOR": "1.2.3.4, x\xff"}, {"HTTP_X_FORWARDED_PROTO": "javascript"}, {"HTTP_ACCEPT": "*/*;q=\xff"},
    {"HTTP_IF_NONE_MATCH": '"' + "a" * 9_000}, {"HTTP_IF_MODIFIED_SINCE": "Sat, 99 Foo 99999 25:61:61 GMT"},
    {"HTTP_IF_MODIFIED_SINCE": "9" * 5_000}, {"HTTP_RANGE": "bytes=9-1,-,x"}, {"HTTP_ACCEPT_LANGUAGE": "x" * 9_000},
    {"HTTP_REFERER": "javascript:\xff"}, {"HTTP_AUTHORIZATION": "Basic \xff"}, {"HTTP_AUTHORIZATION": "Bearer x"},
    {"HTTP_ACCEPT_ENCODING": "gzip;q=x,\xff"}, {"HTTP_ORIGIN": "null"}, {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE"},
    {"HTTP_ACCEPT": "text/html;version=9"}, {"HTTP_ACCEPT": "application/json; indent=999999999"},
]  # fmt: skip
SAMPLE = ("/", "/board/", "/api/v1/notices/", "/api/v1/demands/", "/api/v1/needs/", "/demands/", "/accounts/login/")


def test_no_cookie_breaks_a_page() -> None:
    watch = Watch()
    for cookie in COOKIES:
        for address in SAMPLE:
            watch(cookie[:40], Client(raise_request_exception=False), "GET", address, HTTP_COOKIE=cookie)
        watch(cookie[:40], Client(raise_request_exception=False), "POST", "/accounts/login/", HTTP_COOKIE=cookie)
    assert not watch.wrong


def test_no_header_breaks_a_page() -> None:
    watch = Watch()
    analyst = signed_in(Role.LOTI_ANALYST)
    for header in HEADERS:
        for address in SAMPLE:
            # A page of its own kind for each: in private, and as everybody sees it.
            for client in (Client(raise_request_exception=False), analyst)[: 1 + (address == "/demands/")]:
                answer = watch(str(header)[:60], client, "GET", address, **header)
                assert "evil.example" not in answer.content.decode("utf-8", "replace")
    assert not watch.wrong


BODIES: dict[str, tuple[str, bytes]] = {
    "10 MB": ("application/x-www-form-urlencoded", b"a=" + b"x" * 10_000_000),
    "many fields": ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(5_000))),
    "percent": ("application/x-www-form-urlencoded", b"%00=%00&title=%ED%A0%80&%&=&=="),
    "another charset": ("application/x-www-form-urlencoded; charset=utf-16", b"title=\xff\xfea"),
    "unknown charset": ("application/x-www-form-urlencoded; charset=nonsense", b"title=a"),
    "deep JSON": ("application/json", b"[" * 100_000 + b"]" * 100_000),
    "long number in JSON": ("application/json", b'{"a": ' + b"9" * 5_000 + b"}"),
    "half a pair in JSON": ("application/json", b'{"a": "\\ud800"}'),
    "not JSON": ("application/json", b"\x00\xff{"),
    "multipart without an end": ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=a"),
    "multipart without a boundary": ("multipart/form-data", b"--x--"),
    "long boundary": ("multipart/form-data; boundary=" + "x" * 5_000, b"--x--"),
    "file that nobody asked for": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="title"; filename="../../\x00.html"\r\n\r\n<b>\r\n--x--\r\n',
    ),
    "broken base64 part": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--x--\r\n',
    ),
    "XML": ("application/xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    "no type": ("", b"title=a"),
    "odd type": ("\xff/\x7f; =;;charset", b"title=a"),
}


def test_no_body_breaks_a_page(city: London) -> None:
    watch = Watch()
    everybody = clients(city)
    for name, (kind, data) in BODIES.items():
        for who, address, _ in forms_of(city):
            watch(f"{who} {name}", everybody[who], "POST", address, data=data, content_type=kind)
        for address in (
            "/",
            "/board/",
            "/api/v1/notices/",
            "/api/v1/demands/",
            "/match-runs/request/",
            "/reports/ask/",
        ):
            watch(name, everybody["analyst"], "POST", address, data=data, content_type=kind)
        for address in ("/api/v1/needs/", f"/api/v1/needs/{city.own_needs['DRAFT'].reference}/withdraw/"):
            watch(name, everybody["approver"], "POST", address, data=data, content_type=kind)
    assert not watch.wrong


def _plain_routes() -> Iterator[Any]:
    return (route for route in routes() if not route.name.startswith(("account_", "report-file")))


# --- what people type -----------------------------------------------------------------------------------------------


def forms_of(city: London) -> list[tuple[str, str, dict[str, str]]]:
    """(Who, address, a form that would be accepted)."""
    draft, notice = city.own_needs["DRAFT"], city.notices["DRAFT"]
    begun = {"title": "A need", "problem": "A problem"}
    sections = {
        "need": begun,
        "users": {"users_description": "Users", "description": "Outcome"},
        "classification": {"category": "housing-repairs", "kind": "SOFTWARE", "cpv": "48000000"},
        "requirements": {
            "requirements-TOTAL_FORMS": "1",
            "requirements-INITIAL_FORMS": "0",
            "requirements-0-text": "A line",
            "requirements-0-priority": "MUST",
            "requirements-0-standard": "UPRN",
            "musts_reason": "Reason",
        },
        "size": {
            "users_count": "10",
            "users_tolerance": "10",
            "budget_min": "1,000",
            "budget_max": "2,000",
            "budget_basis": "WHOLE_LIFE",
            "volumes-TOTAL_FORMS": "1",
            "volumes-INITIAL_FORMS": "0",
            "volumes-0-what": "Things",
            "volumes-0-quantity": "10",
            "volumes-0-tolerance": "5",
        },
        "timing": {
            f"{name}_{part}": value
            for name in ("earliest_start_date", "start_date", "contract_end_date")
            for part, value in (("day", "1"), ("month", "5"), ("year", "2029"))
        }
        | {"months": "12", "incumbent": "Something"},
        "constraints": {"integrations": "Words", "constraints": "Words", "hosting": "ANY", "personal_data": "NONE"},
        "together": {"depth": "TENDER", "could_lead": "yes", "supplier_disclosure": "NAMED"},
    }
    written = drafting.draft_of(draft)
    tokens = {slug: written.token(BY_SLUG[slug].names) for slug in sections}
    words = ("title", "summary", "problem", "users_description", "work_done", "market_engagement", "buying_together")
    days = {
        f"{name}_{part}": value
        for name in ("questions_close_date", "closes_date", "start_date")
        for part, value in enumerate(("1", "5", "2029"))
    }
    published = dict.fromkeys((*words, "how_to_respond", "must_requirements", "should_requirements"), "Words")
    published |= days | {"kind": "ENGAGEMENT", "lead": city.own.slug, "months": "12", "revision": str(notice.revision)}
    jd, member = city.suggested.reference, city.foreign_needs["OPEN"].reference
    entry = contract_form()
    edited = f"/contracts/{city.contract.pk}/edit/"
    return [
        ("approver", "/needs/new/", begun | {"joins": "JD-0001"}),
        *(
            ("approver", f"/needs/{draft.reference}/edit/{slug}/", fields | {"seen": tokens[slug]})
            for slug, fields in sections.items()
        ),
        ("approver", "/needs/look/?panel", begun),
        ("approver", f"/needs/{draft.reference}/edit/requirements/", sections["requirements"] | {"add_line": "1"}),
        ("approver", f"/needs/{city.own_needs['OPEN'].reference}/fulfil/", {"reason": "Words"}),
        ("approver", f"/needs/{city.amended.reference}/amendment/return/", {"reason": "Words"}),
        ("approver", f"/needs/{city.own_needs['SUBMITTED'].reference}/approve/", {"revision": "1"}),
        ("approver", f"/needs/{city.own_needs['SUBMITTED'].reference}/return/", {"reason": "Words"}),
        ("approver", f"/needs/{city.own_needs['OPEN'].reference}/withdraw/", {"reason": "Words"}),
        ("analyst", f"/demands/{jd}/rename/", {"title": "Words"}),
        ("analyst", f"/demands/{jd}/needs/{member}/remove/", {"reason": "Words"}),
        ("analyst", f"/notices/{notice.reference}/edit/", published),
        ("analyst", f"/notices/{city.notices['PROPOSED'].reference}/return/", {"reason": "Words"}),
        ("analyst", f"/notices/{city.notices['PROPOSED'].reference}/publish/", {"seen": "x"}),
        ("analyst", f"/notices/{city.notices['PUBLISHED'].reference}/withdraw/", {"reason": "Words"}),
        ("approver", "/contracts/new/", entry | {"reference": "New 1"}),
        ("approver", edited, entry | {"seen": "1"}),
        # Shown again beside what is stored.
        ("approver", edited, entry | {"seen": "7"}),
        ("approver", f"/contracts/{city.contract.pk}/close/", {"reason": "Words"}),
        ("approver", "/api-tokens/new/", {"name": "Words", "days": "30"}),
        ("administrator", "/people/new/", {"name": "N", "email": "n@example.org", "role": "CDO_READER", "borough": ""}),
        ("administrator", f"/people/{city.someone.pk}/grant/", {"role": "BOROUGH_READER", "borough": "camden"}),
        ("administrator", "/people/authorities/", {"name": "Elsewhere"}),
        ("anonymous", "/accounts/login/", {"login": "a@example.org", "password": "words", "next": "/"}),
        ("anonymous", "/accounts/password/reset/", {"email": "a@example.org"}),
        ("approver", "/accounts/password/change/", {"oldpassword": "a", "password1": "b", "password2": "b"}),
    ]


def contract_form() -> dict[str, str]:
    days = {
        f"{name}_{part}": value
        for name in ("start_date", "end_date", "review_date")
        for part, value in (("day", "1"), ("month", "5"), ("year", "2029"))
    }
    texts = dict.fromkeys(("title", "description", "system", "supplier", "company_number", "department"), "Words")
    figures = {"extension_options": "12 + 12", "notice": "3 months", "annual_value": "1,000", "total_value": "2,000"}
    return texts | days | figures | {"category": "housing-repairs", "ocid": "ocds-213czf-1"}


# Fields whose value is one of a few.
CHOSEN = {
    "category",
    "kind",
    "joins",
    "seen",
    "cpv",
    "hosting",
    "personal_data",
    "depth",
    "could_lead",
    "supplier_disclosure",
    "budget_basis",
    "requirements-0-priority",
    "lead",
    "role",
    "borough",
    "days",
    "budget_min",
    "budget_max",
    "extension_options",
    "notice",
    "annual_value",
    "total_value",
}

# What can go wrong where something else than text is wanted.
ODD = {"NUL", "half a surrogate pair", "not a number", "long number", "huge float", "negative", "other digits"}


def test_no_text_breaks_a_form(city: London, mailoutbox: list[Any], settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    watch = Watch()
    everybody = clients(city)
    for name, text in TEXTS.items():
        # What a browser cannot send arrives with the replacement character; bytes of half a pair arrive as they are.
        hostile = text.encode("utf-8", "surrogatepass")
        for who, address, form in forms_of(city):
            # Once where only the texts are hostile, so that they are stored, and once where everything is.
            free = {field: hostile for field, value in form.items() if field not in CHOSEN and not value.isdecimal()}
            kept = {field: value.encode() for field, value in form.items()}
            watch(f"texts={name}", everybody[who], "POST", address, **_encoded(kept | free))
            if name not in ODD:
                continue
            counts = {
                f"{lines}-{name}_FORMS": count
                for lines in ("requirements", "volumes")
                for name, count in (("TOTAL", b"1"), ("INITIAL", b"0"))
            }
            everything = dict.fromkeys(form, hostile) | counts
            watch(f"all={name}", everybody[who], "POST", address, **_encoded(everything))
    assert not watch.wrong
    for mail in mailoutbox:
        assert "\n" not in mail.subject
        assert mail.to == [mail.to[0].strip()]


def test_no_value_breaks_the_api(city: London) -> None:
    watch = Watch()
    client = clients(city)["approver"]
    address = f"/api/v1/needs/{city.own_needs['DRAFT'].reference}/"
    etag = client.get(address).headers["ETag"]
    values: list[Any] = [*TEXTS.values(), None, True, 1.5, -1, 10**400, [], {}, [[]], [{}], [None], {"text": {}}]
    texts = [name for name, each in TYPES.items() if each is TEXT]
    for value in values:
        for said in (
            dict.fromkeys(NAMES, value),
            # Past the check of types, where it is text.
            dict.fromkeys(texts, value),
            {"cpv": [value]},
            {"requirements": [dict.fromkeys(("text", "priority", "standard"), value)]},
            {"volumes": [{"what": value, "quantity": 1}, {"what": "A", "quantity": value, "tolerance": value}]},
            {str(value)[:5_000]: value},
        ):
            sent = {"data": json.dumps({"title": "A"} | said), "content_type": "application/json"}
            watch(f"{sent['data'][:60]}", client, "POST", "/api/v1/needs/", **sent)
            watch(f"{sent['data'][:60]}", client, "PATCH", address, **sent, HTTP_IF_MATCH=etag)
        text = re.sub(r"[\r\n]", " ", str(value)[:5_000]).encode("utf-8", "replace").decode("latin-1")
        for header in ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"):
            watch(f"{header} {text[:40]}", client, "GET", address, **{header: text})
            watch(f"{header} {text[:40]}", client, "PATCH", address, **{header: text})
        watch(f"key {text[:40]}", client, "POST", "/api/v1/needs/", **sent, HTTP_IDEMPOTENCY_KEY=text)
    assert not watch.wrong


def test_no_value_breaks_the_api_of_contracts(city: London) -> None:
    watch = Watch()
    client = clients(city)["approver"]
    address = f"/api/v1/contracts/{city.contract.pk}/"
    etag = client.get(address).headers["ETag"]
    values: list[Any] = [*TEXTS.values(), None, True, 1.5, -1, 10**400, [], {}, [[]], [{}], [None], {"months": {}}]
    texts = [name for name, each in contract_json.TYPES.items() if each is TEXT]
    for value in values:
        for said in (
            dict.fromkeys(contract_json.TYPES, value),
            # Past the check of types, where it is text.
            dict.fromkeys(texts, value),
            {"extension_options": [value], "notice": {"months": value, "days": value}},
            {str(value)[:5_000]: value},
        ):
            sent = {"data": json.dumps({"title": "A"} | said), "content_type": "application/json"}
            watch(f"{sent['data'][:60]}", client, "POST", "/api/v1/contracts/", **sent)
            watch(f"{sent['data'][:60]}", client, "PUT", address, **sent, HTTP_IF_MATCH=etag)
            reason = {"data": json.dumps({"reason": value}), "content_type": "application/json"}
            watch(f"{reason['data'][:60]}", client, "POST", f"{address}close/", **reason)
        for name in contract_queries.FILTERS:
            query = urlencode({name: str(value).encode("utf-8", "surrogatepass")[:5_000]})
            watch(query[:60], client, "GET", "/api/v1/contracts/", QUERY_STRING=query)
    assert not watch.wrong


def _encoded(fields: dict[str, bytes]) -> dict[str, Any]:
    data = b"&".join(
        key.encode() + b"=" + "".join(f"%{byte:02x}" for byte in value).encode() for key, value in fields.items()
    )
    return {"data": data, "content_type": "application/x-www-form-urlencoded"}


def test_what_cannot_be_seen_is_not_stored(city: London) -> None:
    client = clients(city)["approver"]
    _, address, form = forms_of(city)[0]
    for name in ("NUL", "right to left", "zero width", "half a surrogate pair", "noncharacter"):
        sent = {key: value.encode() for key, value in form.items()}
        sent["title"] = sent["problem"] = b"Plain " + TEXTS[name].encode("utf-8", "surrogatepass")
        before = set(Need.objects.values_list("pk", flat=True))
        assert client.generic("POST", address, **_encoded(sent)).status_code == 302
        need = Need.objects.exclude(pk__in=before).get()
        for text in (need.title, need.problem):
            assert text.startswith("Plain ")
            assert not re.search("[\0\u202e\u200b\u2060\ufeff\ud800\uffff\ufdd0]", text), name


def test_twice_the_same_parameter_is_one_answer(city: London) -> None:
    """The last one counts, for the check and for the writing alike."""
    client = clients(city)["approver"]
    _, address, form = forms_of(city)[0]
    sent = _encoded({key: value.encode() for key, value in form.items()})
    sent["data"] += f"&borough={city.foreign.slug}&borough={city.foreign.slug}&title=Second".encode()
    before = set(Need.objects.values_list("pk", flat=True))
    assert client.generic("POST", address, **sent).status_code == 302
    need = Need.objects.exclude(pk__in=before).get()
    assert (need.borough, need.title) == (city.own, "Second")


def test_columns_that_no_form_has_are_not_written(city: London) -> None:
    """Every column of a need is sent; those that are the actions' own stay as they are."""
    client = clients(city)["approver"]
    draft = city.own_needs["DRAFT"]
    _, address, form = forms_of(city)[1]
    own = {"status": "OPEN", "reference": "N-1", "external_id": "x", "borough": city.foreign.slug, "opened_by": "1"}
    own |= {"created_by": "1", "submitted_at": "2026-01-01", "opened_at": "2026-01-01", "closed_reason": "x"}
    own |= {"borough_id": str(city.foreign.pk), "id": "1", "pk": "1"}
    answer = client.post(address, form | own)
    assert answer.status_code == 302
    stored = Need.objects.get(pk=draft.pk)
    assert (stored.status, stored.reference, stored.borough) == ("DRAFT", draft.reference, city.own)
    assert (stored.external_id, stored.closed_reason, stored.opened_at, stored.submitted_at) == ("", "", None, None)


# --- what comes out -------------------------------------------------------------------------------------------------


class Shapes(HTMLParser):
    """Which elements there are, with which attributes; where links lead."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.shapes: set[tuple[str, ...]] = set()
        self.links: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shapes.add((tag, *sorted({name for name, _ in attrs})))
        self.links |= {
            (value or "").strip() for name, value in attrs if name in ("href", "src", "action", "formaction")
        }

    def handle_comment(self, data: str) -> None:
        self.shapes.add(("a comment", data))


def filled(words: str) -> dict[str, Shapes]:
    """Every page for those who see most, with `words` in every text that the database holds."""
    city = london()
    slugs = {Borough: {"slug"}, JointDemand: set(), Notice: set()}
    for model, names in {
        Need: (
            "title",
            "problem",
            "users_description",
            "description",
            "incumbent",
            "integrations",
            "constraints",
            "musts_reason",
            "joins",
            "closed_reason",
            "external_id",
        ),
        Requirement: ("text", "standard"),
        Contract: ("title", "system", "supplier"),
        Borough: ("name", "official_name", "abbreviation", "sub_region", "region"),
        JointDemand: ("title",),
        User: ("name",),
        ApiToken: ("name",),
    }.items():
        for row in model.objects.all():
            # Some of these are unique.
            changed = {name: f"{words} {row.pk}" for name in names if name not in slugs.get(model, set())}
            model.objects.filter(pk=row.pk).update(**changed)
    reasons = [{"code": "category", "words": words, "weight": 0.4}, {"code": "kind", "words": words, "weight": -0.4}]
    for name in ("DemandMember", "Overlap"):
        apps.get_model("procurement", name)._default_manager.update(reasons=reasons)
    apps.get_model("procurement", "MatchRun")._default_manager.update(error=words, warnings=[words], phase=words)
    apps.get_model("procurement", "Report")._default_manager.update(error=words, asked_by=words)
    for category in Category.objects.all():
        Category.objects.filter(pk=category.pk).update(name=f"{words} {category.pk}", area=words, cpv=[words])
    lines = {"must_requirements": [words], "should_requirements": [words]}
    texts = {"summary": words, "problem": f"{words}\n\n{words}", "how_to_respond": words, "users_description": words}
    columns = {"title": words[:100], "work_done": words, "market_engagement": words, "buying_together": words}
    published = scene.publish(scene.confirmed_demand("Camden", "Brent", "Hackney"), **texts, **columns, **lines).notice
    Notice.objects.exclude(status__in=("PUBLISHED", "WITHDRAWN")).update(**texts, **columns, **lines)
    city.notices["PUBLISHED"] = published
    found = {}
    everybody = clients(city)
    people = (
        "/people/",
        f"/people/{city.someone.pk}/",
        "/people/new/",
        "/people/authorities/",
        "/admin/boroughs/need/",
    )
    for who, client in everybody.items():
        seen = list(pages(city)) if who in ("analyst", "approver") else [*people, "/", "/board/", "/demands/"]
        for number, address in enumerate(seen):
            answer: Any = client.get(address)
            whole(answer)
            kind = answer.headers.get("Content-Type", "")
            assert answer.status_code < 500 or address == "/readyz", f"{who} {address}"
            if kind.startswith("text/html"):
                found[f"{who} {number}"] = Shapes(body_of(answer))
    html = render_to_string("pdf/picture.html", picture_pdf.context(content_now(), telling=EXACT))
    return found | {"report": Shapes(html)}


def body_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.one_engine
@pytest.mark.timeout(300)
def test_markup_stays_text_on_every_page(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    known: dict[str, Shapes] = {}
    with transaction.atomic():
        known = filled(re.sub(r"[^\s]", "n", MARKUP))
        transaction.set_rollback(True)
    hostile = filled(MARKUP)
    allowed = set().union(*(page.shapes for page in known.values()))
    assert len(hostile) > 100
    for name, page in hostile.items():
        assert not page.shapes - allowed, name
        assert not [link for link in page.links if re.match(r"\s*(javascript|data|vbscript):", link, re.IGNORECASE)]


def test_template_words_stay_words(city: London) -> None:
    Need.objects.filter(pk=city.own_needs["OPEN"].pk).update(title=MARKUP, problem=MARKUP)
    text = body_of(clients(city)["approver"].get(f"/needs/{city.own_needs['OPEN'].reference}/"))
    assert "{{7*7}} {% debug %} ${7*7}" in text
    assert "<script>alert" not in text


def test_markup_in_a_notice_stays_text_in_feed_and_open_data() -> None:
    # Long texts have a limit of words; the title has one of characters.
    version = scene.publish(title=MARKUP[:100], summary=MARKUP, problem=MARKUP, must_requirements=[MARKUP])
    feed = ElementTree.fromstring(Client().get("/board/feed.atom").content)  # noqa: S314 (our own)
    spaces = {"a": "http://www.w3.org/2005/Atom"}
    summary = feed.find("a:entry/a:summary", spaces)
    assert summary is not None
    assert Shapes(summary.text or "").shapes == {("p",)}
    assert MARKUP[:100].strip() == (feed.findtext("a:entry/a:title", namespaces=spaces) or "").strip()
    for address in (f"/api/v1/notices/{version.notice.reference}/", "/api/1.0/ocdsReleasePackages"):
        answer = Client().get(address)
        assert answer.headers["Content-Type"].startswith("application/json")
        assert MARKUP in json.dumps(json.loads(answer.content), ensure_ascii=False).replace('\\"', '"')


def test_no_cell_of_an_attached_file_is_a_formula(city: London) -> None:
    for start in "=+-@":
        formula = start + 'HYPERLINK("http://evil.example")'
        JointDemand.objects.update(title=formula)
        for borough in Borough.objects.all():
            Borough.objects.filter(pk=borough.pk).update(name=f"{formula} {borough.pk}")
        for category in Category.objects.all():
            Category.objects.filter(pk=category.pk).update(name=f"{formula} {category.pk}", area=formula)
        figures = reckoning.figures(facts.from_json(content_now()))
        files = (
            picture_pdf.needs_csv(figures),
            picture_pdf.table_csv(figures, EXACT),
            picture_pdf.table_csv(figures, TOLD),
            annex.table_csv(figures, None, EXACT),
        )
        cells = [cell for text in files for row in csv.reader(io.StringIO(text)) for cell in row]
        assert any(formula in cell for cell in cells)
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


# --- reading changes nothing ----------------------------------------------------------------------------------------


def digest() -> str:
    """Of every row of every table but sessions, which a visit may renew, and vectors, which are kept once computed;
    and of notifications all but that they were read, which is what opening one is for.
    """
    found = hashlib.sha256()
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda each: each._meta.label):
        if model._meta.label not in ("sessions.Session", "procurement.TextVector"):
            columns = [column.name for column in model._meta.concrete_fields if column.name != "read_at"]
            rows = model._default_manager.order_by("pk").values_list(*columns)
            found.update(repr((model._meta.label, [tuple(map(str, row)) for row in rows])).encode())
    return found.hexdigest()


@pytest.mark.timeout(300)
def test_reading_changes_nothing(city: London) -> None:
    everybody = clients(city)
    before = digest()
    own = ("/accounts/logout/", "/accounts/login/", "/accounts/password/change/", "/accounts/password/reset/")
    every = {*pages(city), *own}
    once = {reverse(route.name, kwargs=best(route.name, city)) for route in _plain_routes()}
    for who, client in everybody.items():
        for address in every if who in ("analyst", "approver") else once:
            whole(client.get(address))
        for address in once:
            whole(client.head(address))
            whole(client.options(address))
    assert digest() == before
