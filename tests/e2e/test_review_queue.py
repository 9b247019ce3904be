"""The review queue in a browser: by single keys, by Tab and Enter alone, and a joint demand split and merged."""

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

ANALYST, SECOND = "analyst@loti.example", "analyst2@loti.example"
SCENE = """
from django.utils import timezone
from boroughs.actions import demo
from boroughs.models import Need, NeedRevision, User
from procurement.actions import demands
from procurement.models import DemandMember, Overlap
from tests.factories.picture import joint_demand
demo.load_people()
analyst = User.objects.get(email="analyst2@loti.example")
made = [
    joint_demand(*boroughs, title=title, reference=reference)
    for reference, title, boroughs in (
        ("JD-0001", "Telephony", ("barnet", "brent", "camden", "ealing")),
        ("JD-0002", "Call centre", ("hackney", "haringey")),
        ("JD-0003", "Parking", ("lambeth", "merton", "newham")),
        ("JD-0004", "Fleet", ("bexley", "bromley", "southwark", "sutton")),
    )
]
DemandMember.objects.update(strength=0.52, band="LIKELY")
first, second = (each.members.order_by("pk")[0].need for each in made[:2])
Overlap.objects.create(first=first, second=second, score=0.52, probability=0.6)
demands.confirm(demand=made[2], by=analyst)
moved = made[2].members.order_by("pk")[0].need
content = {"title": moved.title, "problem": "Officers type every permit twice.\\n\\nResidents wait for a week.",
           "requirements": [{"text": "Permits are virtual"}]}
NeedRevision.objects.create(need=moved, number=1, content=content, at=timezone.now(), actor="editor@lambeth.example")
Need.objects.filter(pk=moved.pk).update(problem="Barriers at the depot do not open for electric vans.", revision=2)
DemandMember.objects.filter(need=moved).update(moved_at=timezone.now())
"""
CONFIRMED = (
    "SELECT d.reference FROM procurement_demandmember m JOIN procurement_jointdemand d ON d.id = m.demand_id "
    "WHERE m.confirmed_at IS NOT NULL"
)

MEMBERS = (
    "SELECT n.reference FROM procurement_demandmember m JOIN procurement_jointdemand d ON d.id = m.demand_id "
    "JOIN boroughs_need n ON n.id = m.need_id WHERE d.reference = 'JD-0004'"
)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with site_with(SCENE) as made:
        yield made


def confirmed(site: Site, reference: str) -> int:
    """How many members of this joint demand are confirmed."""
    rows = site.stage.rows(CONFIRMED)
    return sum(1 for (each,) in rows if each == reference)


def test_keys_do_nothing_until_they_are_switched_on(site: Site) -> None:
    analyst = person(site.browser, site.address, email=ANALYST)
    analyst.open("/demands/review/?demand=JD-0001")
    switch = analyst.page.get_by_role("button", name="Answer with single keys")
    expect(switch).to_have_attribute("aria-pressed", "false")
    analyst.page.keyboard.press("j")
    analyst.page.keyboard.press("b")
    assert confirmed(site, "JD-0001") == 0

    switch.focus()
    analyst.page.keyboard.press("Enter")
    expect(switch).to_have_attribute("aria-pressed", "true")
    analyst.page.keyboard.press("j")
    expect(analyst.page.locator(".loti-member").first).to_be_focused()
    analyst.look("review-keys")
    # A reason is typed, not obeyed.
    analyst.page.keyboard.press("r")
    analyst.page.keyboard.type("bxn because they said so")
    analyst.page.keyboard.press("Escape")
    assert confirmed(site, "JD-0001") == 0
    analyst.page.keyboard.press("Shift+Tab")
    analyst.page.keyboard.press("b")
    expect(analyst.page.get_by_text("belongs here.")).to_be_visible()
    assert confirmed(site, "JD-0001") == 1
    reasons = site.stage.rows("SELECT reason FROM procurement_reviewanswer WHERE kind = 'BELONGS' AND reason <> ''")
    assert reasons == [("bxn because they said so",)]
    # It is remembered, and another answer is taken back by a key.
    expect(analyst.page.get_by_role("button", name="Answer with single keys")).to_have_attribute("aria-pressed", "true")
    analyst.page.keyboard.press("u")
    expect(analyst.page.get_by_text("Your last answer is taken back.")).to_be_visible()
    assert confirmed(site, "JD-0001") == 0
    analyst.page.keyboard.press("n")
    expect(analyst.page.get_by_text("It comes after the others")).to_be_visible()


