"""Every page that a person can open, in Chromium at two widths, against WCAG 2.2 AA and the content security policy."""

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, expect

from tests.architecture.test_routes import routes
from tests.e2e.browser import Person, person
from tests.e2e.mailbox import ASKED, FOLLOWED, MAILBOX, PAUSED_WEBHOOK, WEBHOOK
from tests.e2e.site import site_with

pytestmark = [
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.timeout(600),
    # The stage brings its own database; one pass of the suite is enough.
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="runs with the SQLite pass"),
]

EDITOR, APPROVER, READER = "editor@camden.example", "approver@camden.example", "reader@camden.example"
ANALYST, SECOND = "analyst@loti.example", "analyst2@loti.example"
CDO, ADMINISTRATOR = "cdo@london.example", "admin@loti.example"

# Name of the address → who opens it, and where. One page may be looked at by several.
PAGES: list[tuple[str, str, str]] = [
    ("home", "", "/"),
    ("home", EDITOR, "/"),
    ("home", APPROVER, "/"),
    ("home", ANALYST, "/"),
    ("home", CDO, "/"),
    ("home", ADMINISTRATOR, "/"),
    ("board", "", "/board/"),
    ("board", "", "/board/?borough=camden&state=OPEN&value=not-published"),
    ("board-map", "", "/board/map/"),
    ("board-timeline", "", "/board/timeline/"),
    ("board-figures", "", "/board/figures/"),
    ("notice-detail", "", "/notices/NT-0003/"),
    ("notice-version", "", "/notices/NT-0003/versions/1/"),
    ("notice-compare", "", "/notices/NT-0003/compare/"),
    ("notice-list", ANALYST, "/notices/"),
    ("notice-quality", CDO, "/notices/lacking/"),
    ("notice-edit", ANALYST, "/notices/NT-0001/edit/"),
    ("notice-preview", ANALYST, "/notices/NT-0001/preview/"),
    ("notice-preview", SECOND, "/notices/NT-0002/preview/"),
    (
        "notice-clock",
        ANALYST,
        "/notices/NT-0001/clock/?tender_date_day=15&tender_date_month=11&tender_date_year=2027",
    ),
    ("notice-find-a-tender", ANALYST, "/notices/NT-0001/find-a-tender/"),
    ("notice-find-a-tender", ANALYST, "/notices/NT-0003/find-a-tender/?form=UK3"),
    ("notice-ask", "", "/notices/NT-0003/ask/"),
    ("notice-interest", "", "/notices/NT-0003/interest/"),
    ("notice-interests", ANALYST, "/notices/NT-0003/interest/list/"),
    ("notice-questions", ANALYST, "/notices/NT-0003/questions/"),
    ("notice-engagement", ANALYST, "/notices/NT-0003/engagement/"),
    ("engagement-write", ANALYST, "/notices/NT-0003/engagement/new/"),
    ("engagement-edit", ANALYST, "/notices/NT-0003/engagement/2/"),
    ("question-answer", ANALYST, "/notices/NT-0003/questions/1/"),
    ("question-answer", ANALYST, "/notices/NT-0003/questions/4/"),
    ("question-decline", ANALYST, "/notices/NT-0003/questions/4/decline/"),
    ("notice-withdraw", ANALYST, "/notices/NT-0003/withdraw/"),
    ("demand-list", READER, "/demands/"),
    ("demand-detail", READER, "/demands/JD-0001/"),
    ("demand-detail", ANALYST, "/demands/JD-0002/"),
    ("demand-detail", CDO, "/demands/JD-0005/"),
    ("demand-timeline", READER, "/demands/JD-0001/timeline/"),
    ("demand-timeline", ANALYST, "/demands/JD-0005/timeline/"),
    ("demand-timeline", ANALYST, "/demands/JD-0005/timeline/?borough=brent&end_day=31&end_month=3&end_year=2029"),
    ("demand-timeline", ANALYST, "/demands/JD-0005/timeline/?borough=brent&end_day=31&end_month=2&end_year=2029"),
    ("demand-timeline", ADMINISTRATOR, "/demands/JD-0005/timeline/"),
    ("demand-requirements", READER, "/demands/JD-0001/requirements/"),
    ("demand-requirements", ANALYST, "/demands/JD-0002/requirements/"),
    ("demand-evidence", READER, "/demands/JD-0001/needs/{member}/"),
    ("demand-evidence", ANALYST, "/demands/JD-0001/needs/{member}/"),
    ("demand-history", READER, "/demands/JD-0001/history/"),
    ("demand-history", ANALYST, "/demands/JD-0002/history/"),
    ("demand-suggestions", ANALYST, "/demands/JD-0004/suggestions/"),
    ("demand-rename", ANALYST, "/demands/JD-0001/rename/"),
    ("demand-remove-member", ANALYST, "/demands/JD-0001/needs/{member}/remove/"),
    ("demand-pin", ANALYST, "/demands/JD-0001/pin/"),
    ("demand-naming", ANALYST, "/demands/JD-0003/naming/"),
    ("demand-naming-answer", "approver@camden.example", "/demands/JD-0003/naming/of/camden/"),
    ("demand-participation", READER, "/demands/JD-0001/participation/"),
    ("demand-participation", APPROVER, "/demands/JD-0003/participation/"),
    ("demand-participation", ANALYST, "/demands/JD-0003/participation/"),
    ("demand-stand", EDITOR, "/demands/JD-0001/participation/of/camden/"),
    ("demand-stand", APPROVER, "/demands/JD-0003/participation/of/camden/?stage=DECLINED"),
    ("demand-offer", APPROVER, "/demands/JD-0003/participation/of/camden/lead/"),
    ("demand-vote", APPROVER, "/demands/JD-0003/participation/of/camden/lead/brent/"),
    ("demand-terms", ANALYST, "/demands/JD-0001/participation/terms/"),
    ("demand-specification", READER, "/demands/JD-0001/specification/"),
    ("demand-specification", APPROVER, "/demands/JD-0003/specification/"),
    ("demand-specification", ANALYST, "/demands/JD-0003/specification/"),
    ("demand-specification", CDO, "/demands/JD-0003/specification/"),
    ("demand-specification-freeze", ANALYST, "/demands/JD-0003/specification/freeze/"),
    ("demand-specification-versions", APPROVER, "/demands/JD-0003/specification/versions/?from=1&to=2"),
    ("demand-specification-version", APPROVER, "/demands/JD-0003/specification/versions/2/"),
    ("demand-requirement", APPROVER, "/demands/JD-0003/specification/1/"),
    ("demand-requirement", ANALYST, "/demands/JD-0003/specification/3/"),
    ("demand-requirement", ANALYST, "/demands/JD-0003/specification/4/"),
    ("demand-requirement-create", ANALYST, "/demands/JD-0003/specification/new/"),
    ("demand-requirement-propose", EDITOR, "/demands/JD-0003/specification/new/of/camden/"),
    ("demand-requirement-answer", EDITOR, "/demands/JD-0003/specification/3/of/camden/"),
    ("demand-requirement-edit", ANALYST, "/demands/JD-0003/specification/3/edit/"),
    ("demand-requirement-settle", ANALYST, "/demands/JD-0003/specification/4/settle/"),
    ("demand-requirement-drop", ANALYST, "/demands/JD-0003/specification/4/drop/"),
    ("demand-wording-propose", EDITOR, "/demands/JD-0003/specification/3/of/camden/wording/"),
    ("demand-experience", EDITOR, "/demands/JD-0003/experience/"),
    ("experience-list", EDITOR, "/experiences/"),
    ("experience-list", CDO, "/experiences/"),
    ("experience-create", EDITOR, "/experiences/new/"),
    ("experience-edit", EDITOR, "/experiences/1/edit/"),
    ("demand-volumes", READER, "/demands/JD-0003/volumes/"),
    (
        "demand-volumes",
        ANALYST,
        "/demands/JD-0003/volumes/?group=committed&measure=users&start_1=500&price_1=12.50&start_2=2000&discount_2=20",
    ),
    ("demand-savings", ANALYST, "/demands/JD-0003/savings/"),
    ("demand-savings", APPROVER, "/demands/JD-0003/savings/"),
    ("demand-savings-estimate", ANALYST, "/demands/JD-0003/savings/by/volume/"),
    ("demand-savings-estimate", ANALYST, "/demands/JD-0003/savings/by/prices/"),
    ("demand-savings-realise", ANALYST, "/demands/JD-0003/savings/1/realised/"),
    ("demand-record", READER, "/demands/JD-0003/record/"),
    ("demand-record", ANALYST, "/demands/JD-0003/record/"),
    ("demand-split", ANALYST, "/demands/JD-0001/split/"),
    ("demand-merge", ANALYST, "/demands/JD-0001/merge/?q=JD"),
    ("demand-merge", ANALYST, "/demands/JD-0002/merge/?with=JD-0001"),
    ("demand-review", ANALYST, "/demands/review/"),
    ("double-reading", ANALYST, "/demands/double-reading/"),
    ("match-run-list", ANALYST, "/match-runs/"),
    ("match-record", ANALYST, "/match-runs/record/"),
    ("picture", READER, "/picture/"),
    ("picture", CDO, "/picture/"),
    ("picture", ANALYST, "/picture/"),
    ("picture-needs", ANALYST, "/picture/needs/?figure=open-needs"),
    ("picture-needs", READER, "/picture/needs/?figure=open-needs"),
    ("coverage", EDITOR, "/coverage/"),
    ("coverage", ANALYST, "/coverage/?order=z-a"),
    ("coverage", ADMINISTRATOR, "/coverage/"),
    ("coverage-reminders", ANALYST, "/coverage/newham/reminders/"),
    ("coverage-reminders", ANALYST, "/coverage/camden/reminders/"),
    ("coverage-remind", ANALYST, "/coverage/camden/reminders/register-old/"),
    ("coverage-remind", ANALYST, "/coverage/camden/reminders/contracts-ended/"),
    ("report-list", CDO, "/reports/"),
    ("report-list", EDITOR, "/reports/"),
    ("report-ask", CDO, "/reports/ask/"),
    ("report-ask", CDO, "/reports/ask/?kind=DEMAND"),
    ("report-ask", EDITOR, "/reports/ask/?kind=BOROUGH"),
    ("report-detail", CDO, "/reports/{report}/"),
    ("report-schedule-list", CDO, "/reports/schedules/"),
    ("report-schedule-create", CDO, "/reports/schedules/new/?kind=CATEGORY"),
    ("report-schedule-edit", CDO, "/reports/schedules/{schedule}/"),
    ("report-schedule-end", CDO, "/reports/schedules/{schedule}/end/"),
    ("snapshot-compare", CDO, "/reports/compare/"),
    ("need-list", READER, "/needs/"),
    ("need-create", EDITOR, "/needs/new/"),
    ("need-detail", EDITOR, "/needs/N-10001/"),
    ("need-detail", APPROVER, "/needs/N-10002/"),
    ("need-detail", ANALYST, "/needs/N-10003/"),
    ("need-edit", EDITOR, "/needs/N-10001/edit/"),
    ("need-section", EDITOR, "/needs/N-10001/edit/requirements/"),
    ("need-section", EDITOR, "/needs/N-10003/edit/need/"),
    ("need-submit", EDITOR, "/needs/N-10001/submit/"),
    ("need-fulfil", APPROVER, "/needs/N-10003/fulfil/"),
    ("need-history", EDITOR, "/needs/N-10004/history/"),
    ("need-amendment", APPROVER, "/needs/N-10004/amendment/"),
    ("need-amendment-discard", APPROVER, "/needs/N-10004/amendment/discard/"),
    ("need-amendment-return", APPROVER, "/needs/N-10004/amendment/return/"),
    ("need-return", APPROVER, "/needs/N-10002/return/"),
    ("need-withdraw", APPROVER, "/needs/N-10003/withdraw/"),
    ("need-similar", EDITOR, "/needs/N-10003/similar/"),
    ("need-classification-hints", EDITOR, "/needs/N-10001/classification-hints/"),
    ("contract-list", READER, "/contracts/"),
    ("import-list", EDITOR, "/imports/"),
    ("import-create", EDITOR, "/imports/new/"),
    ("import-columns", EDITOR, "/imports/1/columns/"),
    ("import-detail", EDITOR, "/imports/2/"),
    ("import-detail", EDITOR, "/imports/3/"),
    ("import-detail", EDITOR, "/imports/4/"),
    ("contract-list", EDITOR, "/contracts/?ends=none"),
    ("contract-create", EDITOR, "/contracts/new/"),
    ("contract-detail", EDITOR, "/contracts/{contract}/"),
    ("contract-detail", READER, "/contracts/{contract}/"),
    ("contract-edit", EDITOR, "/contracts/{contract}/edit/"),
    ("contract-close", EDITOR, "/contracts/{contract}/close/"),
    ("contract-history", READER, "/contracts/{contract}/history/"),
    ("supplier-list", READER, "/suppliers/"),
    ("supplier-list", ANALYST, "/suppliers/"),
    ("supplier-detail", READER, "/suppliers/{supplier}/"),
    ("supplier-detail", ANALYST, "/suppliers/{supplier}/?q=civica"),
    ("supplier-rename", ANALYST, "/suppliers/{supplier}/rename/"),
    ("renewal-list", EDITOR, "/renewals/"),
    ("renewal-list", READER, "/renewals/?months=6"),
    ("renewal-dismiss", EDITOR, "/renewals/{ending}/not-now/"),
    ("colleague-list", APPROVER, "/colleagues/"),
    ("colleague-invite", APPROVER, "/colleagues/invite/"),
    ("colleague-change", APPROVER, "/colleagues/{colleague}/change/"),
    ("api-token-list", APPROVER, "/api-tokens/"),
    ("api-token-create", APPROVER, "/api-tokens/new/"),
    ("api-token-revoke", APPROVER, "/api-tokens/1/revoke/"),
    ("notification-list", APPROVER, "/notifications/"),
    ("notification-list", READER, "/notifications/"),
    ("notification-settings", EDITOR, "/settings/notifications/"),
    ("person-list", ADMINISTRATOR, "/people/"),
    ("person-create", ADMINISTRATOR, "/people/new/"),
    ("person-detail", ADMINISTRATOR, "/people/1/"),
    ("authority-list", ADMINISTRATOR, "/people/authorities/"),
    ("board-follow", "", "/board/follow/?q=telephony"),
    ("notice-follow", "", "/notices/NT-0003/follow/"),
    ("confirm", "", f"/confirm/{ASKED.confirmation_token}/"),
    ("subscriber", "", f"/following/{MAILBOX.token}/"),
    ("subscriber-forget", "", f"/following/{MAILBOX.token}/delete/"),
    ("alert-end", "", f"/following/{MAILBOX.token}/{FOLLOWED}/end/"),
    ("alert-preview", "", f"/following/{MAILBOX.token}/{FOLLOWED}/preview/"),
    ("alert-stop", "", f"/stop/{MAILBOX.token_to_stop([FOLLOWED])}/"),
    ("notice-mute", "", f"/following/{MAILBOX.token}/mute/NT-0003/"),
    ("interest-change", "", f"/following/{MAILBOX.token}/interest/NT-0003/"),
    ("interest-withdraw", "", f"/following/{MAILBOX.token}/interest/NT-0003/withdraw/"),
    ("webhook-create", "", f"/following/{MAILBOX.token}/webhooks/new/"),
    ("webhook", "", f"/following/{MAILBOX.token}/webhooks/{WEBHOOK}/"),
    ("webhook", "", f"/following/{MAILBOX.token}/webhooks/{PAUSED_WEBHOOK}/"),
    ("webhook-rotate", "", f"/following/{MAILBOX.token}/webhooks/{WEBHOOK}/secret/"),
    ("webhook-end", "", f"/following/{MAILBOX.token}/webhooks/{WEBHOOK}/end/"),
    ("about", "", "/about/"),
    ("how-it-works", "", "/how-it-works/"),
    ("how-to-follow", "", "/how-to-follow/"),
    ("terms", "", "/terms/"),
    ("data-licence", "", "/data-licence/"),
    ("accessibility", "", "/accessibility/"),
    ("privacy", "", "/privacy/"),
    ("gallery", ANALYST, "/gallery/"),
    ("account_login", "", "/accounts/login/"),
    ("account_signup", "", "/accounts/signup/"),
    ("account_inactive", "", "/accounts/inactive/"),
    ("account_reset_password", "", "/accounts/password/reset/"),
    ("account_reset_password_done", "", "/accounts/password/reset/done/"),
    ("account_change_password", READER, "/accounts/password/change/"),
    ("account_logout", READER, "/accounts/logout/"),
]

