"""Volumes: the range with tolerance, and who may read whose."""

import pytest

from boroughs.models import Borough, Need, Role, User
from procurement.models import JointDemand, Participation
from procurement.queries.volumes import USERS, Amount, Group, Measure, amount_of, volumes
from tests.conftest import person
from tests.factories.boroughs import BoroughFactory, NeedFactory
from tests.factories.procurement import DemandMemberFactory, JointDemandFactory, ParticipationFactory

pytestmark = pytest.mark.django_db

Stage = Participation.Stage
FIGURES = {"camden": 100, "brent": 400, "barnet": 300, "ealing": 350, "harrow": 50}


@pytest.fixture
def demand() -> JointDemand:
    demand = JointDemandFactory(reference="JD-0001")
    for slug, users in FIGURES.items():
        want(demand, slug, users_count=users, users_tolerance=10)
    return demand


def want(demand: JointDemand, slug: str, **fields: object) -> Need:
    borough = BoroughFactory(slug=slug, name=slug.title())
    return DemandMemberFactory(demand=demand, need=NeedFactory(borough=borough, **fields)).need  # type: ignore[no-any-return]


def stands(demand: JointDemand, slug: str, stage: Stage) -> None:
    ParticipationFactory(demand=demand, borough=Borough.objects.get(slug=slug), stage=stage)


def reader_of(slug: str) -> User:
    return person(Role.BOROUGH_READER, Borough.objects.get(slug=slug))


def users(demand: JointDemand, user: User) -> Measure:
    return volumes(demand, user).measure(USERS)


def shown(measure: Measure) -> dict[str, int]:
    return {each.slug: each.amount.firm for each in measure.boroughs if each.amount}


def test_the_tolerance_never_promises_more_than_was_said() -> None:
    assert amount_of(105, 10) == Amount(105, 95, 115)
    assert amount_of(105, None) == Amount(105, 105, 105)
    assert amount_of(7, 100) == Amount(7, 0, 14)


def test_an_analyst_reads_each_borough_and_every_total(demand: JointDemand, analyst: User) -> None:
    stands(demand, "brent", Stage.COMMITTED)
    stands(demand, "barnet", Stage.WATCHING)
    found = users(demand, analyst)
    assert shown(found) == FIGURES
    assert found.everyone == Amount(1200, 1080, 1320)
    assert found.total(Group.TAKING_PART).firm == 700
    assert found.total(Group.COMMITTED).firm == 400


def test_the_cdo_office_reads_no_single_borough_and_no_total_of_them(demand: JointDemand, cdo: User) -> None:
    stands(demand, "brent", Stage.COMMITTED)
    found = users(demand, cdo)
    assert shown(found) == {}
    assert (found.everyone.firm, found.total(Group.COMMITTED).firm) == (0, 0)
    assert found.not_in_total == tuple(sorted(slug.title() for slug in FIGURES))


@pytest.mark.parametrize("accepted", [("camden", "brent"), ("camden", "brent", "barnet")])
def test_who_has_accepted_reads_who_has_accepted_and_no_total_of_the_others(
    demand: JointDemand, accepted: tuple[str, ...]
) -> None:
    for slug in accepted:
        stands(demand, slug, Stage.INTERESTED)
    found = users(demand, reader_of("camden"))
    assert shown(found) == {slug: FIGURES[slug] for slug in accepted}
    assert found.everyone.firm == sum(FIGURES[slug] for slug in accepted)
    assert found.not_in_total == tuple(sorted(slug.title() for slug in FIGURES.keys() - set(accepted)))
    assert found.total(Group.TAKING_PART).firm == found.everyone.firm
    assert found.left_out(Group.TAKING_PART) == ()


def test_a_selection_is_never_told_of_those_that_are_not_read(demand: JointDemand) -> None:
    stands(demand, "brent", Stage.COMMITTED)
    for slug in ("barnet", "ealing", "harrow"):
        stands(demand, slug, Stage.INTENDING)
    found = users(demand, reader_of("camden"))
    assert shown(found) == {"camden": 100}
    assert found.everyone.firm == 100
    assert found.total(Group.TAKING_PART) == Amount()
    assert found.left_out(Group.TAKING_PART) == ("Barnet", "Brent", "Ealing", "Harrow")
    assert found.left_out(Group.COMMITTED) == ("Brent",)


def test_words_of_other_volumes_are_told_where_the_need_may_be_read(demand: JointDemand, analyst: User) -> None:
    want(demand, "brent", volumes=[{"what": "Sensors", "quantity": 40, "tolerance": None}])
    want(demand, "camden", volumes=[{"what": "sensors", "quantity": 10, "tolerance": 50}])
    want(demand, "harrow", volumes=[{"what": "Quixotic devices", "quantity": 5, "tolerance": None}])
    labels = [each.label.casefold() for each in volumes(demand, analyst).measures]
    assert labels == ["users", "quixotic devices", "sensors"]
    found = volumes(demand, reader_of("camden"))
    assert [each.label for each in found.measures] == ["Users", "sensors"]
    assert found.measure("sensors").everyone == Amount(10, 5, 15)
    assert found.measure("sensors").not_in_total == ("Barnet", "Brent", "Ealing", "Harrow")


def test_withdrawn_needs_count_no_more(demand: JointDemand, analyst: User) -> None:
    Need.objects.filter(borough__slug="brent").update(status=Need.Status.WITHDRAWN, closed_at="2026-01-01T00:00Z")
    assert users(demand, analyst).everyone.firm == 800
