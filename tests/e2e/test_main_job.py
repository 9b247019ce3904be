"""The main job by people at browsers, on 312 real notices of UK authorities, with real worker, broker and database."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from tests.e2e.browser import chromium, person
from tests.scale.stage import Stage, stage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.timeout(400),
    # The stage brings its own databases; one pass of the suite is enough.
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="runs with the SQLite pass"),
]

ANALYST, SECOND = "analyst@loti.example", "analyst2@loti.example"
READER = "reader@camden.example"
CDO = "cdo@london.example"
PEOPLE = "from boroughs.actions import demo; demo.load_people()"
# The authorities of the notice have no people here.
AGREED = """
from boroughs.permissions import COMMAND_LINE
from procurement.actions import naming
from procurement.models import Notice
from procurement.queries.notice_problems import not_agreed
notice = Notice.objects.get()
for borough in not_agreed(notice):
    naming.answer(demand=notice.demand, borough=borough, agrees=True, by=COMMAND_LINE)
"""


@dataclass
class Platform:
    stage: Stage
    address: str
    browser: Browser


@pytest.fixture(scope="module")
def platform(shared_data: Path) -> Iterator[Platform]:
    with stage() as made, chromium() as browser:
        made.manage("shell", "-v0", "-c", PEOPLE)
        made.start_broker()
        made.start_scheduler()
        made.start_worker()
        said = made.manage("import_needs", str(shared_data / "notices_dev.jsonl"), "--admit-guests")
        assert said.splitlines()[-1] == "312 new, 0 changed, 0 unchanged, 0 refused"
        address = made.start_web()
        made.wait_for("SELECT count(*) FROM procurement_matchrun WHERE status = 'FINISHED'", timeout=180)
        yield Platform(made, address, browser)


def test_real_notices_become_a_published_joint_demand_and_a_report(platform: Platform) -> None:
    reference, title = confirm_one(platform)
    propose_its_notice(platform, reference)
    platform.stage.manage("shell", "-v0", "-c", AGREED)
    notice = publish_it(platform)
    read_it_as_a_supplier(platform, notice, title)
    build_the_report(platform, reference)


def confirm_one(platform: Platform) -> tuple[str, str]:
    analyst = person(platform.browser, platform.address, email=ANALYST)
    analyst.open("/match-runs/")
    analyst.open("/demands/")
    analyst.look("demand-list")
    analyst.page.locator(".loti-card__link").first.click()
    analyst.look("demand-suggested")
    analyst.press("Confirm: these belong together")
    assert analyst.reads("Confirmed")
    reference = analyst.page.url.rstrip("/").rsplit("/", 1)[1]
    analyst.press("Rename")
    analyst.page.get_by_label("Title").fill("Bought together for the first time")
    analyst.press("Save the title")
    analyst.look("demand-confirmed")
    return reference, "Bought together for the first time"


def propose_its_notice(platform: Platform, reference: str) -> None:
    analyst = person(platform.browser, platform.address, email=ANALYST)
    analyst.open(f"/demands/{reference}/")
    analyst.press("Draft a notice")
    analyst.look("notice-edit")
    fill(analyst.page, "Title", "Bought together for the first time")
    # No borough has said that it leads: the draft names nobody.
    lead = analyst.page.get_by_label("Lead authority")
    assert lead.input_value() == ""
    lead.select_option(index=1)
    fill(analyst.page, "Summary", "Several authorities want the same service and would like to hear from suppliers.")
    fill(analyst.page, "Problem to be solved", "Each authority runs its own procurement for the same service.")
    fill(analyst.page, "users", "Officers who run the service, and residents who rely on it.")
    fill(analyst.page, "must", "Serve all of the authorities named in this notice.")
    analyst.press("Save and preview")
    analyst.look("notice-preview")
    analyst.press("Propose for publication")
    assert analyst.reads("somebody else has to approve it")
    analyst.look("notice-proposed")


def fill(page: object, label: str, text: str) -> None:
    page.get_by_label(re.compile(label, re.IGNORECASE)).first.fill(text)  # type: ignore[attr-defined]


def publish_it(platform: Platform) -> str:
    second = person(platform.browser, platform.address, email=SECOND)
    second.open("/notices/?status=PROPOSED")
    second.follow("Bought together for the first time")
    second.press("Approve and publish")
    second.look("notice-published")
    match = re.search(r"NT-[0-9]+", second.page.url)
    assert match is not None
    return match[0]


def read_it_as_a_supplier(platform: Platform, notice: str, title: str) -> None:
    supplier = person(platform.browser, platform.address)
    supplier.open("/")
    supplier.open("/board/")
    supplier.look("board")
    assert supplier.reads(title)
    supplier.open("/board/?q=nothing+of+that+kind")
    supplier.look("board-empty")
    assert not supplier.reads(title)
    supplier.open(f"/notices/{notice}/")
    supplier.look("notice")
    assert supplier.reads("not a call for competition")
    feed = supplier.page.request.get(platform.address + "/board/feed.atom")
    assert title in feed.text()
    package = supplier.page.request.get(platform.address + "/api/1.0/ocdsReleasePackages").json()
    assert title in package["releases"][0]["tender"]["title"]


def build_the_report(platform: Platform, reference: str) -> None:
    cdo = person(platform.browser, platform.address, email=CDO)
    cdo.open("/picture/")
    cdo.look("picture")
    cdo.open("/reports/")
    cdo.press("Ask for a report")
    cdo.page.get_by_label("London demand picture").check()
    cdo.press("Continue")
    cdo.press("Ask for the report")
    # The page looks after its report by itself.
    link = cdo.page.get_by_role("link", name=re.compile("^Download the report"))
    link.wait_for(timeout=120_000)
    cdo.look("report")
    answer = cdo.page.request.get(f"{platform.address}{link.get_attribute('href')}")
    assert answer.headers["content-type"] == "application/pdf"
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.body())).pages)
    assert reference in text
    # The 312 notices, and what other tests of this file have logged before.
    needs = platform.stage.number("SELECT count(*) FROM boroughs_need WHERE status = 'OPEN'")
    assert needs >= 312
    assert f"{needs} open needs" in text
    if folder := os.environ.get("LOTI_SCREENSHOTS"):
        (Path(folder) / "report.pdf").write_bytes(answer.body())


def test_a_borough_reads_the_demand_and_decides_nothing(platform: Platform) -> None:
    reader = person(platform.browser, platform.address, email=READER)
    reader.open("/demands/")
    reader.page.locator(".loti-card__link").first.click()
    reader.look("demand-as-borough")
    assert reader.page.get_by_role("button", name="Confirm").count() == 0
