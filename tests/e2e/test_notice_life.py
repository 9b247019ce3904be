"""A notice's whole life by three people without scripts: page, paper, PDF, API and open data agree at every step."""

import io
import os
import re
from collections.abc import Iterator
from typing import Any

import pypdf
import pytest

from tests.e2e.browser import Person, person
from tests.e2e.site import Site, site_with

pytestmark = [
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.timeout(600),
    # The stage brings its own database; one pass of the suite is enough.
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="runs with the SQLite pass"),
]
ANALYST, SECOND = "analyst@loti.example", "analyst2@loti.example"
NOTICE = "/notices/NT-0001/"
# As long as the form lets them be.
LONG = " ".join(f"Sentence number {n} is about calls and lines." for n in range(25))
SCENE = f"""
from boroughs.actions import demo
from procurement.models import JointDemand
from tests.factories.notices import agree, draft
from tests.factories.picture import joint_demand
demo.load_people()
demand = joint_demand(
    "camden", "brent", "barnet", "hackney", reference="JD-0001", status=JointDemand.Status.CONFIRMED,
    needs=dict(users_count=400, budget_min=120_000, budget_max=240_000, budget_basis="WHOLE_LIFE"),
)
draft(
    demand, title="Telephony for council officers and their contact centres", problem={LONG!r},
    users_description={LONG!r}, must_requirements=[f"Must line number {{n}}." for n in range(1, 9)],
)
agree(demand)
"""
LEFT = """
from boroughs.models import Borough
from procurement.models import JointDemand, Participation
Participation.objects.create(
    demand=JointDemand.objects.get(), borough=Borough.objects.get(slug="hackney"),
    stage=Participation.Stage.DECLINED, reason=Participation.DeclineReason.TIMING,
)
"""
AGREED_AGAIN = """
from procurement.models import JointDemand
from tests.factories.notices import agree_again
agree_again(JointDemand.objects.get())
"""
# Height of a phone's screen, and how far down the first screen goes.
PHONE = {"width": 390, "height": 844}
TEXTS = ("title", "summary", "problem", "users", "work_done", "market_engagement", "setup", "buying_together")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with site_with(SCENE) as made:
        yield made


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b]", "", text)


