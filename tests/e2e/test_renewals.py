"""A contract that ends becomes a draft, or is put off, by keyboard alone, with and without scripts."""

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
from datetime import timedelta
from django.utils import timezone
from boroughs.actions import demo
from boroughs.models import Borough
from tests.factories.boroughs import ContractFactory
demo.load_people()
camden = Borough.objects.get(slug="camden")
for mark in ("1280a", "1280b", "390a", "390b"):
    end = timezone.localdate() + timedelta(days=200)
    ContractFactory(borough=camden, reference=mark, title=f"Parking {mark}", end_date=end)
"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with site_with(SCENE) as made:
        yield made


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_renewal_is_put_off_brought_back_and_drafted(site: Site, javascript: bool, width: int) -> None:
    mark = f"{width}{'a' if javascript else 'b'}"
    editor = person(site.browser, site.address, email=EDITOR, javascript=javascript)
    editor.page.set_viewport_size({"width": width, "height": 900})
    keys = Keyboard(editor)
    editor.open(f"/renewals/?q={mark}")
    assert editor.reads(f"Parking {mark}")
    with editor.page.expect_navigation():
        keys.reach(editor.page.get_by_role("main").get_by_role("link", name="Not now").first)
        editor.page.keyboard.press("Enter")
    keys.reach(editor.page.locator("[name=reason]").first)
    editor.page.keyboard.press("Space")
    with editor.page.expect_navigation():
        keys.reach(editor.page.get_by_role("main").get_by_role("button").first)
        editor.page.keyboard.press("Enter")
    editor.open(f"/renewals/?q={mark}")
    assert not editor.page.get_by_role("button", name="Draft a need").count()
    with editor.page.expect_navigation():
        keys.reach(editor.page.get_by_role("main").get_by_role("button", name="Bring back").first)
        editor.page.keyboard.press("Enter")
    editor.open(f"/renewals/?q={mark}")
    with editor.page.expect_navigation():
        keys.reach(editor.page.get_by_role("main").get_by_role("button", name="Draft a need").first)
        editor.page.keyboard.press("Enter")
    assert editor.reads(f"Parking {mark}")
    assert "/needs/N-" in editor.page.url
    assert not editor.complaints
