"""A double reading by three people in their browsers: on a phone without scripts, by keyboard, and asked yes or no."""

import os
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

FIRST, SECOND, THIRD = "analyst@loti.example", "analyst2@loti.example", "third@loti.example"
SCENE = """
from boroughs.actions import demo
from boroughs.models import Membership, User
from procurement.models import DemandMember
from tests.factories.picture import joint_demand
demo.load_people()
second = User.objects.get(email="analyst2@loti.example")
third = User.objects.create(email="third@loti.example", name="Third Analyst")
third.set_password(demo.PASSWORD)
third.save()
office = second.memberships.get()
Membership.objects.create(user=third, borough=office.borough, role=office.role)
for reference, title, boroughs in (
    ("JD-0001", "Telephony", ("barnet", "brent", "camden")),
    ("JD-0002", "Parking", ("hackney", "haringey")),
):
    joint_demand(*boroughs, title=title, reference=reference)
DemandMember.objects.update(strength=0.9)
"""
CONFIRMED = (
    "SELECT m.id FROM procurement_demandmember m JOIN procurement_jointdemand d ON d.id = m.demand_id "
    "WHERE d.reference = 'JD-0001' AND m.confirmed_at IS NOT NULL"
)
ADDRESS = "/demands/double-reading/?demand=JD-0001"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with site_with(SCENE) as made:
        yield made


def test_three_people_read_a_joint_demand_and_then_it_takes_effect(site: Site) -> None:
    phone = person(site.browser, site.address, email=FIRST, javascript=False)
    phone.page.set_viewport_size({"width": 390, "height": 844})
    phone.open(ADDRESS)
    phone.press("Save my answers")
    expect(
        phone.page.get_by_text("Your answers are saved. JD-0001 is not settled yet: more answers are needed.")
    ).to_be_visible()
    phone.press("Take my answers back")
    expect(phone.page.get_by_text("Your answers about JD-0001 are taken back.")).to_be_visible()
    phone.press("Save my answers")
    expect(phone.page.get_by_text("1 joint demand waits for you, 1 for colleagues.")).to_be_visible()

    keyboard = person(site.browser, site.address, email=SECOND)
    keyboard.open("/demands/review/?demand=JD-0001")
    assert keyboard.reads("1 analyst has answered about this joint demand in a double reading")
    keyboard.look("review-while-read")
    keyboard.page.locator(".govuk-inset-text").get_by_role("link", name="double reading").click()
    doubted = keyboard.page.get_by_role("checkbox", name="Telephony for Brent")
    expect(doubted).to_be_checked()
    keyboard.look("double-reading")
    doubted.focus()
    keyboard.page.keyboard.press("Space")
    keyboard.page.keyboard.press("Enter")
    expect(keyboard.page.get_by_role("alert")).to_be_focused()
    assert keyboard.reads("JD-0001 is not settled yet: more answers are needed.")
    assert site.stage.rows(CONFIRMED) == []

    third = person(site.browser, site.address, email=THIRD)
    third.open(ADDRESS)
    assert third.reads("Also in it, and not asked of you now")
    third.press("Save my answers")
    expect(third.page.get_by_role("alert")).to_be_visible()
    third.look("double-reading-error")
    third.page.get_by_role("link", name="Say whether N-").click()
    expect(third.page.get_by_role("radio", name="Belongs", exact=True)).to_be_focused()
    third.page.keyboard.press("Space")
    third.press("Save my answers")
    expect(third.page.get_by_text("JD-0001 is confirmed.")).to_be_visible()
    assert len(site.stage.rows(CONFIRMED)) == 3
    third.look("double-reading-effect")

    keyboard.open("/demands/double-reading/")
    keyboard.press("Save my answers")
    expect(keyboard.page.get_by_text("Nothing waits for you")).to_be_visible()
    assert keyboard.reads("1 joint demand waits for the answers of colleagues.")
    keyboard.look("double-reading-nothing")
