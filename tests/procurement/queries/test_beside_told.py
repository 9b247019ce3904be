"""Users of single boroughs beside the totals that were told of them."""

import html

import pytest
from django.test import Client

from boroughs.models import Borough, Need, Role, User
from procurement.actions import telling_figures
from procurement.models import JointDemand, Participation
from procurement.queries.told_figures import told_of
from procurement.queries.volumes import USERS, Group, Measure, volumes
from tests.conftest import person
from tests.factories.picture import joint_demand
from tests.factories.procurement import ParticipationFactory, ParticipationStepFactory

pytestmark = pytest.mark.django_db

Stage = Participation.Stage
USERS_OF = {"barnet": 4, "lambeth": 8, "richmond": 3, "westminster": 12}
SILENT = ("camden", "haringey", "hounslow", "waltham-forest")
AGREED = ("camden", "barnet", "haringey", "hounslow", "lambeth", "richmond")


@pytest.fixture
def demand() -> JointDemand:
    """All agree but Westminster, which says nothing, and Waltham Forest, which declines."""
    made = told()
    for slug in AGREED:
        stand(made, slug, Stage.INTERESTED)
    stand(made, "waltham-forest", Stage.DECLINED)
    return made


def told() -> JointDemand:
    """27 users, before anybody has agreed to anything."""
    made: JointDemand = joint_demand(*USERS_OF, *SILENT, reference="JD-0019", status=JointDemand.Status.CONFIRMED)
    for slug, users in USERS_OF.items():
        Need.objects.filter(borough__slug=slug).update(users_count=users)
    telling_figures.tell_figures(demand=made)
    assert told_of(made).users.value == 27
    return made


def stand(demand: JointDemand, slug: str, stage: Stage) -> None:
    borough = Borough.objects.get(slug=slug)
    Participation.objects.filter(demand=demand, borough=borough).delete()
    ParticipationFactory(demand=demand, borough=borough, stage=stage)
    ParticipationStepFactory(demand_reference=demand.reference, borough_slug=slug, verb="MOVED", to_stage=stage)


def reader_of(slug: str) -> User:
    return person(Role.BOROUGH_EDITOR, Borough.objects.get(slug=slug))


def users(demand: JointDemand, user: User) -> Measure:
    return volumes(demand, user).measure(USERS)


def shown(measure: Measure) -> dict[str, int]:
    return {each.slug: each.amount.firm for each in measure.boroughs if each.amount}


@pytest.mark.parametrize("slug", ["camden", "barnet", "richmond"])
def test_nothing_is_read_that_leaves_one_borough_of_a_told_total(demand: JointDemand, slug: str) -> None:
    found = users(demand, reader_of(slug))
    assert shown(found) == {name: figure for name, figure in USERS_OF.items() if name == slug}
    assert found.is_held_back
    assert "Westminster" in found.not_in_total
    assert found.total(Group.COMMITTED).firm == 0


def test_the_page_says_why_and_has_no_other_figure(client: Client, demand: JointDemand) -> None:
    client.force_login(reader_of("camden"))
    tiers = {"group": "all", "measure": "users", "start_1": "2", "discount_1": "5"}
    page = html.unescape(client.get("/demands/JD-0019/volumes/", tiers).content.decode())
    assert "Users of other boroughs are not shown to you here, though some have agreed to it." in page
    assert "Below the first" in page
    assert "<strong>15</strong>" not in page


def test_all_is_read_once_all_behind_the_total_agree(demand: JointDemand) -> None:
    stand(demand, "westminster", Stage.WATCHING)
    found = users(demand, reader_of("camden"))
    assert shown(found) == USERS_OF
    assert not found.is_held_back


def test_who_has_agreed_is_read_while_three_others_are_left() -> None:
    demand = told()
    for slug in ("camden", "barnet"):
        stand(demand, slug, Stage.INTERESTED)
    found = users(demand, reader_of("camden"))
    assert shown(found) == {"barnet": 4}
    assert not found.is_held_back


def test_who_agreed_once_counts_as_known() -> None:
    """Three others are left here too; but Lambeth's figure could be read before it declined."""
    demand = told()
    for slug, stage in (("camden", "INTERESTED"), ("lambeth", "INTERESTED"), ("lambeth", "DECLINED")):
        stand(demand, slug, Stage(stage))
    stand(demand, "barnet", Stage.INTERESTED)
    assert shown(users(demand, reader_of("camden"))) == {}


def test_other_volumes_stand_in_no_told_total_and_are_read(demand: JointDemand) -> None:
    Need.objects.filter(borough__slug="lambeth").update(
        volumes=[{"what": "Charge points", "quantity": 61, "tolerance": None}]
    )
    found = volumes(demand, reader_of("camden")).measure("charge points")
    assert shown(found) == {"lambeth": 61}
    assert not found.is_held_back


def test_where_no_total_was_told_what_was_agreed_is_read() -> None:
    other = joint_demand("brent", "ealing", "sutton", needs={"users_count": 50})
    for slug in ("brent", "ealing"):
        stand(other, slug, Stage.INTERESTED)
    assert shown(users(other, reader_of("brent"))) == {"brent": 50, "ealing": 50}
