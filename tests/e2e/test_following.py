"""A supplier follows a search from the first look to the one click that ends it: by keyboard, without scripts."""

import os
from collections.abc import Iterator
from typing import Literal

import pytest

from tests.e2e.browser import Person, person
from tests.e2e.outgoing import Mail, sent
from tests.e2e.site import Site, site_with
from tests.e2e.test_logging_a_need import Keyboard
from tests.scale.stage import Stage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.timeout(600),
    # The stage brings its own database; one pass of the suite is enough.
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="runs with the SQLite pass"),
]
Role = Literal["button", "link", "searchbox", "textbox"]
EMAIL = "ann@one.example"
# Each is proposed; each publication and correction is made later, by a program of its own.
SCENE = """
from boroughs.actions import demo
from procurement.models import JointDemand
from tests.factories.notices import proposed
from tests.factories.picture import joint_demand
demo.load_people()
for number, title in enumerate({titles!r}, start=1):
    demand = joint_demand(
        "camden", "brent", "barnet", reference=f"JD-{{number:04}}", status=JointDemand.Status.CONFIRMED,
        needs=dict(users_count=400, budget_min=120_000, budget_max=240_000, budget_basis="WHOLE_LIFE"),
    )
    proposed(demand, title=title, summary=title, must_requirements=["It works."])
"""
PUBLISH = """
from boroughs.models import User
from procurement.actions import notices
from procurement.models import Notice
notices.publish(notice=Notice.objects.get(reference={notice!r}), by=User.objects.get(email="analyst2@loti.example"))
"""
CORRECT = """
from boroughs.models import User
from procurement.models import Notice
from tests.factories.boroughs import UserFactory
from tests.factories.notices import correct
UserFactory.reset_sequence(1_000 + User.objects.count())
correct(Notice.objects.get(reference={notice!r}), {reason!r}, summary={summary!r})
"""
BEFORE, FIRST, SECOND = (
    "Telecare alarms",
    "Telecare alarms in sheltered homes",
    "Telecare alarms that work without a line",
)
OTHER = "Parking permits"
TITLES = (BEFORE, OTHER, FIRST, SECOND, f"{OTHER} again")


def publish(made: Stage, notice: str) -> None:
    made.manage("shell", "-v0", "-c", PUBLISH.format(notice=notice))


def correct(made: Stage, notice: str, reason: str) -> None:
    made.manage("shell", "-v0", "-c", CORRECT.format(notice=notice, reason=reason, summary=f"{reason} It is new."))


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with site_with(SCENE.format(titles=TITLES)) as made:
        publish(made.stage, "NT-0001")
        publish(made.stage, "NT-0002")
        yield made


def reach(someone: Person, role: Role, name: str) -> None:
    """From where the focus is by the Tab key alone, as a person without a mouse gets there."""
    Keyboard(someone).reach(someone.page.get_by_role("main").get_by_role(role, name=name).first)


def enter(someone: Person, role: Role, name: str) -> None:
    reach(someone, role, name)
    with someone.page.expect_navigation():
        someone.page.keyboard.press("Enter")


def follow_the_search(supplier: Person) -> None:
    """Search the board and ask for an alert; on the way it says what it would have sent."""
    supplier.open("/board/")
    reach(supplier, "searchbox", "Search")
    supplier.page.keyboard.type("telecare")
    with supplier.page.expect_navigation():
        supplier.page.keyboard.press("Enter")
    assert supplier.reads("1 notice found")
    enter(supplier, "link", "By e-mail")
    assert supplier.reads("Search: telecare")
    assert supplier.reads("In the last 30 days 1 publication would have been in your e-mails")
    assert supplier.reads(BEFORE)
    reach(supplier, "textbox", "Your e-mail address")
    supplier.page.keyboard.type(EMAIL)
    # The Tab key leads to the choice that is made; arrows move it.
    supplier.page.keyboard.press("Tab")
    supplier.page.keyboard.press("ArrowUp")
    assert supplier.page.get_by_label("At once").is_checked()
    enter(supplier, "button", "Send me the link to confirm")
    assert supplier.reads("Look into your mailbox")


