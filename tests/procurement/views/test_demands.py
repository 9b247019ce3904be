"""The pages of joint demands: the list with its filters, one demand, and an analyst's rulings on it."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Borough, Need, User
from procurement.actions import demands
from procurement.models import Coalition, Decision, JointDemand, Notice, Overlap, Participation
from procurement.queries.shown import as_shown, members_shown
from tests.factories import notices as scene
from tests.factories.boroughs import NeedFactory
from tests.factories.picture import joint_demand
from tests.factories.procurement import DemandMemberFactory, MatchRunFactory

pytestmark = pytest.mark.django_db


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def seen(demand: JointDemand) -> list[str]:
    """What the page of the joint demand keeps of all members, if it is opened now."""
    return list(members_shown(demand).values())


def seen_of(need: Need) -> str:
    """What a page that asks about this need keeps of it, if it is opened now."""
    return as_shown(Need.objects.filter(pk=need.pk))[need.reference]


def post(client: Client, address: str, **data: str | list[str]) -> str:
    answer = client.post(address, data, follow=True)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


@pytest.fixture
def office(client: Client, analyst: User) -> Client:
    client.force_login(analyst)
    return client


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"Telephony", "Parking"}),
        ("?q=tele", {"Telephony"}),
        ("?q=camden+parking", set()),
        ("?status=CONFIRMED", {"Parking"}),
        ("?borough=camden", {"Telephony"}),
        ("?borough=nowhere&status=NEVER", {"Telephony", "Parking"}),
    ],
)
def test_list_shows_what_passes_its_filters(office: Client, query: str, shown: set[str]) -> None:
    joint_demand("camden", "brent", title="Telephony")
    joint_demand("brent", "hackney", title="Parking", status=JointDemand.Status.CONFIRMED)
    page = text(office, f"/demands/{query}")
    assert {title for title in ("Telephony", "Parking") if f">{title}</a>" in page} == shown


def test_list_asks_as_much_for_many_as_for_few(
    office: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        joint_demand("camden", "brent", "hackney", title=f"Demand {number}")
    with django_assert_max_num_queries(12):
        office.get("/demands/")


def test_list_says_who_stands_where_and_by_when_they_decide(client: Client, reader: User) -> None:
    demand = joint_demand("camden", "brent", "hackney", title="Telephony")
    joint_demand("camden", "brent", title="Parking")
    client.force_login(reader)
    assert "In time: by when boroughs decide" not in text(client, "/demands/")
    due = timezone.localdate() + timedelta(days=30)
    terms = {"quorum": 2, "depth": "TENDER", "decision_date": due, "if_missed": "END", "updated_at": timezone.now()}
    brent, hackney = Borough.objects.get(slug="brent"), Borough.objects.get(slug="hackney")
    coalition = Coalition.objects.create(demand=demand, lead=brent, lead_agreed_at=timezone.now(), **terms)
    for borough in (brent, hackney):
        Participation.objects.create(demand=demand, borough=borough, stage="WATCHING", accepted_at=timezone.now())
    page = text(client, "/demands/")
    assert "In time: by when boroughs decide" in page
    assert "Watching</strong> 2" in page
    assert page.count(f"{due.day} {due:%B %Y}") == 2
    assert '<a href="/demands/?borough=brent" aria-label="Brent: 2">' in page
    # Once it is decided there is no date to wait for.
    Coalition.objects.filter(pk=coalition.pk).update(outcome="REACHED", outcome_at=timezone.now())
    assert "In time: by when boroughs decide" not in text(client, "/demands/")


def test_page_names_members_and_says_why(office: Client) -> None:
    demand = joint_demand("camden", "brent", "hackney", needs={"users_count": 100})
    page = text(office, f"/demands/{demand.reference}/")
    for words in ("Telephony for Camden", "Telephony for Hackney", "Both want the same category", "300"):
        assert words in page


def test_page_asks_as_much_for_many_members_as_for_few(
    office: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    demand = joint_demand(*(f"borough-{number}" for number in range(12)))
    with django_assert_max_num_queries(12):
        office.get(f"/demands/{demand.reference}/")


def test_reader_sees_no_total_of_two_and_no_button(client: Client, reader: User) -> None:
    demand = joint_demand("camden", "brent", needs={"users_count": 123, "incumbent": "CANARY"})
    client.force_login(reader)
    page = text(client, f"/demands/{demand.reference}/")
    assert "Not told" in page
    assert "Totals are told once an analyst has confirmed the joint demand" in page
    assert "246" not in page
    assert "CANARY" not in page
    assert "/confirm/" not in page
    assert client.post(f"/demands/{demand.reference}/confirm/").status_code == 403


def test_analyst_confirms_renames_and_takes_it_back(office: Client) -> None:
    demand = joint_demand("camden", "brent")
    address = f"/demands/{demand.reference}/"
    assert "Confirmed." in post(office, f"{address}confirm/", shown=seen(demand))
    assert "Voice" in post(office, f"{address}rename/", title="Voice", reason="What they all say")
    assert "Reason: What they all say" in text(office, f"{address}history/")
    assert "Confirmation taken back." in post(office, f"{address}reopen/")
    demand.refresh_from_db()
    assert (demand.status, demand.title) == (JointDemand.Status.SUGGESTED, "Voice")
    assert "Enter a title" in post(office, f"{address}rename/", title="")


def test_member_that_joined_after_the_confirmation_can_be_confirmed_too(office: Client) -> None:
    demand = joint_demand("camden", "brent")
    address = f"/demands/{demand.reference}/"
    post(office, f"{address}confirm/", shown=seen(demand))
    assert "Confirm the new member" not in text(office, address)
    newcomer = DemandMemberFactory(demand=demand)
    page = text(office, address)
    assert "Confirm the new member too" in page
    assert page.count("Joined since it was confirmed") == 1
    post(office, f"{address}confirm/", shown=seen(demand))
    newcomer.refresh_from_db()
    assert newcomer.confirmed_at is not None
    assert Decision.objects.standing().count() == 2


def test_what_joined_since_the_page_was_opened_is_not_confirmed_unread(office: Client) -> None:
    demand = joint_demand("camden", "brent")
    address = f"/demands/{demand.reference}/"
    opened = re.findall(r'name="shown" value="([^"]+)"', text(office, address))
    newcomer = DemandMemberFactory(demand=demand)
    page = post(office, f"{address}confirm/", shown=opened)
    assert f"Changed since you opened the page: {newcomer.need.reference} has come in. Nothing was saved." in page
    assert not Decision.objects.exists()
    opened = re.findall(r'name="shown" value="([^"]+)"', page)
    assert "Confirmed." in post(office, f"{address}confirm/", shown=opened)


@pytest.mark.parametrize("way", ["remove", "add"])
def test_a_need_that_was_edited_since_the_page_was_opened_is_not_ruled_on(office: Client, way: str) -> None:
    demand = joint_demand("camden", "brent", "hackney")
    need = Need.objects.get(borough__slug="hackney") if way == "remove" else NeedFactory()
    opened = seen_of(need)
    Need.objects.filter(pk=need.pk).update(revision=2)
    page = post(office, f"/demands/{demand.reference}/needs/{need.reference}/{way}/", reason="No", shown=opened)
    assert f"{need.reference} has been edited. Nothing was saved." in page
    assert not Decision.objects.exists()


def test_analyst_removes_a_member_and_takes_the_removal_back(office: Client) -> None:
    demand = joint_demand("camden", "brent", "hackney")
    need = Need.objects.get(borough__slug="hackney")
    address = f"/demands/{demand.reference}/needs/{need.reference}/"
    assert "does not belong here" in text(office, f"{address}remove/")
    post(office, f"{address}remove/", reason="Hardware only", shown=seen_of(need))
    page = text(office, f"/demands/{demand.reference}/history/")
    assert "Removed by decision" in page
    assert "Hardware only" in page
    assert not demand.members.filter(need=need).exists()
    assert "taken back" in post(office, f"{address}restore/")
    assert not Decision.objects.standing().exists()


def test_need_of_another_demand_cannot_be_removed(office: Client) -> None:
    demand = joint_demand("camden", "brent")
    assert office.get(f"/demands/{demand.reference}/needs/{NeedFactory().reference}/remove/").status_code == 404


def test_draft_is_offered_while_no_notice_stands(office: Client, analyst: User) -> None:
    demand = scene.confirmed_demand()
    address = f"/demands/{demand.reference}/"
    assert "Draft a notice" in text(office, address)
    version = scene.publish(demand)
    assert "Draft a notice" not in text(office, address)
    scene.withdraw(version.notice, "Why.")
    assert "Draft a notice" in text(office, address)
    assert Notice.objects.standing().count() == 0


def test_retired_demand_keeps_its_page(office: Client) -> None:
    demand = joint_demand(status=JointDemand.Status.RETIRED, retired_at=timezone.now())
    assert "is retired" in text(office, f"/demands/{demand.reference}/")


def test_list_shows_what_the_matcher_is_not_sure_of_under_its_own_heading(office: Client) -> None:
    joint_demand("camden", "brent", title="Telephony")
    assert "Not sure yet" not in text(office, "/demands/")
    joint_demand("camden", "hackney", title="Doubtful", certainty=JointDemand.Certainty.NOT_SURE)
    page = text(office, "/demands/")
    assert page.index(">Telephony</a>") < page.index("Not sure yet") < page.index(">Doubtful</a>")
    assert "1 joint demand<" in page
    assert "Not sure yet" not in text(office, "/demands/?q=telephony")


def test_page_explains_its_bands_and_says_how_fresh_it_is(office: Client) -> None:
    demand = joint_demand("camden", "brent", certainty=JointDemand.Certainty.NOT_SURE)
    demand.members.update(band="POSSIBLE")
    MatchRunFactory()
    NeedFactory(updated_at=timezone.now() + timedelta(seconds=1))
    page = text(office, f"/demands/{demand.reference}/")
    assert "Possible overlap" in page
    assert "About <strong>1 in 2</strong> of these belong together" in page
    assert "The matcher is not sure that these needs belong together" in page
    history = text(office, f"/demands/{demand.reference}/history/")
    assert "Matched as of" in history
    assert "1 need changed since; the next run follows." in history


@pytest.mark.usefixtures("calibration")
def test_analyst_pins_with_a_reason_and_takes_a_suggestion_in(office: Client) -> None:
    demand = joint_demand("camden", "brent")
    outside = NeedFactory(title="Outside")
    first = demand.members.order_by("need_id").first().need
    Overlap.objects.create(first=first, second=outside, score=0.9, probability=0.99, reasons=[])
    address = f"/demands/{demand.reference}/"
    assert "Outside" not in text(office, address)

    page = post(office, f"{address}pin/", reason="Being tendered")

    assert "Pinned." in page
    assert "Reason: Being tendered" in page
    assert "Needs that may belong here too" in page
    assert "It belongs here" in text(office, f"{address}suggestions/")
    add = f"{address}needs/{outside.reference}/add/"
    assert f"{outside.reference} joined" in post(office, add, shown=seen_of(outside))
    assert demand.members.count() == 3
    assert "Unpinned." in post(office, f"{address}unpin/")


def test_reader_does_not_see_why_it_was_pinned(client: Client, reader: User, analyst: User) -> None:
    demand = joint_demand("camden", "brent")
    demands.pin(demand=demand, by=analyst, reason="CANARY")
    client.force_login(reader)
    page = text(client, f"/demands/{demand.reference}/")
    assert "no run adds a need or takes one away" in page
    assert "CANARY" not in page


def test_what_is_ruled_on_the_page_is_taken_back_in_the_queue(client: Client, analyst: User) -> None:
    demand = joint_demand("camden", "brent", "hackney", title="Telephony", suggested_title="Telephones")
    client.force_login(analyst)
    page = f"/demands/{demand.reference}"
    client.post(f"{page}/rename/", {"title": "Call centres", "reason": ""})
    assert "Your last answer: renamed" in text(client, "/demands/review/")
    assert "Telephones" in text(client, f"{page}/rename/")
    client.post(f"{page}/rename/", {"suggested": "yes"})
    demand.refresh_from_db()
    assert (demand.title, demand.titled_by) == ("Telephones", None)
    assert "Use the suggested title" not in text(client, f"{page}/rename/")
    client.post(f"{page}/pin/", {"reason": "For the board"})
    for expected in ("Telephones", "Telephones", "Call centres"):
        demand.refresh_from_db()
        assert demand.title == expected
        client.post("/demands/review/undo/")
    demand.refresh_from_db()
    assert (demand.title, demand.pinned_at) == ("Telephony", None)
    need = Need.objects.get(borough__slug="camden")
    client.post(f"{page}/needs/{need.reference}/remove/", {"reason": "Not telephony", "shown": seen_of(need)})
    assert demand.members.count() == 2
    client.post("/demands/review/undo/")
    assert demand.members.count() == 3
