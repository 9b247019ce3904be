"""Every address × method × role on real objects: who is let in, that foreign looks like missing, that nothing leaks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from pytest_django import Settings

from boroughs.forms.need_sections import SECTIONS
from boroughs.models import Membership, Notification, Role, User
from procurement.pdf.live_figures import FIGURES
from procurement.queries.live_picture import live_picture
from tests.architecture.test_routes import PUBLIC, routes
from tests.factories.api import token
from tests.factories.boroughs import BoroughFactory, MembershipFactory, NotificationFactory, UserFactory
from tests.trust import london as place
from tests.trust.london import (
    DRAFTS,
    ENTRIES,
    FACTS,
    FOREIGN,
    MISSING,
    OFFICE,
    OWN,
    TEXTS,
    WORDING,
    London,
    london,
    whole,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

ROLES = {
    "anonymous": None,
    "nobody": None,
    "inactive": None,
    "revoked": None,
    "reader": Role.BOROUGH_READER,
    "editor": Role.BOROUGH_EDITOR,
    "approver": Role.BOROUGH_APPROVER,
    "analyst": Role.LOTI_ANALYST,
    "cdo": Role.CDO_READER,
    "administrator": Role.ADMINISTRATOR,
    # A program of the own borough, with a token and without a session.
    "program": None,
}
# Of people in the own borough, and of those who act for all of London.
BOROUGH = {"reader", "editor", "approver"}
EDITORS = {"editor", "approver"}
SIGNED_IN = {"nobody", "revoked", *BOROUGH, "analyst", "cdo", "administrator"}
DEMANDS = {*BOROUGH, "analyst", "cdo", "administrator"}
ANALYST, ADMINISTRATOR, REPORTS = {"analyst"}, {"administrator"}, {"analyst", "cdo"}
# Who asks for reports, of all or of their own borough.
ASKERS = REPORTS | BOROUGH
PROGRAM = {"program"}
NONE: set[str] = set()
# Addresses of contracts that are not about one of them.
CONTRACT_LISTS = {"contract-list", "contract-export", "contract-create", "api-contract-list"}
# Primary keys of a visitor's own notifications.
TOLD, TOLD_BEFORE = 616_161, 626_262

IMPORTS = [
    *(f"import-{name}" for name in ("detail", "columns", "status", "apply", "undo", "discard")),
    *(f"api-import-{name}" for name in ("detail", "rows", "check", "apply", "undo", "discard")),
]

# Address → who reads it, who may send to it. An address that is not here and not public fails the build.
ACCESS: dict[str, tuple[set[str], set[str]]] = {
    "need-list": (BOROUGH | ANALYST, NONE),
    "need-create": (EDITORS, EDITORS),
    "need-detail": (BOROUGH | ANALYST, NONE),
    "need-edit": (EDITORS, NONE),
    "need-section": (EDITORS, EDITORS),
    "need-submit": (EDITORS, EDITORS),
    "need-approve": (NONE, {"approver"}),
    "need-return": ({"approver"}, {"approver"}),
    "need-withdraw": ({"approver"}, {"approver"}),
    "need-fulfil": ({"approver"}, {"approver"}),
    "need-confirm": (NONE, EDITORS),
    "need-reopen": (NONE, {"approver"}),
    "need-history": (BOROUGH, NONE),
    "need-amendment": (BOROUGH, NONE),
    "need-amendment-approve": (NONE, {"approver"}),
    "need-amendment-return": ({"approver"}, {"approver"}),
    "need-amendment-discard": ({"approver"}, {"approver"}),
    "need-look": (EDITORS, EDITORS),
    "need-similar": (BOROUGH | ANALYST, NONE),
    "need-classification-hints": (EDITORS, NONE),
    "contract-list": (BOROUGH, NONE),
    "api-import-list": (EDITORS | PROGRAM, EDITORS | PROGRAM),
    "api-import-detail": (EDITORS | PROGRAM, NONE),
    "api-import-rows": (EDITORS | PROGRAM, NONE),
    "api-import-check": (NONE, EDITORS | PROGRAM),
    "api-import-apply": (NONE, EDITORS | PROGRAM),
    "api-import-undo": (NONE, EDITORS | PROGRAM),
    "api-import-discard": (NONE, EDITORS | PROGRAM),
    "import-list": (EDITORS, NONE),
    "import-create": (EDITORS, EDITORS),
    "import-detail": (EDITORS, NONE),
    "import-columns": (EDITORS, EDITORS),
    "import-status": (EDITORS, NONE),
    "import-apply": (NONE, EDITORS),
    "import-undo": (NONE, EDITORS),
    "import-discard": (NONE, EDITORS),
    "contract-export": (BOROUGH, NONE),
    "contract-create": (EDITORS, EDITORS),
    "contract-detail": (BOROUGH, NONE),
    "contract-edit": (EDITORS, EDITORS),
    "contract-close": (EDITORS, EDITORS),
    "contract-reopen": (NONE, EDITORS),
    "contract-history": (BOROUGH, NONE),
    "supplier-list": (BOROUGH | ANALYST, NONE),
    "supplier-detail": (BOROUGH | ANALYST, NONE),
    "supplier-fold": (NONE, ANALYST),
    "supplier-unfold": (NONE, ANALYST),
    "supplier-rename": (ANALYST, ANALYST),
    "renewal-list": (BOROUGH, NONE),
    "renewal-draft": (NONE, EDITORS),
    "renewal-dismiss": (EDITORS, EDITORS),
    "renewal-wake": (NONE, EDITORS),
    "colleague-list": (BOROUGH, NONE),
    "colleague-invite": ({"approver"}, {"approver"}),
    "colleague-change": ({"approver"}, {"approver"}),
    "colleague-remove": (NONE, {"approver"}),
    "api-need-list": (BOROUGH | ANALYST | PROGRAM, EDITORS | PROGRAM),
    "api-need-detail": (BOROUGH | ANALYST | PROGRAM, NONE),
    "api-need-submit": (NONE, EDITORS | PROGRAM),
    "api-need-withdraw": (NONE, {"approver"}),
    "api-need-amendment": (BOROUGH | PROGRAM, NONE),
    "api-need-amendment-submit": (NONE, EDITORS | PROGRAM),
    "api-contract-list": (BOROUGH | PROGRAM, EDITORS | PROGRAM),
    "api-contract-detail": (BOROUGH | PROGRAM, NONE),
    "api-contract-close": (NONE, EDITORS | PROGRAM),
    "api-contract-reopen": (NONE, EDITORS | PROGRAM),
    "api-token-list": ({"approver"}, NONE),
    "api-token-create": ({"approver"}, {"approver"}),
    "api-token-revoke": ({"approver"}, {"approver"}),
    "notification-list": (ASKERS, NONE),
    "notification-open": (BOROUGH, NONE),
    "notification-read-all": (NONE, ASKERS),
    "notification-settings": (ASKERS, ASKERS),
    "person-list": (ADMINISTRATOR, NONE),
    "person-create": (ADMINISTRATOR, ADMINISTRATOR),
    "authority-list": (ADMINISTRATOR, ADMINISTRATOR),
    "person-detail": (ADMINISTRATOR, NONE),
    "person-grant": (NONE, ADMINISTRATOR),
    "person-revoke": (NONE, ADMINISTRATOR),
    "person-send-link": (NONE, ADMINISTRATOR),
    "person-deactivate": (NONE, ADMINISTRATOR),
    "person-reactivate": (NONE, ADMINISTRATOR),
    "demand-list": (DEMANDS, NONE),
    "demand-detail": (DEMANDS, NONE),
    "demand-timeline": (DEMANDS, NONE),
    "demand-requirements": (DEMANDS, NONE),
    "demand-evidence": (DEMANDS, NONE),
    "demand-history": (DEMANDS, NONE),
    "demand-suggestions": (ANALYST, NONE),
    "demand-confirm": (NONE, ANALYST),
    "demand-reopen": (NONE, ANALYST),
    "demand-rename": (ANALYST, ANALYST),
    "demand-remove-member": (ANALYST, ANALYST),
    "demand-restore-member": (NONE, ANALYST),
    "demand-add-member": (NONE, ANALYST),
    "demand-pin": (ANALYST, ANALYST),
    "demand-unpin": (NONE, ANALYST),
    "demand-split": (ANALYST, ANALYST),
    "demand-merge": (ANALYST, ANALYST),
    "demand-review": (ANALYST, NONE),
    "demand-answer": (ANALYST, ANALYST),
    "demand-answer-undo": (NONE, ANALYST),
    "double-reading": (ANALYST, NONE),
    "double-reading-give": (ANALYST, ANALYST),
    "double-reading-effect": (NONE, ANALYST),
    "double-reading-undo": (NONE, ANALYST),
    "demand-experience": (DEMANDS, NONE),
    "experience-list": (DEMANDS, NONE),
    "experience-create": (EDITORS, EDITORS),
    "experience-edit": (EDITORS, EDITORS),
    "experience-withdraw": (NONE, EDITORS),
    "demand-naming": (DEMANDS, NONE),
    "demand-naming-answer": ({"approver"}, {"approver"}),
    "demand-participation": (DEMANDS, NONE),
    "demand-stand": (EDITORS, EDITORS),
    "demand-stand-answer": (NONE, ANALYST),
    "demand-offer": ({"approver"}, {"approver"}),
    "demand-offer-take-back": (NONE, {"approver"}),
    "demand-vote": ({"approver"}, {"approver"}),
    "demand-terms": (ANALYST, ANALYST),
    "demand-close-decision": (NONE, ANALYST),
    "demand-specification": (DEMANDS, NONE),
    "demand-specification-draft": (NONE, ANALYST),
    "demand-specification-freeze": (ANALYST, ANALYST),
    "demand-specification-versions": (DEMANDS, NONE),
    "demand-specification-version": (DEMANDS, NONE),
    "demand-specification-file": (DEMANDS, NONE),
    "demand-requirement": (DEMANDS, NONE),
    "demand-requirement-create": (ANALYST, ANALYST),
    "demand-requirement-propose": (EDITORS, EDITORS),
    "demand-requirement-answer": (EDITORS, EDITORS),
    "demand-requirement-edit": (ANALYST, ANALYST),
    "demand-requirement-settle": (ANALYST, ANALYST),
    "demand-requirement-drop": (ANALYST, ANALYST),
    "demand-requirement-agree": (NONE, ANALYST),
    "demand-requirement-reopen": (NONE, ANALYST),
    "demand-requirement-order": (NONE, ANALYST),
    "demand-wording-propose": (EDITORS, EDITORS),
    "demand-wording-answer": (NONE, ANALYST),
    "demand-volumes": (DEMANDS, NONE),
    "demand-record": (DEMANDS, NONE),
    "demand-record-pdf": (DEMANDS, NONE),
    # Who may not ask for a report of it cannot have a snapshot taken.
    "demand-odt": (DEMANDS, BOROUGH | REPORTS),
    "demand-json": (DEMANDS, BOROUGH | REPORTS),
    "demand-savings": (DEMANDS, NONE),
    "demand-savings-estimate": (ANALYST, ANALYST),
    "demand-savings-withdraw": (NONE, ANALYST),
    "demand-savings-realise": (ANALYST, ANALYST),
    "notice-draft": (NONE, ANALYST),
    # A borough's people find there what is about the joint demands that it leads: here none.
    "notice-list": (ANALYST | EDITORS, NONE),
    "notice-edit": (ANALYST, ANALYST),
    "notice-preview": (ANALYST, NONE),
    "notice-quality": (DEMANDS, NONE),
    "notice-clock": (ANALYST, NONE),
    "notice-find-a-tender": (ANALYST, NONE),
    "notice-questions": (EDITORS | ANALYST, NONE),
    "notice-engagement": (EDITORS | ANALYST, NONE),
    "notice-interests": (EDITORS | ANALYST, NONE),
    "notice-interests-csv": (EDITORS | ANALYST, NONE),
    "engagement-write": (EDITORS | ANALYST, EDITORS | ANALYST),
    "engagement-edit": (EDITORS | ANALYST, EDITORS | ANALYST),
    "engagement-tell": (NONE, ANALYST),
    "engagement-drop": (NONE, EDITORS | ANALYST),
    "question-answer": (EDITORS | ANALYST, EDITORS | ANALYST),
    "question-publish": (NONE, ANALYST),
    "question-take-back": (NONE, EDITORS | ANALYST),
    "question-close": (NONE, ANALYST),
    "question-decline": (ANALYST, ANALYST),
    "notice-propose": (NONE, ANALYST),
    "notice-return": (NONE, ANALYST),
    "notice-publish": (NONE, ANALYST),
    "notice-specification": (NONE, ANALYST),
    "notice-discard": (NONE, ANALYST),
    "notice-correct": (NONE, ANALYST),
    "notice-drop": (NONE, ANALYST),
    "notice-withdraw": (ANALYST, ANALYST),
    "match-run-list": (DEMANDS, NONE),
    "match-run-status": (DEMANDS, NONE),
    "match-record": (DEMANDS, NONE),
    "match-run-request": (NONE, {"analyst", "administrator"}),
    "picture": (DEMANDS, NONE),
    "picture-needs": (DEMANDS, NONE),
    "picture-csv": (DEMANDS, NONE),
    "api-demand-list": (DEMANDS, NONE),
    "coverage": (DEMANDS, NONE),
    "coverage-csv": (DEMANDS, NONE),
    "coverage-reminders": (ANALYST, NONE),
    "coverage-remind": (ANALYST, ANALYST),
    "report-list": (ASKERS, NONE),
    "report-ask": (ASKERS, ASKERS),
    "report-detail": (REPORTS, NONE),
    "report-rebuild": (NONE, REPORTS),
    "report-status": (REPORTS, NONE),
    "report-schedule-list": (ASKERS, NONE),
    "report-schedule-create": (ASKERS, ASKERS),
    "report-schedule-edit": (REPORTS, REPORTS),
    "report-schedule-pause": (NONE, REPORTS),
    "report-schedule-end": (REPORTS, REPORTS),
    "snapshot-compare": (REPORTS, NONE),
    "snapshot-json": (DEMANDS, NONE),
    "report-file": (REPORTS, NONE),
    "status": (SIGNED_IN, NONE),
    "gallery": (SIGNED_IN, SIGNED_IN),
}


@dataclass
class Visitor:
    role: str
    client: Client = field(default_factory=Client)

    def send(self, method: str, address: str, data: dict[str, str] | None = None) -> HttpResponse:
        """The answer; whatever it wrote is undone."""
        with transaction.atomic():
            answer: Any = self.client.generic(method, address) if data is None else self.client.post(address, data)
            transaction.set_rollback(True)
        whole(answer)
        assert answer.status_code < 500 or address == "/readyz", f"{method} {address}: {answer.status_code}"
        return answer  # type: ignore[no-any-return]


def visitor(role: str) -> Visitor:
    if role == "anonymous":
        return Visitor(role)
    if role == "program":
        _, secret = token(BoroughFactory(slug=OWN.lower()))
        return Visitor(role, Client(headers={"authorization": f"Bearer {secret}"}))
    user: User = UserFactory(name="Visitor")
    found = Visitor(role)
    found.client.force_login(user)
    if role == "inactive":
        MembershipFactory(user=user, role=Role.LOTI_ANALYST, borough=None)
        User.objects.filter(pk=user.pk).update(is_active=False)
    elif role == "revoked":
        given = MembershipFactory(user=user, role=Role.LOTI_ANALYST, borough=None)
        assert found.client.get("/notices/").status_code == 200
        Membership.objects.filter(pk=given.pk).delete()
    elif ROLES[role]:
        borough = BoroughFactory(slug=OWN.lower()) if role in BOROUGH else None
        MembershipFactory(user=user, role=ROLES[role], borough=borough)
    Notification.objects.filter(pk__in=(TOLD, TOLD_BEFORE)).delete()
    # Everybody was told of the own borough once, and of the foreign one while they still had a role there.
    NotificationFactory(pk=TOLD, user=user, borough=BoroughFactory(slug=OWN.lower()))
    NotificationFactory(
        pk=TOLD_BEFORE, user=user, borough=BoroughFactory(slug=FOREIGN.lower()), headline="Zanzibar", comment="Quixotic"
    )
    return found


@pytest.fixture
def scenery(settings: Settings, tmp_path: Path) -> London:
    settings.MEDIA_ROOT = tmp_path
    return london()


def holds(text: str, word: str) -> bool:
    """Whether the text has the word; a number only where it stands alone, for digests and tokens have any digits."""
    if not word.isdigit():
        return word in text
    return re.search(rf"(?<![0-9A-Za-z]){word}(?![0-9A-Za-z])", text) is not None


def is_let_in(answer: Any) -> bool:
    turned_away = answer.status_code in (401, 403, 404, 405)
    return not turned_away and "/accounts/login/" not in answer.headers.get("Location", "")


def _own_need(name: str, city: London) -> dict[str, Any]:
    statuses = {
        "need-edit": "DRAFT",
        "need-section": "DRAFT",
        "need-submit": "DRAFT",
        "need-approve": "SUBMITTED",
        "need-return": "SUBMITTED",
        "need-reopen": "EXPIRED",
    }
    if name.startswith("need-amendment"):
        return {"reference": city.amended.reference}
    section = {"section": "need"} if name == "need-section" else {}
    return {"reference": city.own_needs[statuses.get(name, "OPEN")].reference} | section


# What stands below the common specification of a joint demand, and what its address says beside the reference.
SPECIFICATION = {
    "demand-specification-version": ("number",),
    "demand-specification-file": ("number",),
    "demand-requirement": ("number",),
    "demand-requirement-create": (),
    "demand-requirement-propose": ("slug",),
    "demand-requirement-answer": ("number", "slug"),
    **{f"demand-requirement-{verb}": ("number",) for verb in ("edit", "settle", "drop", "agree", "reopen", "order")},
    "demand-wording-propose": ("number", "slug"),
    "demand-wording-answer": ("pk",),
}


def specification_arguments(name: str, city: London) -> list[dict[str, Any]]:
    """Of the agreed requirement and of the open one, of the own borough first."""
    values: dict[str, list[Any]] = {"number": [1, 2], "slug": [city.own.slug, city.foreign.slug], "pk": [WORDING]}
    found: list[dict[str, Any]] = [{"reference": city.suggested.reference}]
    for part in SPECIFICATION[name]:
        found = [each | {part: value} for each in found for value in values[part]]
    return found


QUESTIONS = ("answer", "publish", "take-back", "close", "decline")
STANDING = ("demand-stand", "demand-stand-answer", "demand-offer", "demand-offer-take-back", "demand-naming-answer")


# Addresses that are signed for one mailbox.
MAILBOX = ("confirm", "subscriber", "subscriber-forget", "alert-stop", "webhook-create")
OF_A_MAILBOX = (
    *("alert-change", "alert-end", "alert-preview"),
    *("webhook", "webhook-test", "webhook-rotate", "webhook-resume", "webhook-end"),
)


def best(name: str, city: London) -> dict[str, Any]:
    """Arguments that give a role its best chance: own objects, in the state that the move starts from."""
    notices = {
        **dict.fromkeys(("notice-edit", "notice-propose", "notice-discard", "notice-specification"), "DRAFT"),
        **dict.fromkeys(
            ("notice-correct", "notice-drop", "notice-engagement", "notice-questions", "notice-withdraw"), "PUBLISHED"
        ),
        **dict.fromkeys(("notice-interests", "notice-interests-csv"), "PUBLISHED"),
    }
    member = {"reference": city.suggested.reference, "need_reference": city.foreign_needs["OPEN"].reference}
    estimate = {"reference": city.suggested.reference, "pk": city.estimate.pk}
    learned = {"pk": city.experience.pk}
    standing = {"reference": city.suggested.reference, "slug": city.own.slug}
    colleague, report = {"membership_pk": city.colleague.pk}, {"pk": city.report.pk}
    taken_out = {"pk": city.taken_out.pk}
    ending = {"contract_pk": city.ending.pk}
    one = {
        **dict.fromkeys(
            ("demand-remove-member", "demand-restore-member", "demand-add-member", "demand-evidence"), member
        ),
        **dict.fromkeys(("colleague-change", "colleague-remove"), colleague),
        **dict.fromkeys(("report-detail", "report-rebuild", "report-status", "report-file"), report),
        **{f"report-schedule-{verb}": {"pk": city.schedule.pk} for verb in ("edit", "pause", "end")},
        **dict.fromkeys(("renewal-draft", "renewal-dismiss"), ending),
        **dict.fromkeys(STANDING, standing),
        **dict.fromkeys(("experience-edit", "experience-withdraw"), learned),
        "demand-savings-estimate": {"reference": city.suggested.reference, "method": "prices"},
        **dict.fromkeys(("demand-savings-withdraw", "demand-savings-realise"), estimate),
        "demand-vote": standing | {"candidate": FOREIGN.lower()},
        "renewal-wake": {"contract_pk": city.quiet.pk},
        "api-token-revoke": {"pk": city.token.pk},
        **{each: {"pk": city.data_import.pk} for each in IMPORTS},
        "notice-pdf": {"reference": city.notices["PUBLISHED"].reference, "number": 1},
        "api-notice-version": {"reference": city.notices["PUBLISHED"].reference, "number": 1},
        "api-notice-version-list": {"reference": city.notices["PUBLISHED"].reference},
        "notice-version": {"reference": city.notices["PUBLISHED"].reference, "number": 1},
        "sitemap-part": {"number": 1},
        "snapshot-json": {"snapshot": city.snapshot.reference},
        "picture-csv": {"figure": "authorities"},
        # Nobody's links: what a real one shows is tested where the pages are.
        **{key: {"token": "x"} for key in MAILBOX},
        **{key: {"token": "x", "pk": 1} for key in OF_A_MAILBOX},
        **{
            key: {"token": "x", "reference": city.notices["PUBLISHED"].reference}
            for key in ("notice-mute", "interest-change", "interest-withdraw")
        },
        "notice-follow": {"reference": city.notices["PUBLISHED"].reference},
        "person-revoke": {"pk": city.analyst.pk, "membership_pk": city.analyst.memberships.get().pk},
        "ocds-release-package": {"name": "x"},
        "ocds-record-package": {"ocid": "x"},
        "notification-open": {"pk": TOLD},
        "contract-reopen": taken_out,
        "api-contract-reopen": taken_out,
        "coverage-reminders": {"slug": city.own.slug},
        "coverage-remind": {"slug": city.own.slug, "kind": "register-absent"},
    }
    there = {"reference": city.entry.notice.reference}
    one |= {each: there | {"pk": city.entry.pk} for each in ("engagement-edit", "engagement-tell", "engagement-drop")}
    one |= {f"question-{each}": there | {"pk": city.question.pk} for each in QUESTIONS} | {"engagement-write": there}
    if name in one:
        return one[name]
    if name in SPECIFICATION:
        return specification_arguments(name, city)[0]
    if name.startswith(("contract-", "api-contract-")) and name not in CONTRACT_LISTS:
        return {"pk": city.contract.pk}
    if name.startswith(("need-", "api-need-")) and not name.endswith(("need-list", "need-create", "need-look")):
        return _own_need(name.removeprefix("api-"), city)
    if (name.startswith("demand-") and name not in ("demand-list", "demand-review", "demand-answer-undo")) or name in (
        "notice-draft",
        "double-reading-give",
        "double-reading-effect",
    ):
        return {"reference": city.suggested.reference}
    if name.startswith(("notice-", "api-notice-")) and not name.endswith(("-list", "notice-quality")):
        return {"reference": city.notices[notices.get(name, "PROPOSED")].reference}
    if name.startswith("supplier-") and name != "supplier-list":
        return {"pk": city.own_supplier.pk}
    if name.startswith("person-") and name not in ("person-list", "person-create"):
        return {"pk": city.someone.pk}
    return {}


def named() -> list[str]:
    return sorted({route.name for route in routes() if not route.name.startswith("account_")})


def test_every_address_has_a_declared_outcome() -> None:
    assert set(named()) - PUBLIC == set(ACCESS)


@pytest.mark.parametrize("role", ROLES)
def test_role_is_let_in_where_it_was_declared_and_nowhere_else(role: str, scenery: London) -> None:
    found = visitor(role)
    wrong = []
    for name, (readers, senders) in ACCESS.items():
        address = reverse(name, kwargs=best(name, scenery))
        for method, allowed in (("GET", readers), ("POST", senders)):
            answer = found.send(method, address)
            if is_let_in(answer) != (role in allowed):
                wrong.append(f"{method} {address}: {answer.status_code}")
        for method in ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"):
            answer = found.send(method, address)
            # Other methods never open more than reading does. OPTIONS of the API says what the API's description says.
            if is_let_in(answer) and role not in readers and (method, name) != ("OPTIONS", "api-demand-list"):
                wrong.append(f"{method} {address}: {answer.status_code}")
    assert not wrong


# --- foreign is missing ---------------------------------------------------------------------------------------------


NEED_PAGES = (
    "detail",
    "edit",
    "submit",
    "approve",
    "return",
    "withdraw",
    "fulfil",
    "confirm",
    "reopen",
    "history",
    "amendment",
    "amendment-approve",
    "amendment-return",
    "amendment-discard",
    "similar",
)


def as_if_named(answer: Any, *names: str) -> tuple[int, str, str]:
    """What an answer says, whatever the thing that was asked for is called."""
    text = whole(answer).decode("utf-8", "replace")
    location = answer.headers.get("Location", "")
    for name in names:
        text, location = text.replace(name, "THING"), location.replace(name, "THING")
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
    return answer.status_code, location, text


def contract_pairs(city: London) -> Iterator[tuple[str, set[str], list[str], str]]:
    for rest in ("", "edit/", "close/", "reopen/", "history/"):
        yield f"/contracts/{{}}/{rest}", NONE, [str(city.foreign_contract.pk)], "99999999"
    for rest in ("", "close/", "reopen/"):
        yield f"/api/v1/contracts/{{}}/{rest}", NONE, [str(city.foreign_contract.pk)], "99999999"


def pairs(city: London) -> Iterator[tuple[str, set[str], list[str], str]]:  # noqa: C901 - a table in the form of code
    """Address with a gap, who may know the difference, what stands there, what does not."""
    foreign = [need.reference for need in (*city.foreign_needs.values(), city.removed)]
    for name in NEED_PAGES:
        yield reverse(f"need-{name}", args=["N-1"]).replace("N-1", "{}"), ANALYST, foreign, MISSING
    for rest in ("", "submit/", "withdraw/", "amendment/", "amendment/submit/"):
        yield f"/api/v1/needs/{{}}/{rest}", ANALYST, foreign, MISSING
    yield from contract_pairs(city)
    for section in SECTIONS:
        yield f"/needs/{{}}/edit/{section.slug}/", ANALYST, foreign, MISSING
    for name in ("remove-member", "restore-member", "add-member"):
        address = reverse(f"demand-{name}", args=[city.suggested.reference, "N-1"]).replace("N-1", "{}")
        yield address, ANALYST, foreign, MISSING
    unpublished = [city.notices[status].reference for status in ("DRAFT", "PROPOSED")]
    for name in (
        *("detail", "compare", "edit", "preview", "propose", "return", "publish", "withdraw"),
        *("specification", "discard", "correct", "drop", "questions", "engagement", "interests", "interests-csv"),
    ):
        yield reverse(f"notice-{name}", args=["NT-1"]).replace("NT-1", "{}"), ANALYST, unpublished, "NT-9999"
    yield "/notices/{}/ask/", NONE, unpublished, "NT-9999"
    yield "/notices/{}/interest/", NONE, unpublished, "NT-9999"
    yield "/notices/{}/versions/1/", NONE, unpublished, "NT-9999"
    yield "/notices/{}/versions/1/notice.pdf", NONE, unpublished, "NT-9999"
    yield "/api/v1/notices/{}/", NONE, unpublished, "NT-9999"
    yield "/api/v1/notices/{}/versions/", NONE, unpublished, "NT-9999"
    yield "/api/v1/notices/{}/versions/1/", NONE, unpublished, "NT-9999"
    ocids = [f"ocds-213czf-{city.notices[status].demand.reference.lower()}" for status in ("DRAFT", "PROPOSED")]
    unreleased = [*ocids, "ocds-213czf-" + city.suggested.reference.lower()]
    yield "/api/1.0/ocdsReleasePackages/{}", NONE, unreleased, "x"
    yield "/api/1.0/ocdsRecordPackages/{}", NONE, unreleased, "x"
    for name in ("rename", "confirm", "reopen", "pin", "unpin", "answer"):
        address = reverse(f"demand-{name}", args=["JD-1"]).replace("JD-1", "{}")
        yield address, ANALYST, [city.suggested.reference, city.retired.reference], "JD-99999"
    for name in ("detail", "grant", "deactivate", "reactivate"):
        address = reverse(f"person-{name}", args=[1]).replace("/1/", "/{}/")
        yield address, ADMINISTRATOR, [str(city.someone.pk)], "99999999"
    for name in ("change", "remove"):
        foreign_colleague = str(city.foreign_colleague.pk)
        yield reverse(f"colleague-{name}", args=[1]).replace("/1/", "/{}/"), NONE, [foreign_colleague], "99999999"
    for name in IMPORTS:
        address = reverse(name, args=[1]).replace("/1/", "/{}/")
        yield address, NONE, [str(city.foreign_import.pk)], "99999999"
    for name in ("draft", "not-now", "bring-back"):
        yield f"/renewals/{{}}/{name}/", NONE, [str(city.foreign_ending.pk)], "99999999"
    yield "/api-tokens/{}/revoke/", NONE, [str(city.foreign_token.pk)], "99999999"
    yield from supplier_pairs(city)
    somebody_elses = [str(city.told.pk), str(TOLD_BEFORE)]
    yield "/notifications/{}/", NONE, somebody_elses, "99999999"
    slugs = [city.own.slug, city.foreign.slug]
    yield "/coverage/{}/reminders/", ANALYST, slugs, "nowhere"
    yield "/coverage/{}/reminders/needs-absent/", ANALYST, slugs, "nowhere"
    for name in ("detail", "rebuild", "status", "file"):
        yield reverse(f"report-{name}", args=[1]).replace("/1/", "/{}/"), REPORTS, [str(city.report.pk)], "99999999"
    for name in ("edit", "pause", "end"):
        address = reverse(f"report-schedule-{name}", args=[1]).replace("/1/", "/{}/")
        yield address, REPORTS, [str(city.schedule.pk)], "99999999"


def supplier_pairs(city: London) -> Iterator[tuple[str, set[str], list[str], str]]:
    for rest in ("", "fold/", "unfold/", "rename/"):
        yield f"/suppliers/{{}}/{rest}", ANALYST, [str(city.foreign_supplier.pk)], "99999999"


@pytest.mark.parametrize("role", ROLES)
def test_foreign_and_missing_are_answered_alike(role: str, scenery: London) -> None:
    found = visitor(role)
    told = []
    for address, knowing, there, missing in pairs(scenery):
        if role in knowing:
            continue
        for method in ("GET", "POST"):
            expected = as_if_named(found.send(method, address.format(missing)), missing)
            for name in there:
                if as_if_named(found.send(method, address.format(name)), name) != expected:
                    told.append(f"{method} {address.format(name)}")  # noqa: PERF401 - the calls are what is tested
    assert not told


def test_analyst_cannot_tell_a_foreign_draft_from_nothing(scenery: London) -> None:
    found = visitor("analyst")
    hidden = [scenery.foreign_needs[status].reference for status in ("DRAFT", "WITHDRAWN")]
    for name in NEED_PAGES:
        for method in ("GET", "POST"):
            for reference in hidden:
                assert found.send(method, reverse(f"need-{name}", args=[reference])).status_code in (404, 405)


# --- nothing leaks --------------------------------------------------------------------------------------------------


def pages(city: London) -> Iterator[str]:  # noqa: C901 - a table of addresses in the form of code
    """Every address that can be read, with everything that there is."""
    arguments: dict[str, list[dict[str, Any]]] = {}
    needs = [*city.own_needs.values(), *city.foreign_needs.values(), city.removed, city.amended]
    demands = [city.suggested, city.retired, *(notice.demand for notice in city.notices.values())]
    people = [city.someone.pk, city.analyst.pk]
    own = {
        "import": [city.data_import.pk, city.foreign_import.pk],
        "report": [city.report.pk, city.exact_report.pk],
        "report-schedule": [city.schedule.pk],
        "api": [city.token.pk, city.foreign_token.pk],
        "contract": [city.contract.pk, city.taken_out.pk, city.foreign_contract.pk],
        "api-contract": [city.contract.pk, city.taken_out.pk, city.foreign_contract.pk],
        "supplier": [city.own_supplier.pk, city.foreign_supplier.pk],
        "experience": [city.experience.pk],
    }
    for route in routes():
        name = route.name
        # Addresses with a token are signed for one mailbox; no role knows any.
        if name.startswith("account_") or "token" in route.arguments:
            continue
        arguments[name] = [{}]
        if "need_reference" in route.arguments:
            arguments[name] = [
                {"reference": city.suggested.reference, "need_reference": need.reference} for need in needs
            ]
        elif name in SPECIFICATION:
            arguments[name] = specification_arguments(name, city)
        elif name == "need-section":
            arguments[name] = [
                {"reference": need.reference, "section": section} for need in needs for section in ("need", "size")
            ]
        elif name.startswith(("need-", "api-need-")) and "reference" in route.arguments:
            arguments[name] = [{"reference": need.reference} for need in needs]
        elif name == "picture-csv":
            arguments[name] = [{"figure": figure} for figure in FIGURES]
        elif name == "sitemap-part" or name == "snapshot-json":
            arguments[name] = [best(name, city)]
        elif name == "notice-pdf":
            # It holds what the page of the version holds, and takes seconds.
            arguments[name] = [best(name, city)]
        elif name in ("notice-version", "api-notice-version"):
            arguments[name] = [{"reference": each.reference, "number": 1} for each in city.notices.values()]
        elif name.startswith(("notice-", "api-notice")) and name != "notice-draft" and "reference" in route.arguments:
            arguments[name] = [{"reference": each.reference} for each in city.notices.values()]
        elif name.startswith("demand-savings-") or name == "demand-record-pdf":
            # The PDF holds what its page holds, and takes seconds.
            arguments[name] = [best(name, city)]
        elif name.startswith("demand-") and "slug" in route.arguments:
            candidate = {"candidate": city.foreign.slug} if "candidate" in route.arguments else {}
            arguments[name] = [
                {"reference": demand.reference, "slug": slug} | candidate
                for demand in demands
                for slug in (city.own.slug, city.foreign.slug)
            ]
        elif name.startswith(("engagement-", "question-")):
            arguments[name] = [best(name, city)]
        elif "reference" in route.arguments:
            arguments[name] = [{"reference": demand.reference} for demand in demands]
        elif name == "ocds-release-package":
            arguments[name] = [{"name": f"ocds-213czf-{demand.reference.lower()}"} for demand in demands]
        elif name == "ocds-record-package":
            arguments[name] = [{"ocid": f"ocds-213czf-{demand.reference.lower()}"} for demand in demands]
        elif name == "notification-open":
            arguments[name] = [{"pk": pk} for pk in (TOLD, TOLD_BEFORE, city.told.pk)]
        elif "contract_pk" in route.arguments:
            contracts = (city.ending, city.quiet, city.foreign_ending)
            arguments[name] = [{"contract_pk": contract.pk} for contract in contracts]
        elif "membership_pk" in route.arguments:
            arguments[name] = [best(name, city)]
        elif name.startswith("coverage-rem"):
            slugs = [city.own.slug, city.foreign.slug]
            kinds = ["register-absent", "register-old", "contracts-ended", "needs-absent"]
            kind = [{"kind": each} for each in kinds] if "kind" in route.arguments else [{}]
            arguments[name] = [{"slug": slug} | each for slug in slugs for each in kind]
        elif "pk" in route.arguments:
            resource = next(
                (each for each in ("api-contract", "report-schedule") if name.startswith(each)), name.partition("-")[0]
            )
            arguments[name] = [{"pk": pk} for pk in own.get(resource, people)]
    for name, values in arguments.items():
        yield from (reverse(name, kwargs=value) for value in values)
    # Filters and searches count as well: what they find tells what is there.
    for word in ("vexillum", "quixotic", "zanzibar", "ypsilanti", "2031"):
        for address in (
            "/board/",
            "/board/feed.atom",
            "/board/feed.json",
            "/board/calendar.ics",
            "/api/v1/notices/",
            "/demands/",
            "/needs/",
            "/contracts/",
            "/suppliers/",
            "/renewals/",
        ):
            yield f"{address}?q={word}"
        yield from (f"/contracts/export/?q={word}", f"/contracts/?supplier={word}")
        yield from (f"/api/v1/contracts/?supplier={word}", "/api/v1/contracts/?reference=Zanzibar%201")
    yield from (f"/picture/needs/?{urlencode({'figure': key})}" for key in live_picture().numbers)
    yield from ("/board/?state=WITHDRAWN", "/board/?borough=brent", "/demands/?borough=brent", "/needs/?borough=brent")
    yield from ("/notices/?status=DRAFT", "/needs/?status=DRAFT", "/api/v1/needs/?status=DRAFT", "/?x=1")


FORBIDDEN = dict.fromkeys(ROLES, (*DRAFTS, *TEXTS, *FACTS, *ENTRIES, *OFFICE)) | {
    "analyst": DRAFTS,
}


@pytest.mark.parametrize("role", ROLES)
def test_no_answer_holds_what_the_role_may_not_know(role: str, scenery: London) -> None:
    found = visitor(role)
    leaks = []
    for address in pages(scenery):
        answer = found.send("GET", address)
        text = _without_questions(whole(answer).decode("utf-8", "replace"), address)
        leaks += [f"{address} {answer.status_code}: {word}" for word in FORBIDDEN[role] if holds(text, word)]
    if role == "approver":
        # Who is asked whether a notice may name their borough is told what it will be called.
        leaks = [leak for leak in leaks if "/naming/" not in leak]
    if role == "administrator":
        # Why a run failed is for whoever may ask for another.
        leaks = [leak for leak in leaks if not leak.startswith("/match-runs/ ")]
    assert not leaks


def _without_questions(text: str, address: str) -> str:
    """The answer less the words that the reader typed, which it may repeat."""
    word = address.partition("?q=")[2] or address.partition("?supplier=")[2]
    return text.replace(word, "") if word else text


def test_search_over_joint_demands_does_not_answer_for_foreign_texts(scenery: London) -> None:
    answers = [
        as_if_named(visitor("reader").send("GET", f"/demands/?q={word}"), word) for word in ("vexillum", "nowhereland")
    ]
    assert answers[0] == answers[1]


def test_open_data_and_reports_hold_nothing_of_one_borough(scenery: London, tmp_path: Path) -> None:
    written = tmp_path / "package.json"
    call_command("export_ocds", out=written)
    text = written.read_text(encoding="utf-8")
    assert scenery.notices["PUBLISHED"].reference in text
    assert not [word for word in (*DRAFTS, *TEXTS, *FACTS, *ENTRIES, *OFFICE) if holds(text, word)]


def test_report_holds_no_draft_and_no_long_text(scenery: London, tmp_path: Path) -> None:
    written = tmp_path / "picture.pdf"
    call_command("build_report", "picture", out=written)
    reader = PdfReader(BytesIO(written.read_bytes()))
    text = "\n".join(page.extract_text() for page in reader.pages)
    attached = "".join(reader.attachments[name][0].decode() for name in reader.attachments)
    assert "Suggested demand" in text
    assert not [
        word for word in (*DRAFTS, *OFFICE, "Quixotic p", "Quixotic o", "Quixotic r") if word in text + attached
    ]


def test_the_scene_would_show_a_leak(scenery: London) -> None:
    """The canaries are where they should be: whose they are reads them."""
    owner = Client()
    owner.force_login(MembershipFactory(borough=scenery.foreign, role=Role.BOROUGH_READER).user)
    text = "".join(
        owner.get(reverse("need-detail", args=[need.reference])).content.decode()
        for need in scenery.foreign_needs.values()
    )
    text += owner.get("/contracts/").content.decode()
    for word in ("Zanzibar", "Xanadu", "Quixotic", "Vexillum", "2031", "7,313,117", "41,413"):
        assert word in text
    assert place.register_of(scenery.foreign)


# --- the own e-mail address -----------------------------------------------------------------------------------------


def test_nobody_gets_past_the_second_person_under_another_address(scenery: London) -> None:
    """The rule knows people by their address, so nobody can change theirs."""
    user = scenery.analyst
    client = Client()
    client.force_login(user)
    before = user.email
    assert client.get("/accounts/email/").status_code == 404
    for action in ("action_add", "action_primary"):
        assert client.post("/accounts/email/", {action: "", "email": "other@example.org"}).status_code == 404
    user.refresh_from_db()
    assert user.email == before