def the_one(letters: list[Mail], what: str) -> Mail:
    assert [(letter.to, letter.subject) for letter in letters] == [(EMAIL, what)]
    return letters[0]


def test_a_search_is_saved_confirmed_told_muted_and_ended(site: Site) -> None:
    made = site.stage
    supplier = person(site.browser, site.address, javascript=False)
    looker = person(site.browser, site.address)
    follow_the_search(supplier)
    (asked,) = sent(made)
    assert asked.to == EMAIL
    assert "List-Unsubscribe" not in asked.headers, "there is nothing to end yet"
    publish(made, "NT-0003")
    assert not sent(made), "nobody is told before the mailbox said yes"

    supplier.open(asked.link)
    assert supplier.reads("Follow Search: telecare, and be told at once.")
    enter(supplier, "button", "Yes, confirm")
    assert supplier.reads("What you follow")
    looker.open(supplier.page.url.removeprefix(site.address))
    looker.look("following")
    enter(supplier, "link", "What it would have sent last month")
    assert supplier.reads(FIRST)
    looker.open(supplier.page.url.removeprefix(site.address))
    looker.look("following-preview")

    publish(made, "NT-0004")
    publish(made, "NT-0005")
    told = the_one(sent(made), f"New notice: {SECOND}")
    assert "- Search: telecare" in told.body
    supplier.open(told.path("notices"))
    assert supplier.reads(SECOND)

    mute(supplier, looker, told)
    correct(made, "NT-0004", "A longer trial.")
    assert not sent(made), "it is muted"
    correct(made, "NT-0003", "More homes.")
    told = the_one(sent(made), f"Changed: {FIRST}")
    assert "Why: More homes." in told.body

    end_from_the_head(site, told)
    correct(made, "NT-0003", "Fewer homes.")
    assert not sent(made), "it is ended"
    supplier.open(told.own_page)
    assert supplier.reads("You follow nothing at present")


def mute(supplier: Person, looker: Person, told: Mail) -> None:
    """Hear no more of one notice; the mail's link asks first."""
    supplier.open(told.path(r"following/[^/\s]+/mute"))
    looker.open(told.path(r"following/[^/\s]+/mute"))
    looker.look("following-mute")
    assert supplier.reads("Hear no more of this notice?")
    enter(supplier, "button", "Hear no more of it")
    assert supplier.reads(f"You hear no more of it: {SECOND}.")
    assert supplier.reads("Notices that you hear no more of")


def end_from_the_head(site: Site, told: Mail) -> None:
    """As a mailbox does it (RFC 8058): one POST, without a cookie, to the address in the e-mail's head."""
    answer = site.browser.new_context().request.post(told.one_click, form={"List-Unsubscribe": "One-Click"})
    assert answer.status == 200


def test_the_link_in_the_mail_ends_it_by_a_button(site: Site) -> None:
    made = site.stage
    supplier = person(site.browser, site.address, javascript=False)
    supplier.open("/board/follow/?q=parking")
    reach(supplier, "textbox", "Your e-mail address")
    supplier.page.keyboard.type(EMAIL)
    supplier.page.keyboard.press("Tab")
    supplier.page.keyboard.press("ArrowUp")
    enter(supplier, "button", "Send me the link to confirm")
    supplier.open(sent(made)[0].link)
    enter(supplier, "button", "Yes, confirm")
    correct(made, "NT-0002", "Other streets.")
    told = the_one(sent(made), f"Changed: {OTHER}")

    supplier.open(told.path("stop"))
    assert supplier.reads("Stop these e-mails?")
    correct(made, "NT-0002", "Yet other streets.")
    # A mail scanner that reads the link ends nothing.
    told = the_one(sent(made), f"Changed: {OTHER}")
    enter(supplier, "button", "Stop them")
    assert supplier.reads("You get no more of these e-mails")
    looker = person(site.browser, site.address)
    looker.open(told.path("stop"))
    looker.look("following-stop")
    correct(made, "NT-0002", "The first streets again.")
    assert not sent(made), "it is ended"
