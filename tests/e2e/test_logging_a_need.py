"""A need from blank to open, by keyboard alone: with and without scripts, on a desk and on a phone."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Locator, expect

from boroughs.forms.text import clean_block
from boroughs.word_count import count_words
from tests.e2e.browser import Person, person
from tests.e2e.site import Site, site_with

pytestmark = [
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.timeout(300),
    # The stage brings its own database; one pass of the suite is enough.
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="runs with the SQLite pass"),
]

EDITOR, APPROVER = "editor@camden.example", "approver@camden.example"
# What a plain need may ask of a person who has its text at hand.
MOST_FIELDS = 25


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with site_with("from boroughs.actions import demo; demo.load_people()") as made:
        yield made


@dataclass
class Keyboard:
    """A person who has no mouse. Counts the fields that they touch."""

    person: Person
    touched: list[str] = field(default_factory=list)

    def reach(self, wanted: Locator) -> None:
        """Go forward with the tab key until the element has the focus."""
        handle = wanted.element_handle()
        for _ in range(80):
            self.person.page.keyboard.press("Tab")
            if self.person.page.evaluate("element => document.activeElement === element", handle):
                return
        raise AssertionError(f"the tab key does not reach {wanted}")

    def type(self, name: str, text: str) -> None:
        self.reach(self.person.page.locator(f"[name='{name}']"))
        self.touched.append(name)
        self.person.page.keyboard.insert_text(text)

    def choose(self, name: str, code: str) -> None:
        """Of radio buttons: the tab key reaches the one that is chosen, arrows the others."""
        options = self.person.page.locator(f"[name='{name}']")
        self.reach(self.person.page.locator(f"[name='{name}']:checked"))
        self.touched.append(name)
        wanted = options.and_(self.person.page.locator(f"[value='{code}']"))
        for _ in range(options.count()):
            if wanted.is_checked():
                return
            self.person.page.keyboard.press("ArrowDown")
        assert wanted.is_checked()

    def select(self, name: str, text: str, *, javascript: bool) -> None:
        box = "input.autocomplete__input" if javascript else f"select[name='{name}']"
        if javascript:
            # Its library is loaded after the page.
            self.person.page.locator(box).wait_for()
        self.reach(self.person.page.locator(box))
        self.touched.append(name)
        self.person.page.keyboard.type(text)
        if javascript:
            self.person.page.get_by_role("option", name=text).first.wait_for()
            self.person.page.keyboard.press("ArrowDown")
            self.person.page.keyboard.press("Enter")

    def press(self, role: str, name: str) -> None:
        """Press a button or follow a link; the next page is there."""
        self.reach(self.person.page.get_by_role("main").get_by_role(role, name=name, exact=True))  # type: ignore[arg-type]
        with self.person.page.expect_navigation():
            self.person.page.keyboard.press("Enter")

    def heading(self) -> str:
        return self.person.page.locator("h1").inner_text()


def log_a_need(keys: Keyboard, title: str, *, javascript: bool) -> None:
    visitor = keys.person

    def look(name: str) -> None:
        if javascript and visitor.page.viewport_size == {"width": 1280, "height": 900}:
            visitor.look(f"need-{name}")

    visitor.open("/needs/new/")
    look("1-new")
    keys.type("title", title)
    keys.type("problem", "Carers wait two weeks for a permit, because it is printed and posted.")
    keys.press("button", "Save and continue")
    look("2-parts")
    keys.press("link", "Users and outcome")
    look("3-users")
    keys.type("users_description", "1,200 carers a year need a permit on the day that they begin.")
    keys.type("description", "A carer has the permit within an hour of asking.")
    keys.press("button", "Save and continue")
    look("4-classification")
    keys.select("category", "Parking management and permits", javascript=javascript)
    keys.choose("kind", "SOFTWARE")
    keys.press("button", "Save and continue")
    look("5-requirements")
    for index, line in enumerate(("Carers apply on a phone.", "Wardens see a permit at once.", "It sends a receipt.")):
        keys.type(f"requirements-{index}-text", line)
    keys.press("button", "Save and continue")
    look("6-size")
    keys.type("users_count", "1,200")
    keys.type("budget_max", "60k")
    keys.choose("budget_basis", "PER_YEAR")
    keys.press("button", "Save and continue")
    look("7-timing")
    for part, value in (("day", "1"), ("month", "april"), ("year", "2028")):
        keys.type(f"start_date_{part}", value)
    keys.type("months", "36")
    keys.press("button", "Save and continue")
    look("8-constraints")
    keys.press("button", "Save and continue")
    look("9-together")
    keys.choose("depth", "MARKET")
    keys.press("button", "Save and check")
    look("10-check")
    assert keys.heading() == "Check your answers"
    for words in (title, "Parking management and permits", "£60,000", "1 April 2028", "Joint market approach"):
        assert visitor.reads(words)
    keys.press("button", "Submit for approval")
    assert visitor.reads("Waiting for approval")
    look("11-waiting")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_a_need_is_logged_submitted_and_approved_by_keyboard(site: Site, javascript: bool, width: int) -> None:
    editor = person(site.browser, site.address, email=EDITOR, javascript=javascript)
    editor.page.set_viewport_size({"width": width, "height": 900})
    keys = Keyboard(editor)
    log_a_need(keys, f"Parking permits for carers {width}", javascript=javascript)
    assert len(keys.touched) <= MOST_FIELDS, keys.touched
    address = editor.page.url.removeprefix(site.address)

    approver = person(site.browser, site.address, email=APPROVER, javascript=javascript)
    approver.open(address)
    Keyboard(approver).press("button", "Approve")
    assert approver.reads("Open")
    assert not editor.complaints + approver.complaints


def test_counter_below_a_box_and_the_server_agree_on_the_words(site: Site) -> None:
    editor = person(site.browser, site.address, email=EDITOR)
    editor.open("/needs/new/")
    counter = editor.page.locator(".govuk-character-count", has=editor.page.locator("[name=problem]"))
    limit = int(counter.get_attribute("data-maxlength") or 0)
    for text in (
        "Half-hourly read-outs and/or e-mails for well-known sites",
        "12,000 homes – don’t ask, O’Brien’s team\n\nsays so (24/7).",
        " a\u00a0b\u200b c \u200b d\t",
        "",
        "Half-hourly " * (limit + 1),
    ):
        editor.page.locator("[name=problem]").fill(text)
        left = limit - count_words(clean_block(text))
        word = "word" if abs(left) == 1 else "words"
        said = f"You have {left} {word} remaining" if left >= 0 else f"You have {-left} {word} too many"
        expect(counter.locator(".govuk-character-count__status")).to_have_text(said)


def test_mistakes_are_named_and_nothing_is_lost(site: Site) -> None:
    editor = person(site.browser, site.address, email=EDITOR)
    editor.open("/needs/new/")
    editor.page.locator("[name=problem]").fill("Typed before the mistake was noticed.")
    editor.press("Save and continue")
    assert editor.page.title().startswith("Error: ")
    assert editor.reads("Enter a title")
    assert editor.page.locator("[name=problem]").input_value() == "Typed before the mistake was noticed."
    editor.look("need-errors")


def test_two_people_in_one_section_are_shown_both_texts(site: Site) -> None:
    first, second = (person(site.browser, site.address, email=EDITOR) for _ in range(2))
    first.open("/needs/new/")
    first.page.locator("[name=title]").fill("Noise sensors")
    first.press("Save and continue")
    first.follow("What you need")
    second.open(first.page.url.removeprefix(site.address))
    first.page.locator("[name=problem]").fill("The first text.")
    first.press("Save and go back to all parts")
    second.page.locator("[name=problem]").fill("The second text.")
    second.press("Save and continue")
    assert second.reads("The first text.")
    assert second.page.locator("[name=problem]").input_value() == "The second text."
    # The browser logs the answer's status, 409, as an error of the page.
    second.complaints.clear()
    second.look("need-changed-meanwhile")
    second.press("Save my text")
    second.page.get_by_role("link", name="Back to all parts").click()
    second.follow("What you need")
    assert second.page.locator("[name=problem]").input_value() == "The second text."


def test_open_need_is_amended_and_the_difference_approved(site: Site) -> None:
    editor, approver = (person(site.browser, site.address, email=email) for email in (EDITOR, APPROVER))
    keys = Keyboard(editor)
    editor.page.set_viewport_size({"width": 390, "height": 900})
    log_a_need(keys, "Street lighting control", javascript=True)
    address = editor.page.url.removeprefix(site.address)
    approver.open(address)
    approver.press("Approve")
    editor.open(address)
    editor.press("Amend")
    editor.follow("Timing, and what you have today")
    editor.page.locator("[name=months]").fill("48")
    editor.press("Save and go back to all parts")
    editor.press("Check your answers and submit")
    editor.press("Submit for approval")
    approver.open(address)
    assert approver.reads("36 months")
    approver.follow("See what it changes")
    assert approver.reads("48 months")
    approver.look("need-amendment")
    approver.press("Approve")
    assert approver.reads("48 months")
    approver.follow("See every change")
    approver.look("need-history")


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_what_was_typed_outlives_the_session(site: Site, javascript: bool) -> None:
    editor = person(site.browser, site.address, email=EDITOR, javascript=javascript)
    editor.open("/needs/new/")
    title = f"Permits typed for an hour {javascript}"
    editor.page.locator("[name=title]").fill(title)
    editor.page.locator("[name=problem]").fill("First line of an hour's work.\n\nLast line of it.")
    editor.page.context.clear_cookies(name="sessionid")
    editor.press("Save and continue")
    assert editor.reads("You are signed out, and nothing you typed is lost")
    # The browser tells its console of every 403; what follows is looked at for other complaints.
    editor.complaints.clear()
    if javascript:
        editor.look("unsent-signed-out")
    with editor.page.context.expect_page() as opened:
        editor.follow("Sign in (opens in a new tab)")
    tab = Person(opened.value, site.address)
    tab.sign_in(EDITOR)
    editor.press("Send again")
    assert editor.reads("Send it once more")
    editor.complaints.clear()
    if javascript:
        editor.look("unsent-once-more")
    editor.press("Send again")
    editor.page.locator("h1", has_text=title).wait_for()
    assert not editor.complaints + tab.complaints
