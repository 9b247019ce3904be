"""One picture, told to each as they may have it: the same figures are looked for on pages, in PDF, CSV and JSON.

Every borough states figures that stand nowhere else. Whose they are reads them, and analysts; the CDO's office and
other boroughs read names, counts and told figures, whichever face they open and however many snapshots.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pypdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from boroughs.models import Borough, Need, Role, User
from boroughs.permissions import COMMAND_LINE
from boroughs.templatetags.formatting import count, day
from procurement.actions import snapshots, telling_figures
from procurement.models import JointDemand, Participation, Snapshot
from procurement.pdf import reports
from procurement.picture.telling import EXACT, TOLD, Telling
from procurement.queries.told_figures import told_of
from tests.conftest import person
from tests.factories.boroughs import ContractFactory
from tests.factories.picture import joint_demand
from tests.factories.procurement import ParticipationFactory

pytestmark = pytest.mark.django_db

BOROUGHS = ("brent", "camden", "merton", "sutton")
# Who reads, and how a report is told to them.
TELLINGS = {"analyst": EXACT, "cdo": TOLD, "camden": Telling(own="camden"), "brent": Telling(own="brent")}


@dataclass(frozen=True)
class Stated:
    """What one borough's need says, and nothing else in this London."""

    users: int
    lowest: int
    highest: int
    ends: date
    incumbent: str

    @property
    def words(self) -> tuple[str, ...]:
        """In every form in which a face could write it."""
        amounts = [word for each in (self.users, self.lowest, self.highest) for word in (str(each), count(each))]
        return (*amounts, self.ends.isoformat(), day(self.ends), f"{self.ends:%b %Y}", self.incumbent)


STATED = {
    slug: Stated(
        users=10_103 + 1_009 * place,
        lowest=610_103 + 10_007 * place,
        highest=810_109 + 10_009 * place,
        ends=date(2041 + place, 1 + place, 17),
        incumbent=f"Vexillum{slug.title()}",
    )
    for place, slug in enumerate(BOROUGHS)
}
USERS, LOWEST, HIGHEST = (
    sum(getattr(each, name) for each in STATED.values()) for name in ("users", "lowest", "highest")
)
# Sums of budgets are nobody's but analysts' to read exactly; that of the users was told.
SUMS = (str(LOWEST), count(LOWEST), str(HIGHEST), count(HIGHEST))
# By how much one borough's users and budget grew, and the sums after that: none of them was told.
GROWN = 777
AFTER = tuple(word for each in (USERS, LOWEST, HIGHEST) for word in (str(each + GROWN), count(each + GROWN)))


@dataclass(frozen=True)
class Scene:
    demand: JointDemand
    first: Snapshot
    second: Snapshot
    told_on: str


@pytest.fixture
def scene() -> Scene:
    """A confirmed joint demand of four boroughs, told once; then one asks for more, which the rule keeps back."""
    demand = joint_demand(*BOROUGHS, title="Telephony", status=JointDemand.Status.CONFIRMED)
    for slug, each in STATED.items():
        Need.objects.filter(borough__slug=slug).update(
            users_count=each.users,
            budget_min=each.lowest,
            budget_max=each.highest,
            budget_basis=Need.BudgetBasis.WHOLE_LIFE,
            contract_end_date=each.ends,
            incumbent=each.incumbent,
        )
    _give_reasons(demand)
    # One register alone, so that every count of contracts is one borough's.
    brent = Borough.objects.get(slug="brent")
    ContractFactory(borough=brent)
    # One borough alone says where it stands, so that no two show each other their dates.
    ParticipationFactory(demand=demand, borough=Borough.objects.get(slug="merton"), stage=Participation.Stage.INTENDING)
    telling_figures.tell_figures(demand=demand)
    first = snapshots.take(by=COMMAND_LINE)
    grown = STATED["sutton"]
    Need.objects.filter(borough__slug="sutton").update(
        users_count=grown.users + GROWN,
        budget_min=grown.lowest + GROWN,
        budget_max=grown.highest + GROWN,
        revision=2,
    )
    telling_figures.tell_figures(demand=demand)
    joint_demand("brent", "camden", title="Fleet")
    ContractFactory(borough=brent, end_date=timezone.localdate() - timedelta(days=1))
    as_at = told_of(demand).users.as_at
    assert as_at is not None
    return Scene(demand, first, snapshots.take(by=COMMAND_LINE), day(as_at))


