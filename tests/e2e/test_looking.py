"""Look before you log, in a browser: while typing, and by the button where no scripts run."""

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import person
from tests.e2e.site import Site, site_with

pytestmark = [
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.timeout(300),
    # The stage brings its own database; one pass of the suite is enough.
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="runs with the SQLite pass"),
]

EDITOR = "editor@camden.example"
TITLE = "Telecare alarms for digital telephone lines"
SCENE = """
from boroughs.actions import demo
from boroughs.models import Borough, Category
from boroughs.permissions import COMMAND_LINE
from procurement.actions import matching
from tests.factories.boroughs import ContractFactory, NeedFactory
demo.load_people()
telecare = Category.objects.get(slug="technology-enabled-care")
text = "Replace analogue telecare alarms before the switch to digital telephone lines"
for slug in ("barnet", "brent", "ealing"):
    NeedFactory(borough=Borough.objects.get(slug=slug), title="Telecare alarms", problem=text, category=telecare)
camden = Borough.objects.get(slug="camden")
NeedFactory(borough=camden, title="Telecare alarms, drafted", status="DRAFT")
ContractFactory(borough=camden, title="Telecare alarms and lines", supplier="A supplier", category=telecare)
matching.request(by=COMMAND_LINE)
matching.run()
"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with site_with(SCENE) as made:
        yield made


def test_panel_fills_while_typing_and_its_button_joins(site: Site) -> None:
    editor = person(site.browser, site.address, email=EDITOR)
    editor.open("/needs/new/")
    region = editor.page.locator("#look")
    editor.page.locator("[name=title]").press_sequentially("Telecare alarms")
    # Two words are too few to look for.
    expect(region).to_be_empty()
    editor.page.locator("[name=problem]").press_sequentially("They use analogue telephone lines.")
    expect(region).to_contain_text("Your borough has this already")
    expect(region).to_contain_text("3 boroughs")
    expect(editor.page.locator("#look-status")).to_contain_text("that may be the same")
    editor.look("need-look-panel")
    editor.page.get_by_role("button", name=re.compile(r"Join this\s+JD-")).first.click()
    editor.page.wait_for_url("**/edit/")
    assert editor.reads("Telecare alarms")
    assert "/needs/look" not in editor.page.url
    assert not editor.complaints


def test_what_cannot_be_looked_for_is_said_beside_the_form(site: Site) -> None:
    editor = person(site.browser, site.address, email=EDITOR)
    editor.open("/needs/new/")
    editor.page.locator("[name=title]").fill("Telecare " * 20)
    expect(editor.page.locator("#look")).to_contain_text("Title must be 100 characters or fewer")


def test_button_shows_the_same_without_scripts(site: Site) -> None:
    editor = person(site.browser, site.address, email=EDITOR, javascript=False)
    editor.open("/needs/new/")
    editor.page.locator("[name=title]").fill(TITLE)
    editor.page.locator("[name=problem]").fill("They use analogue lines.")
    editor.press("See who needs the same")
    assert editor.reads("Is it there already?")
    assert editor.page.locator("[name=title]").input_value() == TITLE
    editor.press("Log mine as a new need")
    assert editor.reads(TITLE)
    assert editor.page.url.endswith("/edit/")
    assert not editor.complaints
