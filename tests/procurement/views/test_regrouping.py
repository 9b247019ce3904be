"""The pages that split and merge joint demands, and where their addresses lead from then on."""

import html

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Borough, Need, User
from procurement.actions import demands, merging, notices
from procurement.models import JointDemand, Overlap
from procurement.queries.shown import as_shown
from tests.factories.boroughs import NeedFactory, UserFactory
from tests.factories.picture import joint_demand
from tests.factories.procurement import DemandMemberFactory
from tests.factories.standings import Stage, requirement, standing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calibration")]


@pytest.fixture
def office(client: Client, analyst: User) -> Client:
    client.force_login(analyst)
    return client


@pytest.fixture
def demand() -> JointDemand:
    return joint_demand("barnet", "brent", "camden", "sutton", title="Telephony")


def text(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def send(client: Client, address: str, data: dict[str, object]) -> str:
    answer = client.post(address, data, follow=True)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def references(demand: JointDemand, *slugs: str) -> list[str]:
    return sorted(
        Need.objects.filter(demand_member__demand=demand, borough__slug__in=slugs).values_list("reference", flat=True)
    )


def split_address(demand: JointDemand) -> str:
    return f"/demands/{demand.reference}/split/"


def merge_address(demand: JointDemand) -> str:
    return f"/demands/{demand.reference}/merge/"


def test_split_is_said_before_it_is_done(office: Client, demand: JointDemand) -> None:
    page = text(office, split_address(demand))
    assert page.count('type="checkbox"') == 4
    data: dict[str, object] = {
        "needs": references(demand, "camden", "sutton"),
        "title": "Call centre",
        "reason": "Another service",
    }
    page = send(office, split_address(demand), data)
    assert "“Call centre”, a new joint demand" in page
    assert f"Stay in {demand.reference}" in page
    assert JointDemand.objects.count() == 1
    page = send(office, split_address(demand), data | {"sure": "yes"})
    made = JointDemand.objects.get(title="Call centre")
    assert f"2 needs moved. {demand.reference} now has 2 boroughs and 2 needs." in page
    assert f"{made.reference} now has 2 boroughs and 2 needs." in page
    page = text(office, f"/demands/{made.reference}/history/")
    assert f"Split off from {demand.reference}." in page
    assert f"{demand.reference} split off from this" not in page
    assert "Reason: Another service" in page
    assert f"{made.reference} was split off." in text(office, f"/demands/{demand.reference}/history/")


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (["sutton"], "They are of one borough only, so they are free"),
        (["barnet", "brent", "camden"], "They are of one borough only, so they are free"),
    ],
)
def test_side_of_one_borough_is_said_to_be_free(
    office: Client, demand: JointDemand, chosen: list[str], words: str
) -> None:
    page = send(office, split_address(demand), {"needs": references(demand, *chosen), "title": "x"})
    assert words in page
    left = page[page.index(f"Leave {demand.reference}") : page.index(f"Stay in {demand.reference}")]
    assert "Telephony for Sutton" in left
    assert "Telephony for Brent" not in left


def test_end_of_it_all_is_said(office: Client) -> None:
    pair = joint_demand("ealing", "merton")
    page = send(office, split_address(pair), {"needs": references(pair, "ealing"), "title": "x"})
    assert f"{pair.reference} is retired and all its needs are free" in page


