"""Three suppliers ask, two of them nearly the same; answers go out once, to everybody; one is corrected with its trace.

Suppliers work without scripts and without an account.
"""

import os
from collections.abc import Iterator

import pytest

from tests.e2e.browser import Person, person
from tests.e2e.outgoing import sent
from tests.e2e.site import Site, site_with

pytestmark = [
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.timeout(600),
    # The stage brings its own database; one pass of the suite is enough.
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="runs with the SQLite pass"),
]
ANALYST, MEMBER = "analyst@loti.example", "approver@camden.example"
NOTICE = "/notices/NT-0001/"
SCENE = """
from boroughs.actions import demo
from procurement.models import JointDemand
from tests.factories.notices import publish
from tests.factories.picture import joint_demand
demo.load_people()
demand = joint_demand(
    "camden", "brent", "barnet", "hackney", reference="JD-0001", status=JointDemand.Status.CONFIRMED,
    needs=dict(users_count=400, budget_min=120_000, budget_max=240_000, budget_basis="WHOLE_LIFE"),
)
publish(
    demand, title="Telephony for council officers and their contact centres",
    must_requirements=["Calls can be answered at home."],
)
"""
SUPPLIERS = {
    "ann@one.example": "Do officers need single sign-on, and with which identity provider?",
    "bob@two.example": "Is single sign-on needed for officers? With which identity provider?",
    "cid@three.example": "Who hosts it today?\n<b>And where?</b> https://three.example",
}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with site_with(SCENE) as made:
        yield made


def ask(supplier: Person, email: str, text: str) -> None:
    supplier.open(NOTICE)
    supplier.press("Ask a question")
    supplier.page.get_by_label("Your question").fill(text)
    supplier.page.get_by_label("Your e-mail address").fill(email)
    supplier.press("Send me the link to confirm")
    assert supplier.reads("Look into your mailbox")


def test_questions_from_the_first_to_a_corrected_answer(site: Site) -> None:
    supplier = person(site.browser, site.address, javascript=False)
    reader = person(site.browser, site.address)
    reader.open(f"{NOTICE}ask/")
    reader.look("ask")
    for email, text in SUPPLIERS.items():
        ask(supplier, email, text)
    letters = sent(site.stage)
    assert [letter.to for letter in letters] == list(SUPPLIERS)
    for letter in letters:
        supplier.open(letter.link)
        assert supplier.reads("Was this you?")
        supplier.press("Yes, confirm")
        assert supplier.reads("Your question on NT-0001 is with the authorities.")
    reader.open(NOTICE)
    assert reader.reads("3 questions wait for an answer. The first is due by ")
    assert not reader.reads("identity provider")
    reader.look("notice-with-waiting")

    _draft_one_for_two(site)
    analyst = person(site.browser, site.address, email=ANALYST)
    analyst.open(f"{NOTICE}questions/")
    analyst.press("Publish to everybody")
    assert analyst.reads("Question 1")
    reader.open(NOTICE)
    assert reader.reads("Yes, with the provider of each authority.")
    assert reader.reads("1 question waits for an answer.")
    _is_told_everywhere(site, supplier, "Yes, with the provider of each authority.")
    told = sent(site.stage)
    assert sorted(letter.to for letter in told) == ["ann@one.example", "bob@two.example"]
    assert all("is answered" in letter.text for letter in told)
    assert not sent(site.stage), "once to each"

    _correct(site, analyst)
    reader.open(NOTICE)
    assert reader.reads("No, not in the first year.")
    assert reader.reads("corrected on")
    reader.look("notice-with-answers")
    reader.open(f"{NOTICE}versions/2/")
    assert reader.reads("Yes, with the provider of each authority.")
    reader.open(f"{NOTICE}compare/?from=2&to=3")
    assert reader.reads("Answer to question 1 corrected: Two authorities have no provider yet.")
    reader.look("compare-answers")
    assert sorted(letter.to for letter in sent(site.stage)) == ["ann@one.example", "bob@two.example"]

    # The third is shown the published answers only where they are about the same.
    supplier.open(f"{NOTICE}ask/")
    supplier.page.get_by_label("Your question").fill("Which identity provider for single sign-on?")
    supplier.page.get_by_label("Your e-mail address").fill("dan@four.example")
    supplier.press("Send me the link to confirm")
    assert supplier.reads("Is it answered here?")
    _is_shown_what_is_alike(site)
    _tell_all_what_one_was_told(site, analyst)
    reader.open(NOTICE)
    assert reader.reads("The contract may start in two parts.")
    assert not reader.reads("Quiet Ltd")
    reader.look("notice-with-log")