# Answers that are no pages, pages of another's making (the API's own), and steps that only a form or a mail leads to.
NOT_LOOKED_AT = {
    "account_confirm_email",
    "account_confirm_login_code",
    "account_email",
    "account_email_verification_sent",
    "account_reauthenticate",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_set_password",
    "api-contract-close",
    "api-contract-detail",
    "api-contract-list",
    "api-contract-reopen",
    "api-demand-list",
    "api-docs",
    "api-import-apply",
    "api-import-check",
    "api-import-detail",
    "api-import-discard",
    "api-import-list",
    "api-import-rows",
    "api-import-undo",
    "api-need-amendment",
    "api-need-amendment-submit",
    "api-need-detail",
    "api-need-list",
    "api-need-submit",
    "api-need-withdraw",
    "api-notice-detail",
    "api-notice-list",
    "api-notice-version",
    "api-notice-version-list",
    "api-schema",
    "alert-change",
    "board-calendar",
    "webhook-resume",
    "webhook-test",
    "board-feed",
    "board-head",
    "board-json-feed",
    "board-figures-csv",
    "board-notices-csv",
    "board-notices-xlsx",
    "colleague-remove",
    "contract-export",
    "contract-reopen",
    "coverage-csv",
    "demand-add-member",
    "demand-answer",
    "demand-answer-undo",
    "demand-close-decision",
    "demand-confirm",
    "demand-json",
    "demand-odt",
    "demand-offer-take-back",
    "demand-record-pdf",
    "demand-reopen",
    "demand-requirement-agree",
    "demand-requirement-order",
    "demand-requirement-reopen",
    "demand-restore-member",
    "demand-savings-withdraw",
    "demand-specification-draft",
    "demand-specification-file",
    "demand-stand-answer",
    "demand-unpin",
    "double-reading-effect",
    "double-reading-give",
    "double-reading-undo",
    "demand-wording-answer",
    "experience-withdraw",
    "healthz",
    "import-apply",
    "import-discard",
    "import-status",
    "import-undo",
    "match-run-request",
    "match-run-status",
    "need-amendment-approve",
    "need-approve",
    "need-confirm",
    "need-look",
    "need-reopen",
    "notice-calendar",
    "notice-correct",
    "notice-discard",
    "notice-draft",
    "notice-drop",
    "notice-feed",
    "notice-interests-csv",
    "notice-json-feed",
    "notice-pdf",
    "notice-propose",
    "notice-publish",
    "notice-return",
    "notice-specification",
    "engagement-drop",
    "engagement-tell",
    "picture-csv",
    "question-close",
    "question-publish",
    "question-take-back",
    "notification-open",
    "notification-read-all",
    "ocds-record-package",
    "ocds-release-package",
    "ocds-release-packages",
    "ocds-releases-file",
    "person-deactivate",
    "person-grant",
    "person-reactivate",
    "person-revoke",
    "person-send-link",
    "readyz",
    "renewal-draft",
    "renewal-wake",
    "report-file",
    "report-rebuild",
    "report-schedule-pause",
    "report-status",
    "robots",
    "sitemap",
    "sitemap-part",
    "snapshot-json",
    "status",
    "supplier-fold",
    "supplier-unfold",
}


