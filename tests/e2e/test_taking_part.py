"""A borough accepts, and commits, by keyboard alone, with and without scripts, wide and narrow."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page

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
APPROVER = "approver@camden.example"
SCENE = """
from boroughs.actions import demo
from tests.factories.picture import joint_demand
demo.load_people()
for number in range(1, 5):
    joint_demand("camden", "brent", "barnet", reference=f"JD-000{number}")
"""


def chosen_or_first(page: Page, name: str) -> Locator:
    """Where the tab key lands among radio buttons; from there the arrows lead to the others."""
    chosen = page.locator(f"[name={name}]:checked")
    return chosen if chosen.count() else page.locator(f"[name={name}]").first


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with site_with(SCENE) as made:
        yield made


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_a_borough_accepts_and_commits_by_keyboard(site: Site, javascript: bool, width: int) -> None:
    reference = f"JD-000{1 + javascript + 2 * (width == 390)}"
    for email, link, stage_value, said in (
        (EDITOR, "Accept, and say where you stand", "INTERESTED", "Camden is now interested."),
        (APPROVER, "Change where you stand", "COMMITTED", "Camden is now committed."),
    ):
        someone = person(site.browser, site.address, email=email, javascript=javascript)
        someone.page.set_viewport_size({"width": width, "height": 900})
        keys = Keyboard(someone)
        someone.open(f"/demands/{reference}/participation/")
        main = someone.page.get_by_role("main")
        with someone.page.expect_navigation():
            keys.reach(main.get_by_role("button", name=link).first)
            someone.page.keyboard.press("Enter")
        keys.reach(chosen_or_first(someone.page, "stage"))
        someone.page.keyboard.press("Space")
        for _ in range(5):
            if someone.page.locator("[name=stage]:checked").get_attribute("value") == stage_value:
                break
            someone.page.keyboard.press("ArrowDown")
        keys.reach(chosen_or_first(someone.page, "depth"))
        someone.page.keyboard.press("Space")
        with someone.page.expect_navigation():
            keys.reach(main.get_by_role("button", name="Save"))
            someone.page.keyboard.press("Enter")
        assert someone.reads(said)
        assert not someone.complaints
