"""What a joint demand's page says its members ask for alike, and to whom."""

import html
from dataclasses import asdict

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from boroughs.models import Borough, Need, User
from procurement.matching.align import Alignment, Difference, Line, Priority, Requirement, StandingTerm
from procurement.models import Alignment as StoredAlignment
from procurement.models import JointDemand
from procurement.models.alignment import key_of
from tests.factories.picture import joint_demand

pytestmark = pytest.mark.django_db

FIVE = ("camden", "brent", "hackney", "islington", "lambeth")


def line(demand: JointDemand, owner: str, text: str, *, priority: Priority = "must", prose: bool = False) -> Line:
    """What the need of this borough says; its words end with the borough's name, so that a test can tell whose."""
    need = Need.objects.get(demand_member__demand=demand, borough__slug=owner)
    return Line(need.reference, owner, 0, f"{text} {owner.upper()}", prose, "" if prose else priority)


def asked(
    demand: JointDemand,
    text: str,
    *owners: str,
    strength: float = 0.6,
    differences: tuple[Difference, ...] = (),
    against: tuple[Line, ...] = (),
) -> Requirement:
    lines = tuple(line(demand, owner, text, prose=owner == "hackney") for owner in owners)
    return Requirement(
        lines[0].text, lines, tuple(sorted(owners)), len(owners) / 5, strength, "must", differences, against
    )


def store(demand: JointDemand, found: Alignment) -> None:
    members = Need.objects.filter(demand_member__demand=demand).values_list("reference", "revision")
    StoredAlignment.objects.create(
        demand=demand, key=key_of(members), content=asdict(found), computed_at=timezone.now()
    )


@pytest.fixture
def demand() -> JointDemand:
    """Five boroughs; of each kind of finding one that Camden has a part in, and one that it has none in."""
    demand: JointDemand = joint_demand(*FIVE)
    values = Difference("time", (("30 days", ("camden", "hackney")), ("90 days", ("brent",))))
    others = Difference("time", (("two years", ("hackney",)), ("six years", ("lambeth",))))
    store(
        demand,
        Alignment(
            owners=tuple(sorted(FIVE)),
            common=(
                asked(demand, "Record calls", "brent", "camden", "hackney", "islington"),
                asked(
                    demand,
                    "Keep calls",
                    "brent",
                    "camden",
                    "hackney",
                    differences=(values,),
                    against=(line(demand, "lambeth", "Keep no calls"),),
                ),
                asked(demand, "Queue calls", "camden", "brent", "lambeth", strength=0.4),
                asked(demand, "Handsets", "brent", "islington", "lambeth"),
            ),
            shared=(
                asked(demand, "Voicemail", "brent", "camden"),
                asked(demand, "Archive", "hackney", "lambeth", differences=(others,)),
            ),
            specific=(
                ("camden", (line(demand, "camden", "Lifts"),)),
                ("lambeth", (line(demand, "lambeth", "Welsh"),)),
            ),
            standing=(
                StandingTerm(
                    "Data protection",
                    (line(demand, "camden", "GDPR"), line(demand, "brent", "GDPR")),
                    ("brent", "camden"),
                ),
                StandingTerm("Social value", (line(demand, "brent", "Apprentices"),), ("brent",)),
            ),
        ),
    )
    return demand


def page(client: Client, user: User, demand: JointDemand) -> str:
    client.force_login(user)
    answer = client.get(f"/demands/{demand.reference}/")
    assert answer.status_code == 200
    return " ".join(html.unescape(answer.content.decode()).split())


def section(shown: str, title: str) -> str:
    """From the heading to the next one; "" where there is no such heading."""
    _, found, rest = shown.partition(f">{title}</h3>")
    return rest.partition("<h")[0] if found else ""


def test_office_reads_every_line_in_its_section(client: Client, analyst: User, demand: JointDemand) -> None:
    shown = page(client, analyst, demand)
    most = section(shown, "Asked for by most")
    for words in (
        "Record calls BRENT",
        "4 of 5 boroughs",
        "Must",
        "<strong>Islington</strong>: Record calls ISLINGTON",
    ):
        assert words in most
    assert 'Record calls HACKNEY <span class="loti-quiet">(from a description)</span>' in most
    assert "Handsets" in most
    assert "Keep calls" not in most
    assert "Queue calls" not in most
    assert "Voicemail" in section(shown, "Asked for by some")
    assert "Queue calls LAMBETH" in section(shown, "Possibly the same")
    assert "Lambeth, 1 line" in section(shown, "Only in one borough")
    assert "Data protection, 2 of 5 boroughs" in section(shown, "Usual terms")