def text_of(content: bytes) -> str:
    return squeezed("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages))


def approve(second: Person, name: str = "Approve and publish") -> None:
    second.open(f"{NOTICE}preview/")
    second.press(name)


def correct(analyst: Person, reason: str, changes: dict[str, str]) -> None:
    """The next version, from the notice's own page to the proposal."""
    analyst.open(NOTICE)
    analyst.press("Prepare the next version")
    analyst.open(f"{NOTICE}edit/")
    for label, text in changes.items():
        analyst.page.get_by_label(label).fill(text)
    analyst.press("Save and preview")
    analyst.page.get_by_label("What has changed, and why?").fill(reason)
    analyst.press("Propose for publication")


def agree(supplier: Person, number: int) -> dict[str, Any]:
    """Every face of the version that stands now, against what the API says of it. Returns that."""
    request = supplier.page.request
    api: dict[str, Any] = request.get(f"{supplier.address}/api/v1{NOTICE}").json()
    assert api["version"] == number
    supplier.open(NOTICE)
    shown = squeezed(supplier.page.get_by_role("main").text_content() or "")
    paper = text_of(supplier.page.pdf())
    file = text_of(request.get(f"{supplier.address}{NOTICE}versions/{number}/notice.pdf").body())
    packages = request.get(f"{supplier.address}/api/1.0/ocdsReleasePackages/ocds-213czf-jd-0001").json()
    (release,) = (one for one in packages["releases"] if one["id"].endswith(f"-nt-0001-{number}"))
    said = [*(api[key] for key in TEXTS), *api["must"], *api["should"], *(each["name"] for each in api["boroughs"])]
    for face in (shown, paper, file):
        for value in said:
            assert squeezed(value) in re.sub("Readtherestoftheproblem|Readtherestabouttheusers", "", face), value
        assert api["digest"] in face
    opened = squeezed(str(release))
    assert release["title"] == api["title"]
    assert all(squeezed(line) in opened for line in (*api["must"], api["reason"]))
    buyers = {party["name"] for party in release["parties"] if "buyer" in party["roles"]}
    assert buyers == {each["official_name"] for each in api["boroughs"]}
    supplier.open(f"{NOTICE}versions/{number}/")
    assert squeezed(api["title"]) in squeezed(supplier.page.get_by_role("main").text_content() or "")
    return api


def is_on_first_screen(supplier: Person) -> None:
    """On a phone: the problem and the users, and of the musts at most five before the detail."""
    supplier.page.set_viewport_size(PHONE)
    supplier.open(NOTICE)
    main = supplier.page.get_by_role("main")
    for heading in ("Problem to be solved", "Who the users are and what they need"):
        text = main.get_by_role("heading", name=heading).locator("xpath=following-sibling::p[1]")
        box = text.bounding_box()
        assert box
        assert box["y"] + box["height"] <= PHONE["height"], heading
    musts = main.get_by_role("heading", name="The solution must").locator("xpath=following-sibling::ul[1]/li")
    assert musts.count() == 5
    assert not main.get_by_text("Must line number 6.").is_visible()
    main.get_by_text("Show 3 more").click()
    assert main.get_by_text("Must line number 6.").is_visible()
    supplier.page.set_viewport_size({"width": 1280, "height": 900})


def test_every_face_agrees_from_proposal_to_withdrawal(site: Site) -> None:
    made = site.stage
    analyst, second = (person(site.browser, site.address, email=who, javascript=False) for who in (ANALYST, SECOND))
    supplier = person(site.browser, site.address, javascript=False)
    # What looks for faults is a script itself.
    looker = person(site.browser, site.address)

    analyst.open(f"{NOTICE}preview/")
    analyst.press("Propose for publication")
    assert supplier.page.request.get(site.address + NOTICE).status == 404, "nobody approved it yet"
    approve(second)
    api = [agree(supplier, 1)]
    is_on_first_screen(supplier)

    correct(analyst, "The title said too much.", {"Title": "Telephony"})
    assert agree(supplier, 1)["title"] == api[0]["title"], "the board waits for the second person"
    approve(second)
    assert second.reads("Brent has not agreed to be named in this notice."), "not to this title"
    made.manage("shell", "-v0", "-c", AGREED_AGAIN)
    approve(second)
    api.append(agree(supplier, 2))
    correct(analyst, "We ask for less.", {"The solution must": "Must line number 2.\nMust line number 9."})
    approve(second)
    api.append(agree(supplier, 3))
    made.manage("shell", "-v0", "-c", LEFT)
    correct(analyst, "Hackney left.", {})
    approve(second)
    api.append(agree(supplier, 4))
    analyst.open(f"{NOTICE}withdraw/")
    analyst.page.get_by_label("Why is the notice withdrawn?").fill("The boroughs chose another way.")
    analyst.press("Propose to withdraw")
    approve(second, "Approve and withdraw")
    api.append(agree(supplier, 5))
    assert [each["state"] for each in api] == ["OPEN"] * 4 + ["WITHDRAWN"]

    supplier.open(NOTICE)
    supplier.follow("What changed from the first version to the last")
    for said in (
        *("The title said too much.", "We ask for less.", "Hackney left.", "The boroughs chose another way."),
        *("Removed: Must line number 1.", "Added: Must line number 9.", "Left: Hackney"),
    ):
        assert supplier.reads(said), said
    looker.open(supplier.page.url.removeprefix(site.address))
    looker.look("notice-compare")
    supplier.page.get_by_label("From").select_option("3")
    supplier.page.get_by_label("To", exact=True).select_option("4")
    supplier.press("Compare")
    assert supplier.reads("Left: Hackney")
    assert not supplier.reads("Must line number 9.")
    supplier.open(NOTICE)
    supplier.page.get_by_text("See what stood here on a day").click()
    supplier.page.get_by_label("Day").fill(api[-1]["published_at"][:10])
    supplier.press("Show")
    assert supplier.reads("This is version 5 of 5")
    looker.open(supplier.page.url.removeprefix(site.address))
    looker.look("notice-as-at")
    supplier.open(f"{NOTICE}versions/1/")
    looker.open(supplier.page.url.removeprefix(site.address))
    looker.look("notice-long")
    assert made.manage("verify_publications").startswith("5 versions verify.")
    assert [one.complaints for one in (analyst, second, supplier, looker)] == [[], [], [], []]