def _is_told_everywhere(site: Site, reader: Person, answer: str) -> None:
    """In the moment in which the page tells it, every other face does."""
    request = reader.page.request
    (told,) = request.get(f"{site.address}/api/v1{NOTICE}").json()["questions"]
    assert told["answer"] == answer
    feed = request.get(f"{site.address}{NOTICE}feed.atom").text()
    assert "Question 1 answered." in feed
    assert answer in request.get(f"{site.address}/api/1.0/ocdsReleasePackages/ocds-213czf-jd-0001").text()


def _tell_all_what_one_was_told(site: Site, analyst: Person) -> None:
    member = person(site.browser, site.address, email=MEMBER)
    member.open(NOTICE)
    member.follow("Engagement log")
    member.press("Write down what suppliers were told")
    member.page.get_by_label("Meeting").check()
    for part, value in (("Day", "2"), ("Month", "11"), ("Year", "2026")):
        member.page.get_by_label(part, exact=True).fill(value)
    member.page.get_by_label("What were suppliers told?").fill("The contract may start in two parts.")
    member.page.get_by_label("Who took part?").fill("Quiet Ltd")
    member.look("engagement-write")
    member.press("Save for a second person")
    member.look("engagement-log")
    analyst.open(f"{NOTICE}engagement/")
    analyst.press("Publish to everybody")
    assert analyst.reads("Published with version 4.")


def _draft_one_for_two(site: Site) -> None:
    member = person(site.browser, site.address, email=MEMBER)
    member.open(NOTICE)
    member.follow("Answer suppliers’ questions")
    assert member.reads("2 ask nearly the same.")
    assert member.reads("<b>And where?</b> https://three.example"), "markup is text"
    assert not any(email in member.page.content() for email in SUPPLIERS)
    member.look("desk")
    member.follow("Draft an answer")
    assert member.page.get_by_role("checkbox").is_checked()
    member.page.get_by_label("The answer").fill("Yes, with the provider of each authority.")
    member.look("draft-answer")
    member.press("Save for a second person")
    assert member.reads("You wrote this, so somebody else must publish it.")
    member.look("desk-drafted")


def _correct(site: Site, analyst: Person) -> None:
    member = person(site.browser, site.address, email=MEMBER)
    member.open(f"{NOTICE}questions/")
    member.follow("Correct the answer")
    member.page.get_by_label("The answer", exact=True).fill("No, not in the first year.")
    member.page.get_by_label("Why is the answer corrected?").fill("Two authorities have no provider yet.")
    member.press("Save for a second person")
    analyst.open(f"{NOTICE}questions/")
    analyst.look("desk-correction")
    analyst.press("Publish to everybody")


def _is_shown_what_is_alike(site: Site) -> None:
    """The page that shows answers which are alike, with scripts."""
    reader = person(site.browser, site.address)
    reader.open(f"{NOTICE}ask/")
    reader.page.get_by_label("Your question").fill("Which identity provider for single sign-on?")
    reader.page.get_by_label("Your e-mail address").fill("dan@four.example")
    reader.press("Send me the link to confirm")
    assert reader.reads("Your question is not sent yet.")
    reader.look("ask-alike")
