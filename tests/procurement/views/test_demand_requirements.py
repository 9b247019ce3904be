"""What the page of requirements says the members ask for alike, and to whom."""

import html
import re
from dataclasses import asdict

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from boroughs.models import Borough, Need, User
from procurement.matching.align import Alignment, Difference, Line, Priority, Requirement, StandingTerm
from procurement.models import Alignment as StoredAlignment
from procurement.models import JointDemand, Participation
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


def page(client: Client, user: User, demand: JointDemand, query: str = "") -> str:
    client.force_login(user)
    answer = client.get(f"/demands/{demand.reference}/requirements/{query}")
    assert answer.status_code == 200
    return " ".join(html.unescape(answer.content.decode()).split())


def part(shown: str, title: str) -> str:
    """From the heading to the next one of its level; "" where there is no such heading."""
    _, found, rest = shown.partition(f">{title}</h2>")
    return rest.partition("<h2")[0] if found else ""


def requirement(shown: str, text: str) -> str:
    """What the page says of one requirement."""
    for each in part(shown, "One by one").split('<li class="loti-requirement"')[1:]:
        if text in each.partition("</h3>")[0]:
            return each
    return ""


def states(shown: str, text: str) -> dict[str, str]:
    """Of one requirement, the boroughs under each word."""
    found = {}
    for row in requirement(shown, text).split('<div class="loti-states__row">')[1:]:
        words, _, rest = row.partition("</dt>")
        names = re.sub(r"<[^>]+>", "", rest.partition("<dd>")[2].partition("</dd>")[0])
        found[re.sub(r"<[^>]+>", "", words).split(maxsplit=1)[1].strip()] = names
    return found


def accept(demand: JointDemand, *slugs: str) -> None:
    for slug in slugs:
        borough, at = Borough.objects.get(slug=slug), timezone.now()
        Participation.objects.create(
            demand=demand, borough=borough, stage=Participation.Stage.WATCHING, accepted_at=at, moved_at=at
        )


def test_office_reads_who_asks_for_the_same_differs_clashes_or_does_not_ask(
    client: Client, analyst: User, demand: JointDemand
) -> None:
    shown = page(client, analyst, demand)
    assert states(shown, "Record calls BRENT") == {"Same": "Brent, Camden, Hackney, Islington", "Absent": "Lambeth"}
    assert states(shown, "Keep calls BRENT") == {
        "Differs": "Brent (90 days), Camden (30 days), Hackney (30 days)",
        "Clashes": "Lambeth",
        "Absent": "Islington",
    }
    most = requirement(shown, "Record calls BRENT")
    for words in ("4 of 5 boroughs", "Must", "<strong>Islington</strong>: Record calls ISLINGTON"):
        assert words in most
    assert 'Record calls HACKNEY <span class="loti-quiet">(from a description)</span>' in most
    keep = requirement(shown, "Keep calls BRENT")
    assert "<strong>Lambeth says the opposite:</strong> Keep no calls LAMBETH" in keep
    assert "Possibly the same" in requirement(shown, "Queue calls CAMDEN")
    assert "Possibly the same" not in most
    assert "Lambeth, 1 line" in part(shown, "Only in one borough")
    assert "Data protection, 2 of 5 boroughs" in part(shown, "Usual terms")


