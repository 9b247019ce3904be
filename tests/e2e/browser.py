"""A person at a browser: signs in, goes where a link says, and looks at each page for faults."""

import gc
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Response, sync_playwright

from boroughs.actions.demo import PASSWORD
from loti import libraries

AXE = Axe()
WIDTHS = (1280, 390)
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# Nobody reads what passed or did not apply, and bringing it here took longer than some pages take to check.
RUN = "rules => axe.run(rules).then(found => ({violations: found.violations}))"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Screenshots of every page looked at are kept here, to be looked at by people; nowhere if it is not set.
SCREENSHOTS = os.environ.get("LOTI_SCREENSHOTS", "")


class Person:
    """One browser window of one person. `address` is the site's."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.on("console", self._listen)

    def _listen(self, message: ConsoleMessage) -> None:
        # A refused style or script, a missing file: the browser's own complaints.
        if message.type == "error":
            self.complaints.append(f"{self.page.url}: {message.text}")

    def open(self, path: str) -> None:
        response = self._go(path) or self._go(path)
        assert response is not None
        assert response.status == 200, f"{path}: {response.status}"

    def _go(self, path: str) -> Response | None:
        """The answer; none where the page that is left, which waits for work, loaded itself anew at that moment."""
        try:
            return self.page.goto(self.address + path)
        except Error as error:
            if "ERR_ABORTED" in error.message or "interrupted by another navigation" in error.message:
                return None
            raise

    def sign_in(self, email: str) -> None:
        self.open("/accounts/login/")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.press("Sign in")
        self.page.wait_for_url(lambda url: "/accounts/login/" not in url)

    def press(self, name: str) -> None:
        self.page.get_by_role("main").get_by_role("button", name=name).click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("main").get_by_role("link", name=name).first.click()

    def reads(self, text: str) -> bool:
        return text in self.page.get_by_role("main").inner_text()

    def look(self, name: str) -> None:
        """Hold the page against WCAG 2.2 AA at both widths; keep a picture of it."""
        # A click returns when its answer begins to arrive; before its end there may be no body to look at.
        self.page.wait_for_load_state()
        self.page.evaluate(AXE.axe_script)
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            found = AxeResults(self.page.evaluate(RUN, RULES))
            assert found.violations_count == 0, f"{name} at {width}: {found.generate_report()}"
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} at {width} px is {wide} px wide"
            if SCREENSHOTS:
                Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
                self.page.screenshot(path=str(Path(SCREENSHOTS) / f"{name}-{width}.png"), full_page=True)
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        assert not self.complaints


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=libraries.browser(), args=[*FLAGS, *flags])
        yield browser
        browser.close()
    # The driver leaves a pipe to the garbage collector, whose warning would fail whichever test runs by then.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def person(browser: Browser, address: str, *, email: str = "", javascript: bool = True) -> Person:
    """A new window; signed in where an address is given."""
    context = browser.new_context(viewport={"width": WIDTHS[0], "height": 900}, java_script_enabled=javascript)
    made = Person(context.new_page(), address)
    if email:
        made.sign_in(email)
    return made
