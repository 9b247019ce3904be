"""A contract from blank to changed, taken out and put back, by keyboard alone, with and without scripts."""

import os
from collections.abc import Iterator

import pytest

from tests.e2e.browser import person
from tests.e2e.site import Site, site_with
from tests.e2e.test_logging_a_need import EDITOR, Keyboard

pytestmark = [
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.timeout(300),
    # The stage brings its own database; one pass of the suite is enough.
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="runs with the SQLite pass"),
]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with site_with("from boroughs.actions import demo; demo.load_people()") as made:
        yield made


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_contract_is_kept_by_keyboard(site: Site, javascript: bool, width: int) -> None:
    reference = f"LBC 2021/{width} {'a' if javascript else 'b'}"
    editor = person(site.browser, site.address, email=EDITOR, javascript=javascript)
    editor.page.set_viewport_size({"width": width, "height": 900})
    keys = Keyboard(editor)
    editor.open("/contracts/")
    keys.press("button", "Add a contract")
    keys.type("reference", reference)
    keys.type("title", "Parking permits")
    keys.type("description", "Permits for residents.")
    keys.type("system", "Permitter")
    keys.select("category", "Parking management and permits", javascript=javascript)
    keys.type("supplier", "Permit Ltd")
    for part, value in (("day", "31"), ("month", "march"), ("year", "2031")):
        keys.type(f"end_date_{part}", value)
    keys.type("extension_options", "2 x 1 year")
    keys.type("notice", "3 months")
    keys.type("annual_value", "64k")
    keys.press("button", "Add the contract")
    assert keys.heading() == "Parking permits"
    for words in (reference, "Parking management and permits", "31 March 2031", "12 + 12 months", "£64,000"):
        assert editor.reads(words)
    keys.press("button", "Change")
    # The box is full: what is typed replaces what the tab key has marked.
    keys.type("supplier", "Other Permits Ltd")
    keys.press("button", "Save")
    assert editor.reads("Other Permits Ltd")
    keys.press("link", "See every change")
    assert editor.reads("Permit Ltd")
    editor.page.go_back()
    keys.press("link", "Take out of the register")
    keys.type("reason", "It ended early.")
    keys.press("button", "Take it out")
    assert editor.reads("It ended early.")
    keys.press("button", "Put it back")
    assert not editor.reads("Taken out of the register")
    assert not editor.complaints


def test_two_people_at_one_contract_are_shown_both_texts(site: Site) -> None:
    first, second = (person(site.browser, site.address, email=EDITOR) for _ in range(2))
    first.open("/contracts/new/")
    first.page.locator("[name=reference]").fill("C-1")
    first.page.locator("[name=title]").fill("Noise sensors")
    first.press("Add the contract")
    first.press("Change")
    second.open(first.page.url.removeprefix(site.address))
    first.page.locator("[name=supplier]").fill("The first text")
    first.press("Save")
    second.page.locator("[name=supplier]").fill("The second text")
    second.press("Save")
    assert second.reads("The first text")
    assert second.page.locator("[name=supplier]").input_value() == "The second text"
    # The browser logs the answer's status, 409, as an error of the page.
    second.complaints.clear()
    second.look("contract-changed-meanwhile")
    second.press("Save my text")
    assert second.reads("The second text")


def test_mistakes_are_named_and_nothing_is_lost(site: Site) -> None:
    editor = person(site.browser, site.address, email=EDITOR)
    editor.open("/contracts/new/")
    editor.page.locator("[name=supplier]").fill("Typed before the mistake was noticed")
    editor.page.locator("[name=end_date_day]").fill("32")
    editor.press("Add the contract")
    assert editor.page.title().startswith("Error: ")
    assert editor.reads("Enter the contract’s reference")
    assert editor.page.locator("[name=supplier]").input_value() == "Typed before the mistake was noticed"
    editor.look("contract-errors")