def test_matrix_has_a_column_for_each_borough_and_says_each_cell_in_words(
    client: Client, analyst: User, demand: JointDemand
) -> None:
    shown = page(client, analyst, demand)
    head, _, body = shown.partition("<tbody>")
    columns = re.findall(r'<th scope="col">([^<]+)</th>', head)
    assert columns == ["Brent", "Camden", "Hackney", "Islington", "Lambeth"]
    row = next(each for each in body.split("</tr>") if "Keep calls" in each)
    cells = [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<td.*?</td>", row)]
    assert cells == ["≠ Differs 90 days", "≠ Differs 30 days", "≠ Differs 30 days", "– Absent", "✕ Clashes"]


def test_cell_says_must_or_should_where_boroughs_do_not_agree_on_that(client: Client, analyst: User) -> None:
    demand = joint_demand("camden", "brent")
    musts, shoulds = (
        line(demand, "camden", "Record calls"),
        line(demand, "brent", "Record calls", priority="should"),
    )
    found = Requirement(musts.text, (musts, shoulds), ("brent", "camden"), 1.0, 0.6, "must")
    store(demand, Alignment(owners=("brent", "camden"), common=(found,)))
    assert states(page(client, analyst, demand), "Record calls") == {"Same": "Brent (Should), Camden (Must)"}


def test_what_is_to_agree_on_can_be_read_alone(client: Client, analyst: User, demand: JointDemand) -> None:
    assert "To agree on (2)" in page(client, analyst, demand)
    shown = page(client, analyst, demand, "?show=agree")
    assert requirement(shown, "Keep calls")
    assert not requirement(shown, "Record calls")


def test_borough_reads_its_own_lines_and_how_many_of_three_or_more_ask_for_the_same(
    client: Client, reader: User, demand: JointDemand
) -> None:
    shown = page(client, reader, demand)
    most = requirement(shown, "Record calls CAMDEN")
    assert "4 of 5 boroughs" in most
    assert states(shown, "Record calls CAMDEN") == {
        "Same": "Camden",
        "Not shared yet": "Brent, Hackney, Islington, Lambeth",
    }
    assert requirement(shown, "Keep calls CAMDEN")
    own = part(shown, "Other lines that you may read")
    for words in ("Queue calls CAMDEN", "Voicemail CAMDEN", "Lifts CAMDEN"):
        assert words in own
    assert "GDPR CAMDEN" in part(shown, "Usual terms")


def test_borough_reads_nothing_that_another_one_wrote(client: Client, reader: User, demand: JointDemand) -> None:
    shown = page(client, reader, demand)
    for owner in FIVE[1:]:
        assert owner.upper() not in shown
    # Nor values, who says otherwise, which topics others have, or that the two of them ask for the same.
    for words in ("30 days", "90 days", "opposite", "To agree on", "Possibly the same", "Social value", "2 of 5"):
        assert words not in shown


def test_acceptance_of_one_side_alone_shows_nothing(client: Client, reader: User, demand: JointDemand) -> None:
    def content() -> str:
        return page(client, reader, demand).partition("<main")[2].partition("</main>")[0]

    before = content()
    accept(demand, "brent")
    assert content() == before
    Participation.objects.all().delete()
    accept(demand, "camden")
    assert content() == before


def test_boroughs_that_both_accepted_read_each_other_and_nobody_else(
    client: Client, reader: User, demand: JointDemand
) -> None:
    accept(demand, "camden", "brent")
    shown = page(client, reader, demand)
    assert states(shown, "Keep calls BRENT") == {
        "Differs": "Brent (90 days), Camden (30 days)",
        "Not shared yet": "Hackney, Islington, Lambeth",
    }
    # Two are enough where both may be read.
    assert states(shown, "Voicemail BRENT")["Same"] == "Brent, Camden"
    assert "3 of 5 boroughs" in requirement(shown, "Handsets BRENT")
    for owner in FIVE[2:]:
        assert owner.upper() not in shown
    assert "opposite" not in shown


def test_number_of_all_is_not_told_where_it_tells_of_one(client: Client, reader: User, demand: JointDemand) -> None:
    accept(demand, *FIVE[:4])
    shown = page(client, reader, demand)
    # Lambeth alone is hidden: that four of five ask for it would say that Lambeth does not.
    assert requirement(shown, "Record calls BRENT")
    assert "of 5 boroughs" not in shown
    assert "LAMBETH" not in shown


def test_borough_that_is_no_member_reads_nothing(client: Client, reader: User, demand: JointDemand) -> None:
    Need.objects.filter(borough__slug="camden").update(borough=Borough.objects.get(slug="brent"))
    shown = page(client, reader, demand)
    assert "but not what the needs in them ask for" in shown
    assert "One by one" not in shown


@pytest.mark.parametrize("role", ["cdo", "administrator"])
def test_who_may_open_no_need_reads_no_line(
    client: Client, demand: JointDemand, role: str, request: pytest.FixtureRequest
) -> None:
    shown = page(client, request.getfixturevalue(role), demand)
    assert "but not what the needs in them ask for" in shown
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


def test_says_so_where_there_are_no_lines(client: Client, analyst: User) -> None:
    demand = joint_demand("camden", "brent")
    store(demand, Alignment(owners=("brent", "camden")))
    assert "No requirements yet" in page(client, analyst, demand)


def test_guests_are_counted_as_authorities(client: Client, analyst: User) -> None:
    demand = joint_demand("camden", "brent")
    Borough.objects.filter(slug="brent").update(kind=Borough.Kind.GUEST)
    store(demand, Alignment(owners=("brent", "camden"), common=(asked(demand, "Record calls", "camden", "brent"),)))
    assert "2 of 2 authorities" in page(client, analyst, demand)


def test_words_of_a_borough_are_text(client: Client, analyst: User) -> None:
    demand = joint_demand("camden", "brent")
    store(demand, Alignment(owners=("brent", "camden"), common=(asked(demand, "<script>alert(1)", "camden", "brent"),)))
    client.force_login(analyst)
    assert b"<script>alert" not in client.get(f"/demands/{demand.reference}/requirements/").content


def test_page_asks_as_much_with_many_lines_as_without(client: Client, analyst: User, demand: JointDemand) -> None:
    bare = joint_demand("camden", "brent")
    store(bare, Alignment(owners=("brent", "camden")))
    client.force_login(analyst)
    counted = []
    for each in (bare, demand):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/demands/{each.reference}/requirements/")
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 12