def test_key_pressed_again_takes_out_the_need_that_was_asked_of_and_no_other(site: Site) -> None:
    analyst = person(site.browser, site.address, email=SECOND)
    analyst.open("/demands/review/?demand=JD-0004")
    before = set(site.stage.rows(MEMBERS))
    analyst.press("Answer with single keys")
    for _ in range(3):
        analyst.page.keyboard.press("j")
    card = analyst.page.locator(".loti-member").nth(2)
    expect(card).to_be_focused()
    need = card.get_attribute("id")
    analyst.page.keyboard.press("x")
    expect(analyst.page).to_have_title(re.compile(f"Are you sure about {need}?"))
    expect(analyst.page.locator("[data-asked-again]")).to_be_focused()
    analyst.look("review-asked-again")
    # No: the reading goes on where it was.
    analyst.page.keyboard.press("n")
    expect(analyst.page.get_by_text("Nothing has changed.")).to_be_visible()
    assert set(site.stage.rows(MEMBERS)) == before
    analyst.page.keyboard.press("j")
    expect(analyst.page.locator(f"#{need}")).to_be_focused()
    analyst.page.keyboard.press("x")
    expect(analyst.page.locator("[data-asked-again]")).to_be_focused()
    analyst.page.keyboard.press("x")
    expect(analyst.page.get_by_text("is out, and stays out in later runs.")).to_be_visible()
    assert set(site.stage.rows(MEMBERS)) == before - {(need,)}
    analyst.page.keyboard.press("u")
    expect(analyst.page.get_by_text("Your last answer is taken back.")).to_be_visible()
    assert set(site.stage.rows(MEMBERS)) == before


def test_answer_is_asked_for_again_without_scripts_where_it_is_seen(site: Site) -> None:
    analyst = person(site.browser, site.address, email=SECOND, javascript=False)
    analyst.page.set_viewport_size({"width": 390, "height": 900})
    analyst.open("/demands/review/?demand=JD-0004")
    before = set(site.stage.rows(MEMBERS))
    analyst.page.locator(".loti-member").nth(2).get_by_role("button", name="Does not belong").click()
    for name in ("Yes, take it out", "No, leave it in"):
        expect(analyst.page.get_by_role("button", name=name)).to_be_in_viewport()
    analyst.press("No, leave it in")
    expect(analyst.page.get_by_text("Nothing has changed.")).to_be_in_viewport()
    assert set(site.stage.rows(MEMBERS)) == before


def test_tab_and_enter_answer_without_scripts(site: Site) -> None:
    analyst = person(site.browser, site.address, email=ANALYST, javascript=False)
    analyst.open("/demands/review/?demand=JD-0002")
    for _ in range(60):
        analyst.page.keyboard.press("Tab")
        if analyst.page.locator("button[value=CONFIRMED]:focus").count():
            break
    analyst.page.keyboard.press("Enter")
    expect(analyst.page.get_by_text("JD-0002 is settled, with 2 boroughs and 2 needs.")).to_be_visible()
    assert confirmed(site, "JD-0002") == 2


def test_moved_text_is_read_then_and_now(site: Site) -> None:
    analyst = person(site.browser, site.address, email=SECOND)
    analyst.open("/demands/review/?demand=JD-0003")
    assert analyst.reads("Officers type every permit twice.")
    assert analyst.reads("Barriers at the depot")
    analyst.look("review-moved")
    analyst.press("Still belongs")
    expect(analyst.page.get_by_text("belongs here.")).to_be_visible()


def test_split_and_merger_go_through_a_page_that_says_what_they_do(site: Site) -> None:
    analyst = person(site.browser, site.address, email=SECOND)
    analyst.open("/demands/JD-0001/")
    analyst.follow("Split off needs")
    analyst.press("Continue")
    analyst.look("split-errors")
    for name in ("Telephony for Camden", "Telephony for Ealing"):
        analyst.page.get_by_label(name).check()
    analyst.page.get_by_label("Title of the new joint demand").fill("Contact centre")
    analyst.look("split-form")
    analyst.press("Continue")
    analyst.look("split-check")
    analyst.press("Split")
    expect(analyst.page.get_by_text("2 needs moved.")).to_be_visible()
    analyst.look("split-done")
    analyst.follow("Merge with another joint demand")
    analyst.page.get_by_label("Find another joint demand").fill("telephony")
    analyst.press("Search")
    analyst.look("merge-search")
    analyst.follow("Telephony")
    analyst.look("merge-check")
    analyst.press("Merge")
    expect(analyst.page.get_by_text("JD-0005 is part of JD-0001 now.")).to_be_visible()
    analyst.open("/demands/JD-0005/split/")
    assert analyst.page.url.endswith("/demands/JD-0001/split/")
    assert analyst.reads("JD-0005 went into this joint demand.")
    analyst.open("/demands/review/")
    analyst.press("Take it back")
    expect(analyst.page.get_by_text("Your last answer is taken back.")).to_be_visible()
    analyst.open("/demands/JD-0005/")
    assert analyst.reads("Contact centre")
