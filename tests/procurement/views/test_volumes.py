"""The page of volumes: the tables, the what-if in the address, and its cost."""

import html
from collections.abc import Mapping

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Borough, Role, User
from procurement.models import JointDemand, Participation
from tests.conftest import person
from tests.factories.boroughs import BoroughFactory, NeedFactory
from tests.factories.picture import joint_demand
from tests.factories.procurement import DemandMemberFactory, JointDemandFactory, ParticipationFactory

pytestmark = pytest.mark.django_db

PAGE = "/demands/JD-0001/volumes/"
TIERS = {"group": "taking-part", "measure": "users", "start_1": "100", "price_1": "£12.50", "start_2": "1,000"}


@pytest.fixture
def demand() -> JointDemand:
    return joint_demand("camden", "brent", reference="JD-0001", needs={"users_count": 450, "users_tolerance": 10})


def text(user: User, data: Mapping[str, str] | None = None) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(PAGE, data)
    assert answer.status_code == 200
    return " ".join(html.unescape(answer.content.decode()).split())


def test_the_what_if_says_which_tier_and_who_would_reach_the_next(demand: JointDemand, analyst: User) -> None:
    ParticipationFactory(demand=demand, borough=Borough.objects.get(slug="camden"), stage=Participation.Stage.WATCHING)
    page = text(analyst, TIERS | {"discount_2": "20"})
    assert "Tier 1, from 100" in page
    assert "£12.50 each, £5,625 in all" in page
    assert (
        "550 more would reach tier 2 (20% off). Nobody else whose figures you may read would reach it."
        in page.replace("</strong>", "").replace("<strong>", "")
    )
    assert "What this assumes" in page
    page = text(analyst, TIERS | {"start_2": "900", "discount_2": "20"})
    assert "Brent’s 450 would reach it." in page


def test_the_tier_gives_no_figure_away_that_is_not_shown(demand: JointDemand) -> None:
    reader = person(Role.BOROUGH_READER, Borough.objects.get(slug="camden"))
    # Both want 450: a tier that the two reach and one does not must stay out of reach.
    page = text(reader, TIERS | {"group": "all", "start_2": "500", "discount_2": "20"})
    assert "Tier 1, from 100" in page
    assert "Tier 2, from 500" not in page
    assert "Left out, because you may not read their figures: Brent." in page


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"start_2": "", "discount_2": "5"}, "Enter from how many tier 2 holds"),
        ({"price_1": ""}, "Enter the price or the discount of tier 1"),
        ({"discount_1": "5"}, "Tier 1 has a price or a discount, not both"),
        ({"start_2": "90", "discount_2": "5"}, "Tier 2 must begin above the one before it"),
        ({"price_1": "cheap"}, "The price of tier 1 must be a number, such as 12.50"),
        ({"price_1": "NaN"}, "The price of tier 1 must be a number, such as 12.50"),
        ({"discount_2": "120"}, "The discount of tier 2 must be 100 or less"),
        ({"group": "nobody"}, "Say who is in"),
    ],
)
def test_what_is_not_understood_is_said_and_stays(
    demand: JointDemand, analyst: User, typed: dict[str, str], problem: str
) -> None:
    page = text(analyst, TIERS | typed)
    assert problem in page
    assert 'value="100"' in page
    assert "Which tier is reached" not in page


def test_a_retired_one_leads_to_its_page(client: Client, demand: JointDemand, analyst: User) -> None:
    JointDemand.objects.update(status="RETIRED", retired_at=demand.created_at)
    client.force_login(analyst)
    assert client.get(PAGE).headers["Location"] == "/demands/JD-0001/"


def test_queries_do_not_follow_the_number_of_boroughs(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    demand = JointDemandFactory(reference="JD-0001")
    for _ in range(33):
        borough = BoroughFactory()
        ParticipationFactory(demand=demand, borough=borough)
        for number in range(10):
            need = NeedFactory(borough=borough, users_count=number, volumes=[])
            DemandMemberFactory(demand=demand, need=need)
    client = Client()
    client.force_login(person(Role.BOROUGH_READER, borough))
    with django_assert_max_num_queries(12):
        assert client.get(PAGE, TIERS | {"discount_2": "20"}).status_code == 200