# The first need of JD-0001.
MEMBER = (
    "SELECT n.reference FROM boroughs_need n JOIN procurement_demandmember m ON m.need_id = n.id "
    "JOIN procurement_jointdemand d ON d.id = m.demand_id WHERE d.reference = 'JD-0001' ORDER BY n.id"
)


# The reader's membership in Camden.
COLLEAGUE = (
    "SELECT m.id FROM boroughs_membership m JOIN boroughs_user u ON u.id = m.user_id "
    "WHERE u.email = 'reader@camden.example'"
)

# The one with several names.
SUPPLIER = "SELECT id FROM boroughs_supplier WHERE made_for = 'civica'"


# The contract with a history.
CONTRACT = "SELECT id FROM boroughs_contract WHERE reference = 'LBC 2021/17'"


# One of the renewal radar.
ENDING = "SELECT id FROM boroughs_contract WHERE reference = 'C-2027'"


@dataclass
class Tour:
    address: str
    browser: Browser
    # What the addresses of PAGES have gaps for.
    gaps: dict[str, str]
    people: dict[str, Person] = field(default_factory=dict)

    def as_(self, email: str) -> Person:
        """One window for each person, so that each signs in once."""
        if email not in self.people:
            self.people[email] = person(self.browser, self.address, email=email)
        return self.people[email]


