"""From a need to why it is in its joint demand, and back, in two steps by keyboard; with and without scripts."""

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
SCENE = """
from boroughs.actions import demo
from boroughs.models import Need
from tests.factories.picture import joint_demand
demo.load_people()
demand = joint_demand("camden", "brent", "barnet", reference="JD-0001")
Need.objects.filter(borough__slug="camden").update(reference="N-10001")
"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with site_with(SCENE) as made:
        yield made


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_two_steps_from_the_need_to_the_evidence_and_back(site: Site, javascript: bool, width: int) -> None:
    editor = person(site.browser, site.address, email=EDITOR, javascript=javascript)
    editor.page.set_viewport_size({"width": width, "height": 900})
    keys = Keyboard(editor)
    main = editor.page.get_by_role("main")

    def follow(name: str) -> None:
        with editor.page.expect_navigation():
            keys.reach(main.get_by_role("link", name=name, exact=True).first)
            editor.page.keyboard.press("Enter")

    editor.open("/needs/N-10001/")
    if not javascript:
        # Where no script puts the panel in its place it is a page of its own.
        follow("See similar needs")
    else:
        main.get_by_role("link", name="Why it is in JD-0001").wait_for()
    follow("Why it is in JD-0001")
    assert editor.page.url.endswith("/demands/JD-0001/needs/N-10001/")
    assert editor.reads("Why this need is here")
    follow("Back to the need")
    assert editor.page.url.endswith("/needs/N-10001/")
    assert not editor.complaints


def test_the_pages_of_a_joint_demand_are_reached_by_keyboard(site: Site) -> None:
    editor = person(site.browser, site.address, email=EDITOR)
    keys = Keyboard(editor)
    editor.open("/demands/JD-0001/")
    way = editor.page.get_by_role("navigation", name="Pages of JD-0001")
    for name in ("Requirements", "History", "Overview"):
        with editor.page.expect_navigation():
            keys.reach(way.get_by_role("link", name=name, exact=True))
            editor.page.keyboard.press("Enter")
        assert way.locator("[aria-current=page]").inner_text() == name