def _give_reasons(demand: JointDemand) -> None:
    for member in demand.members.select_related("need__borough"):
        each = STATED[member.need.borough.slug]
        member.reasons = [
            {"code": "same-product", "words": f"Others use {each.incumbent}", "weight": 3},
            {"code": "category", "words": "Wants telephony, as all others do", "weight": 2},
            {"code": "ends-apart", "words": f"Its contract ends on {day(each.ends)}", "weight": -1},
        ]
        member.save(update_fields=["reasons"])


def reader(who: str) -> User:
    if who in BOROUGHS:
        return person(Role.BOROUGH_READER, Borough.objects.get(slug=who))
    return person({"analyst": Role.LOTI_ANALYST, "cdo": Role.CDO_READER}[who])


def walk(who: str, scene: Scene) -> dict[str, str]:
    """Every face of the picture by its name, as this reader gets it."""
    client = Client()
    client.force_login(reader(who))
    found = {}
    for address in addresses(scene):
        answer = client.get(address)
        if answer.status_code == 200:
            found[address] = answer.content.decode()
    pdf = reports.render(
        "PICTURE", bytes(scene.second.content), telling=TELLINGS[who], previous=bytes(scene.first.content)
    )
    found |= {f"{scene.second.reference} {name}": text for name, text in _of_pdf(pdf.content).items()}
    return found


def addresses(scene: Scene) -> Iterable[str]:
    yield from (reverse(name) for name in ("home", "picture", "demand-list", "coverage", "coverage-csv"))
    yield from (reverse("api-demand-list"), reverse("report-list"))
    of_demand = ("detail", "requirements", "history", "volumes", "savings", "timeline", "participation", "record")
    for name in (*of_demand, "specification"):
        yield reverse(f"demand-{name}", args=[scene.demand.reference])
    for need in Need.objects.order_by("pk"):
        yield reverse("need-detail", args=[need.reference])
        yield reverse("demand-evidence", args=[scene.demand.reference, need.reference])
    for snapshot in (scene.first, scene.second):
        yield reverse("snapshot-json", args=[snapshot.reference])
    yield f"{reverse('snapshot-compare')}?from={scene.first.reference}&to={scene.second.reference}"


def _of_pdf(content: bytes) -> dict[str, str]:
    """The text of its pages with its metadata and bookmarks, and each attached file."""
    found = pypdf.PdfReader(BytesIO(content))
    pages = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in found.pages))
    attached = {name: files[0].decode() for name, files in found.attachments.items()}
    return {"pdf": f"{pages} {found.metadata} {found.outline}"} | attached


def holds(text: str, word: str) -> bool:
    """Whether the text has the word; a number only where it stands alone, for digests have any digits."""
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(word)}(?![0-9A-Za-z])", text) is not None


def whose(faces: Mapping[str, str]) -> dict[str, set[str]]:
    """Of each borough the faces that tell anything that it alone states."""
    return {
        slug: {name for name, text in faces.items() if any(holds(text, word) for word in stated.words)}
        for slug, stated in STATED.items()
    }


@pytest.mark.parametrize(("who", "reads"), [("cdo", set()), ("camden", {"camden"}), ("brent", {"brent"})])
def test_names_counts_and_told_figures_in_every_face(scene: Scene, who: str, reads: set[str]) -> None:
    faces = walk(who, scene)

    _only_their_own(faces, scene, reads)
    _told_figures_alike(faces, scene)
    _said_what_is_left_out(faces, scene)
    _no_total_of_each_day(faces, scene)
    _no_count_of_contracts(faces, scene)


def _only_their_own(faces: Mapping[str, str], scene: Scene, reads: set[str]) -> None:
    found = whose(faces)
    assert {slug: sorted(names) for slug, names in found.items() if names and slug not in reads} == {}
    for word in (*SUMS, *AFTER):
        assert not [name for name, text in faces.items() if holds(text, word)], word
    # One's own stands on its own page, and beside the need in the report.
    for slug in reads:
        assert any(name.startswith("/needs/") for name in found[slug])
        assert f"{scene.second.reference} pdf" in found[slug]


def _told_figures_alike(faces: Mapping[str, str], scene: Scene) -> None:
    detail = reverse("demand-detail", args=[scene.demand.reference])
    for name in (reverse("picture"), detail, f"{scene.second.reference} pdf"):
        assert holds(faces[name], count(USERS)), name
        assert f"as at {scene.told_on}" in faces[name], name
    assert holds(faces[f"{scene.second.reference} joint-demands.csv"], str(USERS))
    for snapshot in (scene.first, scene.second):
        assert _told(faces, snapshot, scene)["users"]["value"] == USERS