@pytest.fixture(scope="module")
def site() -> Iterator[Tour]:
    with site_with("from tests.e2e import scene; scene.build()") as made:
        asked = {
            "member": MEMBER,
            "colleague": COLLEAGUE,
            "contract": CONTRACT,
            "ending": ENDING,
            "supplier": SUPPLIER,
            "report": "SELECT id FROM procurement_report",
            "schedule": "SELECT id FROM procurement_reportschedule",
        }
        gaps = {name: str(made.stage.rows(query)[0][0]) for name, query in asked.items()}
        yield Tour(made.address, made.browser, gaps)


def test_every_address_is_looked_at_or_said_to_be_no_page() -> None:
    looked_at = {name for name, _, _ in PAGES}
    known = {route.name for route in routes()}
    assert known == looked_at | NOT_LOOKED_AT
    assert not looked_at & NOT_LOOKED_AT


def test_every_page_is_accessible_and_within_the_policy(site: Tour) -> None:
    faults: dict[str, str] = defaultdict(str)
    for name, email, path in PAGES:
        visitor = site.as_(email)
        try:
            visitor.open(path.format(**site.gaps))
            visitor.look(f"page-{name}-{email.split('@')[0] or 'anybody'}")
        except AssertionError as fault:
            faults[f"{name} as {email or 'anybody'}"] = str(fault)
            visitor.complaints.clear()
    assert not faults, "\n\n".join(f"{page}\n{fault}" for page, fault in faults.items())


@pytest.mark.parametrize("path", ["/no-such-page/", "/notices/NT-9999/", "/needs/N-99999/"])
def test_page_that_is_not_there_says_so_kindly(site: Tour, path: str) -> None:
    visitor = site.as_(READER)
    response = visitor.page.goto(site.address + path)
    assert response is not None
    assert response.status == 404
    visitor.complaints.clear()
    visitor.look("not-found")


def test_filters_folded_on_a_phone_are_there_again_in_a_wider_window(site: Tour) -> None:
    page = site.as_("").page
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(site.address + "/board/")
    expect(page.get_by_label("Order")).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.get_by_label("Order")).to_be_visible()
