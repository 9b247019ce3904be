"""The story of a joint purchase in a browser: by keyboard, without scripts, along the links that people see."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import resolve
from playwright.sync_api import Browser

from boroughs.models import User
from tests.e2e import browser as e2e
from tests.scenario.pages import Form, Page
from tests.scenario.people import Person
from tests.scenario.story import LEAD, seven_boroughs_buy_together

pytestmark = [
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.timeout(600),
    # The story without a browser runs on both engines; one pass of this one is enough.
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="runs with the SQLite pass"),
]
# The pages of the joint demand, full of what the boroughs did.
PAGES = ("", "requirements/", "participation/", "timeline/", "volumes/", "specification/", "history/", "record/")


@dataclass
class Site:
    address: str
    browser: Browser
    # Which kinds of page people of which role have found by following links.
    found: set[tuple[str, str]] = field(default_factory=set)


class Visitor(Person):
    """Has no mouse. The first time that a role wants a kind of page, it goes there by links from the home page."""

    def __init__(self, site: Site, user: User) -> None:
        super().__init__(user)
        self.site = site
        self.role = str(user.memberships.get().role)
        self.window = self.sits_down(javascript=False).page

    def sits_down(self, *, javascript: bool) -> e2e.Person:
        """At a new window, signed in."""
        made = e2e.person(self.site.browser, self.site.address, javascript=javascript)
        session = self.client.cookies[settings.SESSION_COOKIE_NAME]
        made.page.context.add_cookies([{"name": session.key, "value": session.value, "url": made.address}])
        return made

    def goes(self, address: str) -> Page:
        kind = (self.role, resolve(address.split("?")[0]).url_name or "")
        above = _above(address)
        if not above or kind in self.site.found:
            return self._page(self.window.goto(self.site.address + address))
        self.site.found.add(kind)
        page = self.goes(above)
        assert address in page.links, f"{self.role}: nothing at {page.address} leads to {address}"
        return self.follows(page, page.links.index(address))

    def follows(self, page: Page, place: int) -> Page:
        link = self.window.locator("a[href]").nth(place)
        assert link.is_visible(), f"{page.address}: {page.links[place]} is not seen"
        with self.window.expect_navigation() as answered:
            link.press("Enter")
        return self._page(answered.value)

    def submits(self, page: Page, form: Form, said: dict[str, str]) -> Page:
        box = self.window.locator("form").nth(form.place)
        button = box.locator("button[type=submit]").first
        for name, value in said.items():
            control = form.control(name, value)
            assert control is not None
            place = box.locator(f"[name='{name}']")
            if control.kind in ("radio", "checkbox") and not control.is_set:
                place.and_(box.locator(f"[value='{value}']")).press("Space")
            elif control.kind == "option":
                place.select_option(value)
            elif control.kind == "submit":
                button = place.and_(box.locator(f"[value='{value}']"))
            elif control.kind in ("text", "textarea"):
                place.fill(value)
        with self.window.expect_navigation() as answered:
            button.press("Enter")
        return self._page(answered.value)

    def downloads(self, address: str, *, at: str) -> bytes:
        page = self.goes(at)
        with self.window.expect_download() as saved:
            self.window.locator("a[href]").nth(page.links.index(address)).press("Enter")
        return saved.value.path().read_bytes()

    def _page(self, answer: Any) -> Page:
        assert answer is not None
        self.window.wait_for_load_state()
        text = self.window.locator("body").inner_text()
        self.here = Page(self.window.url, answer.status, self.window.content(), text)
        return self.here


def _above(address: str) -> str:
    """The page that leads there: the same without what it is asked, then the folder above; nothing of the home page."""
    path, _, asked = address.partition("?")
    return path if asked else f"{path.rstrip('/').rpartition('/')[0]}/" if path != "/" else ""


@pytest.fixture
def site(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Served from a thread of this process, with one database for the pages and the story.

    Playwright waits in an event loop of this thread, where Django refuses queries, lest they hold up what else the loop
    serves. This one serves nothing else.
    """
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with e2e.chromium() as browser:
        yield Site(live_server.url, browser)


def test_seven_boroughs_buy_together(site: Site, shared_data: Path, tmp_path: Path) -> None:
    city, page = seven_boroughs_buy_together(lambda user: Visitor(site, user), shared_data, tmp_path)
    lead = city.of(LEAD)
    assert isinstance(lead, Visitor)
    # What looks for faults is a script itself.
    looking = lead.sits_down(javascript=True)
    for name in PAGES:
        looking.open(f"{page}{name}")
        looking.look(f"bought-together-{name.strip('/') or 'overview'}")
