"""The pages of one joint demand: what they say, to whom, and what they cost."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Borough, Need, Role, User
from procurement.matching.embed import PreparedEmbedder
from procurement.models import (
    Coalition,
    CommonRequirement,
    DemandMember,
    JointDemand,
    LineageEvent,
    Overlap,
    Participation,
    RequirementStance,
    TextVector,
)
from tests.conftest import person
from tests.factories.boroughs import BoroughFactory, NeedFactory, RequirementFactory, UserFactory
from tests.factories.picture import joint_demand
from tests.factories.procurement import CoalitionFactory, DemandMemberFactory, JointDemandFactory, MatchRunFactory
from tests.factories.standings import requirement

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub_embedder")]

REASONS = [
    {"code": "category", "words": "Both are about telephony", "weight": 0.4},
    {"code": "incumbent", "words": "Both say the product in use today is SECRET", "weight": 0.2},
    {"code": "other-kind", "words": "One wants software, the other hardware", "weight": -0.1},
    {"code": "ends-apart", "words": "Contracts end more than 18 months apart", "weight": 0.0},
]
# What none of the others asks for.
OWN = {
    "camden": "Lifts keep their alarm lines.",
    "brent": "Welsh greetings at weekends.",
    "hackney": "Voicemail as text.",
}


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(html.unescape(answer.content.decode()).split())


def need_of(demand: JointDemand, slug: str) -> Need:
    return Need.objects.get(demand_member__demand=demand, borough__slug=slug)


def overlap(first: Need, second: Need, *, score: float = 0.6, probability: float = 0.9) -> None:
    low, high = sorted((first, second), key=lambda need: need.pk)
    Overlap.objects.create(first=low, second=high, score=score, probability=probability, reasons=REASONS)


def accept(demand: JointDemand, *slugs: str) -> None:
    for slug in slugs:
        borough, at = Borough.objects.get(slug=slug), timezone.now()
        Participation.objects.create(
            demand=demand, borough=borough, stage=Participation.Stage.WATCHING, accepted_at=at, moved_at=at
        )


@pytest.fixture
def demand() -> JointDemand:
    """Three boroughs, whose needs overlap and ask for things."""
    made: JointDemand = joint_demand("camden", "brent", "hackney")
    needs = [need_of(made, slug) for slug in ("camden", "brent", "hackney")]
    for need in needs:
        RequirementFactory(need=need, position=1, text=f"Calls are recorded. {need.borough.name} wants it.")
        RequirementFactory(need=need, position=2, text=OWN[need.borough.slug])
    overlap(needs[0], needs[1], score=0.7)
    overlap(needs[0], needs[2], score=0.5, probability=0.6)
    return made


def evidence(client: Client, user: User, demand: JointDemand, slug: str, query: str = "") -> str:
    client.force_login(user)
    return text(client, f"/demands/{demand.reference}/needs/{need_of(demand, slug).reference}/{query}")


# --- the way between them -------------------------------------------------------------------------------------------


def test_each_page_leads_to_the_others_and_marks_itself(client: Client, reader: User, demand: JointDemand) -> None:
    client.force_login(reader)
    base = f"/demands/{demand.reference}/"
    for page, words in (
        ("", "Overview"),
        ("requirements/", "Requirements"),
        ("participation/", "Participation"),
        ("history/", "History"),
    ):
        shown = text(client, base + page)
        assert f'aria-label="Pages of {demand.reference}"' in shown
        assert re.findall(r'aria-current="page">(\w+)</a></li>', shown) == [words]
        for other in ("", "requirements/", "participation/", "history/"):
            assert f'href="{base}{other}"' in shown


def test_retired_one_leads_to_what_is_left(client: Client, reader: User) -> None:
    retired = joint_demand(status=JointDemand.Status.RETIRED, retired_at=timezone.now())
    client.force_login(reader)
    shown = text(client, f"/demands/{retired.reference}/")
    assert "is retired" in shown
    assert f"/demands/{retired.reference}/history/" in shown
    assert f"/demands/{retired.reference}/requirements/" not in shown
    answer = client.get(f"/demands/{retired.reference}/requirements/")
    assert answer.headers["Location"] == f"/demands/{retired.reference}/"


def test_merged_one_forwards_to_where_it_went_and_keeps_its_history(
    client: Client, reader: User, demand: JointDemand
) -> None:
    gone = JointDemandFactory(status=JointDemand.Status.RETIRED, retired_at=timezone.now(), merged_into=demand)
    client.force_login(reader)
    shown = html.unescape(client.get(f"/demands/{gone.reference}/", follow=True).content.decode())
    assert demand.title in shown
    assert f"{gone.reference} went into this joint demand." in shown
    assert "It went into" in text(client, f"/demands/{gone.reference}/history/")
    need = demand.members.get(need__borough__slug="camden").need
    bookmarked = client.get(f"/demands/{gone.reference}/needs/{need.reference}/")
    assert bookmarked.headers["Location"] == f"/demands/{demand.reference}/needs/{need.reference}/"


# --- overview -------------------------------------------------------------------------------------------------------


def test_overview_says_how_full_it_is_who_leads_and_who_is_missing(
    client: Client, reader: User, demand: JointDemand
) -> None:
    brent = Borough.objects.get(slug="brent")
    approver = person(Role.BOROUGH_APPROVER, brent)
    Coalition.objects.create(
        demand=demand,
        quorum=2,
        depth="TENDER",
        decision_date="2099-03-31",
        if_missed="END",
        lead=brent,
        lead_agreed_at=timezone.now(),
        updated_at=timezone.now(),
    )
    Participation.objects.create(
        demand=demand,
        borough=brent,
        stage=Participation.Stage.COMMITTED,
        depth="TENDER",
        accepted_at=timezone.now(),
        committed_by=approver,
    )
    client.force_login(reader)
    shown = text(client, f"/demands/{demand.reference}/")
    assert "1 of 2</span> committed, decision by 31 March 2099" in shown
    assert "<strong>Brent</strong> leads" in shown
    assert "<dd>Camden and Hackney</dd>" in shown.partition("Not answered yet</strong>")[2][:200]
    assert "<title>Brent: Committed, leads</title>" in shown
    assert "<title>Camden: Not answered yet</title>" in shown


def test_overview_leads_to_the_evidence_and_it_back(client: Client, reader: User, demand: JointDemand) -> None:
    client.force_login(reader)
    for slug in ("camden", "brent"):
        address = f"/demands/{demand.reference}/needs/{need_of(demand, slug).reference}/"
        assert f'href="{address}"' in text(client, f"/demands/{demand.reference}/")
        assert f'href="/demands/{demand.reference}/#members"' in text(client, address)


def test_contract_ends_are_shown_to_boroughs_that_both_accepted(
    client: Client, reader: User, cdo: User, analyst: User, demand: JointDemand
) -> None:
    for slug, end in (("camden", "2031-01-31"), ("brent", "2032-02-28"), ("hackney", "2033-03-31")):
        Need.objects.filter(pk=need_of(demand, slug).pk).update(contract_end_date=end)
    address = f"/demands/{demand.reference}/"

    def known(user: User) -> list[str]:
        client.force_login(user)
        shown = text(client, address)
        return [each for each in ("31 January 2031", "28 February 2032", "31 March 2033") if each in shown]

    assert known(reader) == ["31 January 2031"]
    accept(demand, "brent")
    assert known(reader) == ["31 January 2031"]
    accept(demand, "camden")
    assert known(reader) == ["31 January 2031", "28 February 2032"]
    assert (len(known(analyst)), len(known(cdo))) == (3, 0)


def test_members_of_a_large_one_come_in_pages(client: Client, reader: User) -> None:
    demand = joint_demand(*(f"borough-{number:02d}" for number in range(45)))
    client.force_login(reader)
    address = f"/demands/{demand.reference}/"
    first, second = text(client, address), text(client, f"{address}?members=2")
    assert (first.count('<li class="loti-member">'), second.count('<li class="loti-member">')) == (40, 5)


# --- evidence -------------------------------------------------------------------------------------------------------


def test_evidence_has_the_strongest_first_with_what_speaks_for_and_against(
    client: Client, analyst: User, demand: JointDemand
) -> None:
    shown = evidence(client, analyst, demand, "camden")
    assert shown.index("Telephony for Brent") < shown.index("Telephony for Hackney")
    for words in (
        "Both are about telephony",
        "SECRET",
        "One wants software, the other hardware",
        "If both gave the same kind of thing: 80% instead of 70%",
    ):
        assert words in shown


@pytest.mark.parametrize(
    ("reason", "against", "change"),
    [
        ({"code": "other-meaning", "words": "Not much alike", "weight": 0.06}, True, ""),
        ({"code": "meaning", "words": "Much alike", "weight": 0.06}, False, ""),
        ({"code": "thin", "words": "Empty", "weight": -0.2}, True, "at least one of these: problem"),
        ({"code": "other-category", "words": "Elsewhere", "weight": -0.02}, True, "filed under the same category"),
        # So little may be nothing.
        ({"code": "other-category", "words": "Elsewhere", "weight": -0.01}, True, ""),
    ],
)
def test_evidence_tells_what_speaks_against_and_what_would_change_it(
    client: Client, analyst: User, demand: JointDemand, reason: dict[str, Any], against: bool, change: str
) -> None:
    Overlap.objects.update(reasons=[reason])
    shown = evidence(client, analyst, demand, "camden")
    assert (reason["words"] in shown.partition("Speaks against it")[2]) == against
    assert ("What would make it stronger" in shown, change in shown) == (bool(change), True)


def test_evidence_of_a_confirmed_need_says_so_in_place_of_how_strong_it_is(
    client: Client, analyst: User, demand: JointDemand
) -> None:
    assert "Belongs, an analyst said" not in evidence(client, analyst, demand, "camden")
    demand.members.update(confirmed_at=timezone.now(), band=DemandMember.Band.STRONG, strength=0.2)
    shown = evidence(client, analyst, demand, "camden")
    assert re.search(r"Belongs, an analyst said</strong> Overlap with the other needs: 20% on average", shown)


def test_evidence_says_which_requirement_meets_which(client: Client, analyst: User, demand: JointDemand) -> None:
    shown = evidence(client, analyst, demand, "camden")
    assert re.search(
        r"Calls are recorded\. Camden wants it\.</td> ?<td[^>]*>Calls are recorded\. Brent wants it", shown
    )
    assert OWN["brent"] in shown.partition("Requirements that meet none")[2]


def test_borough_reads_lines_and_dates_only_once_both_have_accepted(
    client: Client, reader: User, demand: JointDemand
) -> None:
    told = ("Calls are recorded. Brent wants it.", OWN["brent"], "Contracts end more than 18 months apart")

    def known(slug: str) -> list[str]:
        shown = evidence(client, reader, demand, slug)
        assert "Both are about telephony" in shown
        assert "SECRET" not in shown
        return [words for words in told if words in shown]

    assert known("camden") == known("brent") == []
    accept(demand, "camden")
    assert known("camden") == known("brent") == []
    accept(demand, "brent")
    assert known("camden") == known("brent") == list(told)
    # Hackney has not accepted: of Brent's overlap with it nothing is told, though Brent's own lines could be.
    assert "Hackney wants it" not in evidence(client, reader, demand, "camden")
    Participation.objects.filter(borough__slug="camden").delete()
    assert known("camden") == []


def test_another_member_is_compared_on_request(client: Client, analyst: User, demand: JointDemand) -> None:
    hackney = need_of(demand, "hackney").reference
    shown = evidence(client, analyst, demand, "brent", f"?with={hackney}")
    assert "Compared with one need" in shown
    assert "The last run found no overlap to speak of" in shown
    assert re.search(r"Calls are recorded\. Brent wants it\.</td> ?<td[^>]*>Calls are recorded\. Hackney", shown)
    assert "Telephony for Camden" in shown.partition("The other needs")[2]


def test_evidence_is_of_open_members_alone(client: Client, analyst: User, demand: JointDemand) -> None:
    client.force_login(analyst)
    outside, closed = NeedFactory(), need_of(demand, "hackney")
    Need.objects.filter(pk=closed.pk).update(status=Need.Status.DRAFT)
    for reference in (outside.reference, closed.reference, "N-1"):
        assert client.get(f"/demands/{demand.reference}/needs/{reference}/").status_code == 404


def test_words_decide_while_many_texts_are_unknown_to_the_model(
    client: Client, analyst: User, demand: JointDemand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("procurement.queries.evidence.FEW", -1)

    def encode(*_: object) -> None:
        raise AssertionError("The model was asked while somebody waits.")

    monkeypatch.setattr(PreparedEmbedder, "encode", encode)
    assert "Calls are recorded. Camden wants it." in evidence(client, analyst, demand, "camden")


def test_looking_at_evidence_keeps_nothing(client: Client, analyst: User, demand: JointDemand) -> None:
    evidence(client, analyst, demand, "camden")
    assert not TextVector.objects.exists()


# --- history --------------------------------------------------------------------------------------------------------


def test_lineage_is_told_and_linked_on_both_sides(client: Client, reader: User, demand: JointDemand) -> None:
    gone, young = JointDemandFactory(), JointDemandFactory()
    at, kinds = timezone.now(), LineageEvent.Kind
    LineageEvent.objects.create(demand=gone, at=at, kind=kinds.MERGED, other_reference=demand.reference)
    LineageEvent.objects.create(demand=young, at=at, kind=kinds.SPLIT, other_reference=demand.reference)
    client.force_login(reader)
    shown = text(client, f"/demands/{demand.reference}/history/")
    assert f"{gone.reference} went into this joint demand." in shown
    assert f"{young.reference} split off from this joint demand." in shown
    for other, words in ((gone, "Went into"), (young, "Split off from")):
        assert f'href="/demands/{other.reference}/history/"' in shown
        theirs = text(client, f"/demands/{other.reference}/history/")
        assert f"{words} {demand.reference}." in theirs
        assert f'href="/demands/{demand.reference}/history/"' in theirs


# --- what they cost -------------------------------------------------------------------------------------------------


@pytest.fixture
def whole_london(stub_embedder: None) -> JointDemand:
    """33 boroughs with ten needs each, overlaps with one of them, everybody interested, and a dozen lines agreed."""
    demand: JointDemand = JointDemandFactory()
    boroughs = [BoroughFactory(slug=f"b-{number:02d}", name=f"Borough {number:02d}") for number in range(33)]
    needs = [NeedFactory(borough=borough) for borough in boroughs for _ in range(10)]
    for need in needs:
        DemandMemberFactory(demand=demand, need=need)
        RequirementFactory(need=need, position=1)
    for other in needs[1:]:
        overlap(needs[0], other)
    for borough in boroughs:
        offers = {"offered_at": timezone.now()} if borough in boroughs[:3] else {}
        Participation.objects.create(
            demand=demand, borough=borough, stage="INTERESTED", depth="TENDER", accepted_at=timezone.now(), **offers
        )
    MatchRunFactory()
    CoalitionFactory(demand=demand, lead=boroughs[0])
    for number in range(1, 13):
        agreed(boroughs, requirement(demand, number, f"Line {number}"))
    return demand


def agreed(boroughs: list[Borough], row: CommonRequirement) -> None:
    now, by = timezone.now(), UserFactory()
    RequirementStance.objects.bulk_create(
        RequirementStance(
            requirement=row, borough=borough, kind="ACCEPTS", wording=row.wording, given_at=now, given_by=by
        )
        for borough in boroughs
    )
    CommonRequirement.objects.filter(pk=row.pk).update(status="AGREED", agreed_at=now, agreed_by=by)


# Of every page: what who leads can open, and of those what everybody can.
PAGES = (
    "",
    "requirements/",
    "history/",
    "participation/",
    "timeline/",
    "volumes/",
    "savings/",
    "specification/",
    "specification/1/",
    "specification/versions/",
    "experience/",
    "record/",
)
OF_WHO_LEADS = (
    "participation/terms/",
    "participation/of/b-00/",
    "participation/of/b-00/lead/b-01/",
    "specification/freeze/",
    "specification/1/edit/",
    "specification/1/of/b-00/",
    "specification/1/of/b-00/wording/",
)


@pytest.mark.parametrize("role", [Role.BOROUGH_APPROVER, Role.LOTI_ANALYST, Role.CDO_READER])
def test_every_page_asks_at_most_a_dozen_queries_with_all_of_london_in_it(
    client: Client,
    whole_london: JointDemand,
    role: Role,
    django_assert_max_num_queries: Callable[[int], DjangoAssertNumQueries],
) -> None:
    first = whole_london.members.order_by("pk").first()
    assert first is not None
    borough = first.need.borough if role == Role.BOROUGH_APPROVER else None
    client.force_login(person(role, borough))
    base = f"/demands/{whole_london.reference}/"
    leads = OF_WHO_LEADS if role == Role.BOROUGH_APPROVER else ()
    for page in (*PAGES, f"needs/{first.need.reference}/", *leads):
        with django_assert_max_num_queries(12):
            assert client.get(base + page).status_code == 200
    with django_assert_max_num_queries(12):
        assert client.get("/demands/?borough=b-01").status_code == 200
    if role == Role.LOTI_ANALYST:
        JointDemand.objects.update(pinned_at=timezone.now())
        with django_assert_max_num_queries(12):
            assert client.get(f"{base}suggestions/").status_code == 200