def _said_what_is_left_out(faces: Mapping[str, str], scene: Scene) -> None:
    pdf = faces[f"{scene.second.reference} pdf"]
    for words in ("Names, counts and told totals", "There is no total of all joint demands", "Brent"):
        assert words in pdf
    assert "Wants telephony, as all others do" in pdf
    for words in ("ntending", "Its contract ends"):
        assert words not in pdf
    left_out = pdf[pdf.index("What is left out of this report") :]
    for words in ("What boroughs have said", "When present contracts end", "Who supplies London today"):
        # In the list of what is left out, and in no heading or list of contents.
        assert (pdf.count(words), left_out.count(words)) == (1, 1), words
    for name, text in faces.items():
        if name.startswith(("/reports/", scene.second.reference)):
            assert "INTENDING" not in text, name


def _no_total_of_each_day(faces: Mapping[str, str], scene: Scene) -> None:
    """The totals of two days would give one borough's change. What is told stays until the rule lets go of more."""
    told = [_told(faces, snapshot, scene) for snapshot in (scene.first, scene.second)]
    assert told[0] == told[1]
    for snapshot in (scene.first, scene.second):
        units = {each["unit"] for each in _json(faces, snapshot)["figures"]}
        assert units <= {"needs", "authorities", "joint demands", "notices"}
    for name in (each for each in faces if each.startswith(reverse("snapshot-compare"))):
        assert "new, with Brent and Camden" in faces[name]
        assert "pounds" not in faces[name]


def _no_count_of_contracts(faces: Mapping[str, str], scene: Scene) -> None:
    """Brent has one more contract, which has ended: told of its register is in what state it is, and no more."""
    before, after = (
        {each["figure"]: each["value"] for each in _json(faces, snapshot)["figures"]}
        for snapshot in (scene.first, scene.second)
    )
    assert before["coverage-registers"] == after["coverage-registers"] == after["coverage-fresh"] == 1
    assert [key for key in after if key.startswith("coverage") and after[key] != before[key]] == []
    assert "Up to date 1 Brent" in faces[f"{scene.second.reference} pdf"]
    assert "although its end has passed" not in faces[f"{scene.second.reference} pdf"]


def test_analysts_read_all_of_it_so_the_scene_would_show_a_leak(scene: Scene) -> None:
    faces = walk("analyst", scene)

    for slug, found in whose(faces).items():
        assert {f"{scene.second.reference} pdf", reverse("demand-detail", args=[scene.demand.reference])} <= found, slug
    for word in (str(LOWEST + GROWN), str(USERS + GROWN), str(HIGHEST + GROWN)):
        for ending in (".json", ".csv"):
            assert [name for name, text in faces.items() if holds(text, word) and name.endswith(ending)], word + ending
    pdf = faces[f"{scene.second.reference} pdf"]
    for words in (f"{STATED['brent'].ends:%b %Y}", "ntending", "What boroughs have said", "Its contract ends"):
        assert words in pdf
    assert "1 contract is still in a register although its end has passed" in pdf
    sums = [
        next(each["value"] for each in _json(faces, snapshot)["figures"] if each["figure"] == "users")
        for snapshot in (scene.first, scene.second)
    ]
    assert sums == [USERS, USERS + GROWN]


def test_what_is_told_later_is_in_the_next_snapshot_with_its_day(scene: Scene) -> None:
    Need.objects.filter(demand_member__demand=scene.demand).update(users_count=20_011)
    telling_figures.tell_figures(demand=scene.demand)
    third = snapshots.take(by=COMMAND_LINE)
    client = Client()
    client.force_login(reader("cdo"))

    told = {
        each.reference: client.get(reverse("snapshot-json", args=[each.reference])).json()
        for each in Snapshot.objects.all()
    }

    users = {reference: _of(content, scene)["users"]["value"] for reference, content in told.items()}
    assert users == {scene.first.reference: USERS, scene.second.reference: USERS, third.reference: 4 * 20_011}


def _json(faces: Mapping[str, str], snapshot: Snapshot) -> Any:
    return json.loads(faces[reverse("snapshot-json", args=[snapshot.reference])])


def _told(faces: Mapping[str, str], snapshot: Snapshot, scene: Scene) -> Any:
    return _of(_json(faces, snapshot), scene)


def _of(content: Any, scene: Scene) -> Any:
    return next(each["told"] for each in content["demands"] if each["reference"] == scene.demand.reference)
