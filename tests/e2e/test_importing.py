"""A register comes in from a file and goes out again, by keyboard alone, with and without scripts."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Person, person
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
    with site_with("from boroughs.actions import demo; demo.load_people()", worker=True) as made:
        yield made


def wait_for(editor: Person, words: str, *, javascript: bool) -> None:
    """Scripts show the page anew when the job is done; without them its reader does."""
    main = editor.page.get_by_role("main")
    for _ in range(60):
        if editor.reads(words):
            return
        if javascript:
            expect(main).to_contain_text(words, timeout=30_000)
        elif main.get_by_role("link", name="Refresh this page").count():
            editor.follow("Refresh this page")
            editor.page.wait_for_load_state()
        else:
            editor.page.reload()
    raise AssertionError(f"“{words}” never came: {main.inner_text()}")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_register_comes_in_and_goes_out_by_keyboard(site: Site, javascript: bool, width: int) -> None:
    mark = f"{width}{'a' if javascript else 'b'}"
    register = (
        f"Register of the borough,,,,\n\nContract Ref,Title,Supplier,Ends,Looked after by\n{mark}/1,Parking {mark},"
        f"Permit Ltd,31/03/2031,Streets\n{mark}/2,Telecare {mark},Bell plc,Apr 2030,Care\n{mark}/3,Waste,,soon,\n"
    )
    editor = person(site.browser, site.address, email=EDITOR, javascript=javascript)
    editor.page.set_viewport_size({"width": width, "height": 900})
    keys = Keyboard(editor)
    editor.open("/contracts/")
    keys.press("button", "Import a register")
    # The dialogue that a file is chosen in is the browser's own.
    editor.page.set_input_files(
        "[name=file]", {"name": f"{mark}.csv", "mimeType": "text/csv", "buffer": register.encode()}
    )
    keys.press("button", "Look at the file")
    assert keys.heading() == "What the columns mean"
    assert editor.reads("The headings were found in line 3.")
    keys.select("column-4", "Department", javascript=False)
    keys.press("button", "Check the rows")
    wait_for(editor, "2 entries will be new", javascript=javascript)
    assert editor.reads("“soon” is no date")
    keys.press("button", "Apply")
    wait_for(editor, "2 new, 0 changed", javascript=javascript)
    editor.open(f"/contracts/?q={mark}")
    assert editor.reads(f"Telecare {mark}")
    editor.page.go_back()
    keys.press("button", "Take the import back")
    wait_for(editor, "What was there before is there again", javascript=javascript)
    editor.open(f"/contracts/?q={mark}")
    assert not editor.reads(f"Telecare {mark}")
    assert not editor.complaints