@pytest.mark.parametrize(
    ("slugs", "title", "words"),
    [
        ([], "x", "Choose the needs to split off"),
        (["barnet", "brent", "camden", "sutton"], "x", "Choose some of the needs, not all of them"),
        (["camden", "sutton"], "", "Enter a title for the new joint demand"),
        (["camden", "sutton"], "x" * 101, "The title must be 100 characters or fewer"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    office: Client, demand: JointDemand, slugs: list[str], title: str, words: str
) -> None:
    data: dict[str, object] = {"needs": references(demand, *slugs), "title": title, "reason": "Because", "sure": "yes"}
    page = send(office, split_address(demand), data)
    assert words in page
    assert "Error: " in page
    assert 'value="Because"' in page
    assert page.count("checked") == len(slugs)
    assert JointDemand.objects.count() == 1


def test_merger_is_said_before_it_is_done(office: Client, demand: JointDemand) -> None:
    other = joint_demand("camden", "ealing", title="Call centre")
    standing(other, Borough.objects.get(slug="ealing"), Stage.INTERESTED)
    requirement(other, 1, "Calls are recorded")
    assert f"?with={other.reference}" in text(office, f"{merge_address(demand)}?q=call")
    page = text(office, f"{merge_address(demand)}?with={other.reference.lower()}")
    assert f"its address will lead to {demand.reference}" in page
    assert "4 before, 5 after" in page
    assert "in both: Camden" in page
    assert "Common requirements that move" in page
    page = send(office, merge_address(demand), {"other": other.reference, "reason": "Same thing"})
    assert f"2 needs moved. {demand.reference} now has 5 boroughs and 6 needs." in page
    assert f"{other.reference} is part of {demand.reference} now." in page
    assert f"Took in {other.reference}." in text(office, f"/demands/{demand.reference}/history/")


def test_those_that_overlap_are_suggested_first(office: Client, demand: JointDemand) -> None:
    far, near = joint_demand("ealing", "merton", title="Far"), joint_demand("bexley", "bromley", title="Near")
    ours = demand.members.first()
    assert ours is not None
    for other, score in ((far, 0.4), (near, 0.6)):
        theirs = other.members.first()
        assert theirs is not None
        Overlap.objects.create(first=ours.need, second=theirs.need, score=score, probability=0.5)
    page = text(office, merge_address(demand))
    assert page.index("Near") < page.index("Far")
    assert "60%" in page
    assert "No joint demand found" in text(office, f"{merge_address(demand)}?q=nothing+like+it")


def test_refusal_is_in_words(office: Client, demand: JointDemand, analyst: User) -> None:
    other = joint_demand("camden", "ealing", title="Call centre")
    demands.confirm(demand=other, by=analyst)
    notice = notices.draft_from(demand=other, by=analyst)
    words = f"has a notice of its own. Withdraw {notice.reference} first."
    assert words in text(office, f"{merge_address(demand)}?with={other.reference}")
    assert words in send(office, merge_address(demand), {"other": other.reference})
    assert "merged with itself" in text(office, f"{merge_address(demand)}?with={demand.reference}")
    assert "Choose the joint demand to merge with." in send(office, merge_address(demand), {"other": "JD-0"})
    assert "Find another joint demand" in text(office, f"{merge_address(demand)}?with=JD-0")


def test_long_reason_is_said_to_be_long(office: Client, demand: JointDemand) -> None:
    other = joint_demand("camden", "ealing")
    page = send(office, merge_address(demand), {"other": other.reference, "reason": "x" * 501})
    assert "The reason must be 500 characters or fewer" in page
    assert "x" * 501 in page


PAGES = ("", "split/", "merge/", "rename/", "pin/", "participation/", "participation/terms/", "timeline/")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_a_merged_one_leads_to_the_end_in_one_hop(
    office: Client, demand: JointDemand, analyst: User, page: str
) -> None:
    second, third = joint_demand("ealing", "merton"), joint_demand("bexley", "bromley")
    merging.merge(demand=second, other=third, by=analyst)
    merging.merge(demand=demand, other=second, by=analyst)
    answer = office.get(f"/demands/{third.reference}/{page}")
    assert (answer.status_code, answer["Location"]) == (302, f"/demands/{demand.reference}/{page}")
    said = f"{third.reference} went into this joint demand."
    assert said in text(office, f"/demands/{third.reference}/{page}")


def test_what_was_asked_of_a_merged_one_is_asked_of_the_other(
    office: Client, demand: JointDemand, analyst: User
) -> None:
    gone = joint_demand("ealing", "merton")
    merging.merge(demand=demand, other=gone, by=analyst)
    answer = office.get(f"/demands/{gone.reference}/merge/?q=fleet")
    assert answer["Location"] == f"/demands/{demand.reference}/merge/?q=fleet"


@pytest.mark.parametrize("page", ["history/", "record/"])
def test_what_a_merged_one_tells_of_stays_where_it_was(
    office: Client, demand: JointDemand, analyst: User, page: str
) -> None:
    gone = joint_demand("ealing", "merton")
    merging.merge(demand=demand, other=gone, by=analyst)
    assert office.get(f"/demands/{gone.reference}/{page}").status_code == 200


def test_whoever_may_not_see_joint_demands_learns_nothing_of_mergers(
    client: Client, demand: JointDemand, analyst: User
) -> None:
    other = joint_demand("ealing", "merton")
    merging.merge(demand=demand, other=other, by=analyst)
    assert "/accounts/login/" in client.get(f"/demands/{other.reference}/")["Location"]
    client.force_login(UserFactory())
    assert client.get(f"/demands/{other.reference}/").status_code == 403


def test_undone_merger_gives_both_their_addresses_back(office: Client, demand: JointDemand, analyst: User) -> None:
    other = joint_demand("ealing", "merton", title="Call centre")
    merging.merge(demand=demand, other=other, by=analyst)
    page = send(office, "/demands/review/undo/", {})
    assert "Your last answer is taken back." in page
    assert office.get(f"/demands/{other.reference}/").status_code == 200
    assert "Call centre for Merton" in text(office, f"/demands/{other.reference}/")


def test_reference_and_address_stay_through_growth_and_shrinking(
    office: Client, demand: JointDemand, analyst: User
) -> None:
    demands.add_member(demand=demand, need=NeedFactory(title="One more"), by=analyst)
    assert "One more" in text(office, f"/demands/{demand.reference}/")
    need = Need.objects.get(title="One more")
    shown = as_shown(Need.objects.filter(pk=need.pk))[need.reference]
    send(office, f"/demands/{demand.reference}/needs/{need.reference}/remove/", {"reason": "", "shown": shown})
    page = text(office, f"/demands/{demand.reference}/history/")
    assert "Removed by decision" in page
    assert demand.reference in page


def test_pages_ask_as_much_for_many_as_for_few(
    office: Client, demand: JointDemand, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(33):
        borough = Borough.objects.filter(slug=f"b-{number}").first() or NeedFactory(borough__slug=f"b-{number}").borough
        for _ in range(10):
            DemandMemberFactory(demand=demand, need=NeedFactory(borough=borough))
    other = joint_demand("ealing", "merton", title="Call centre")
    with django_assert_max_num_queries(12):
        office.get(split_address(demand))
    with django_assert_max_num_queries(12):
        office.post(split_address(demand), {"needs": references(demand, "camden", "sutton"), "title": "x"})
    for query in ("", "?q=call", f"?with={other.reference}"):
        with django_assert_max_num_queries(12):
            office.get(merge_address(demand) + query)