def test_office_reads_values_side_by_side_and_who_says_the_opposite(
    client: Client, analyst: User, demand: JointDemand
) -> None:
    differing = section(page(client, analyst, demand), "To agree on")
    for words in (
        "Camden, Hackney",
        "30 days",
        "Brent",
        "90 days",
        "Lambeth says the opposite:",
        "Keep no calls LAMBETH",
    ):
        assert words in differing


def test_borough_reads_its_own_lines_and_how_many_of_three_or_more_ask_for_the_same(
    client: Client, reader: User, demand: JointDemand
) -> None:
    shown = page(client, reader, demand)
    most = section(shown, "Asked for by most")
    assert "Record calls CAMDEN" in most
    assert "4 of 5 boroughs" in most
    assert "Keep calls CAMDEN" in most
    own = section(shown, "Other lines of yours")
    for words in ("Queue calls CAMDEN", "Voicemail CAMDEN", "Lifts CAMDEN"):
        assert words in own
    assert "GDPR CAMDEN" in section(shown, "Usual terms")


def test_borough_reads_nothing_that_another_one_wrote(client: Client, reader: User, demand: JointDemand) -> None:
    shown = page(client, reader, demand)
    for owner in FIVE[1:]:
        assert owner.upper() not in shown
    # Nor values, who says otherwise, which topics others have, or that the two of them ask for the same.
    for words in ("30 days", "90 days", "opposite", "To agree on", "Possibly the same", "Social value", "2 of 5"):
        assert words not in shown


def test_borough_that_is_no_member_reads_nothing(client: Client, reader: User, demand: JointDemand) -> None:
    Need.objects.filter(borough__slug="camden").update(borough=Borough.objects.get(slug="brent"))
    assert "What they ask for" not in page(client, reader, demand)


@pytest.mark.parametrize("role", ["cdo", "administrator"])
def test_who_may_open_no_need_reads_no_line(
    client: Client, demand: JointDemand, role: str, request: pytest.FixtureRequest
) -> None:
    shown = page(client, request.getfixturevalue(role), demand)
    assert "What they ask for" not in shown
    assert "CAMDEN" not in shown


def test_changed_member_hides_what_was_found(client: Client, analyst: User, demand: JointDemand) -> None:
    Need.objects.filter(borough__slug="brent").update(revision=2)
    shown = page(client, analyst, demand)
    assert "is being worked out" in shown
    assert "Record calls" not in shown


def test_need_that_went_back_to_its_borough_is_not_shown(client: Client, analyst: User, demand: JointDemand) -> None:
    Need.objects.filter(borough__slug="lambeth").update(status=Need.Status.DRAFT)
    shown = page(client, analyst, demand)
    assert "is being worked out" in shown
    assert "LAMBETH" not in shown


def test_no_heading_where_there_are_no_lines(client: Client, analyst: User) -> None:
    demand = joint_demand("camden", "brent")
    store(demand, Alignment(owners=("brent", "camden")))
    assert "What they ask for" not in page(client, analyst, demand)


def test_guests_are_counted_as_authorities(client: Client, analyst: User) -> None:
    demand = joint_demand("camden", "brent")
    Borough.objects.filter(slug="brent").update(kind=Borough.Kind.GUEST)
    store(demand, Alignment(owners=("brent", "camden"), common=(asked(demand, "Record calls", "camden", "brent"),)))
    assert "2 of 2 authorities" in page(client, analyst, demand)


def test_words_of_a_borough_are_text(client: Client, analyst: User) -> None:
    demand = joint_demand("camden", "brent")
    store(demand, Alignment(owners=("brent", "camden"), common=(asked(demand, "<script>alert(1)", "camden", "brent"),)))
    client.force_login(analyst)
    assert b"<script>alert" not in client.get(f"/demands/{demand.reference}/").content


def test_page_asks_as_much_with_many_lines_as_without(client: Client, analyst: User, demand: JointDemand) -> None:
    bare = joint_demand("camden", "brent")
    store(bare, Alignment(owners=("brent", "camden")))
    client.force_login(analyst)
    counted = []
    for each in (bare, demand):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/demands/{each.reference}/")
        counted.append(len(queries))
    assert counted[0] == counted[1]
