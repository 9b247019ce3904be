"""Estimates are made by the right people from complete assumptions, and are withdrawn, not deleted."""

import pytest

from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import AuditEvent, Borough, Role, User
from procurement.actions import savings, telling_figures
from procurement.models import JointDemand, SavingsEstimate
from tests.conftest import person
from tests.factories.picture import joint_demand
from tests.factories.procurement import CoalitionFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db

TENDERS = {"tenders": 2, "low": 20_000, "high": 40_000}


@pytest.fixture
def demand() -> JointDemand:
    return joint_demand("camden", "brent", "barnet", reference="JD-0001", needs={"budget_max": 900_000})


@pytest.fixture
def lead(demand: JointDemand) -> User:
    camden = Borough.objects.get(slug="camden")
    CoalitionFactory(demand=demand, lead=camden)
    return person(Role.BOROUGH_APPROVER, camden)


def estimated(demand: JointDemand, by: User) -> SavingsEstimate:
    return savings.estimate(demand=demand, method="TENDERS", typed=TENDERS, note="Tenders of 2025", by=by)


def test_an_analyst_estimates(demand: JointDemand, analyst: User) -> None:
    row = estimated(demand, analyst)
    assert (row.low, row.high, row.assumptions, row.may_tell) == (40_000, 80_000, TENDERS, True)
    row = savings.estimate(demand=demand, method="VOLUME", typed={"spend": 2_700_000, "low": 3, "high": 8}, by=analyst)
    assert (row.low, row.high) == (81_000, 216_000)
    assert AuditEvent.objects.filter(verb="estimate", noun="savings estimate", reference="JD-0001").count() == 2


def test_boroughs_are_told_of_a_volume_that_is_made_from_what_they_may_know(
    demand: JointDemand, lead: User, analyst: User
) -> None:
    def is_told(spend: int, by: User) -> bool:
        typed = {"spend": spend, "low": 3, "high": 8}
        return savings.estimate(demand=demand, method="VOLUME", typed=typed, by=by).may_tell

    assert is_told(2_700_000, lead)
    assert not is_told(2_700_000, analyst)
    JointDemand.objects.update(status="CONFIRMED", confirmed_at=demand.created_at)
    demand.refresh_from_db()
    telling_figures.tell_figures(demand=demand)
    assert is_told(2_700_000, analyst)
    assert is_told(2_750_000, analyst)
    # The exact sum would tell within which part of the band it lies.
    assert not is_told(2_700_001, analyst)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"tenders": 2, "low": 20_000}, "high"),
        ({"tenders": -1, "low": 1, "high": 2}, "tenders"),
        ({"tenders": 101, "low": 1, "high": 2}, "tenders"),
        ({"tenders": 2, "low": 5, "high": 4}, "high"),
    ],
)
def test_assumptions_are_complete_and_in_order(
    demand: JointDemand, analyst: User, typed: dict[str, int], field: str
) -> None:
    with pytest.raises(NotAcceptable) as refused:
        savings.estimate(demand=demand, method="TENDERS", typed=typed, by=analyst)
    assert list(refused.value.fields) == [field]
    assert not SavingsEstimate.objects.exists()


def test_prices_take_three_boroughs(demand: JointDemand, analyst: User) -> None:
    with pytest.raises(NotAcceptable, match="Fewer than three boroughs"):
        savings.estimate(demand=demand, method="PRICES", typed={"years": 4, "closed": 50}, by=analyst)


def test_the_lead_estimates_and_withdraws_its_own(demand: JointDemand, lead: User, analyst: User) -> None:
    own, foreign = estimated(demand, lead), estimated(demand, analyst)
    with pytest.raises(PermissionRefused):
        savings.withdraw(estimate=foreign, by=lead)
    savings.withdraw(estimate=own, by=lead)
    own.refresh_from_db()
    assert own.withdrawn_at
    assert SavingsEstimate.objects.count() == 2
    with pytest.raises(IllegalMove):
        savings.withdraw(estimate=own, by=analyst)
    with pytest.raises(PermissionRefused):
        savings.estimate(demand=demand, method="PRICES", typed={"years": 4, "closed": 50}, by=lead)


def test_others_do_not(demand: JointDemand, lead: User, analyst: User, cdo: User, administrator: User) -> None:
    row = estimated(demand, analyst)
    brent, camden = (Borough.objects.get(slug=slug) for slug in ("brent", "camden"))
    others = [person(Role.BOROUGH_APPROVER, brent), person(Role.BOROUGH_EDITOR, camden), cdo, administrator]
    for user in others:
        for act in (
            lambda user=user: estimated(demand, user),
            lambda user=user: savings.withdraw(estimate=row, by=user),
            lambda user=user: savings.realise(estimate=row, amount=1, note="Found", revision=1, by=user),
        ):
            with pytest.raises(PermissionRefused):
                act()


def test_what_was_saved_says_how_it_was_found_and_keeps_what_stood_there(demand: JointDemand, analyst: User) -> None:
    row = estimated(demand, analyst)
    with pytest.raises(NotAcceptable):
        savings.realise(estimate=row, amount=50_000, note=" ", revision=1, by=analyst)
    savings.realise(estimate=row, amount=50_000, note="Invoices of two years", revision=1, by=analyst)
    savings.realise(estimate=row, amount=-3_000, note="With the exit fees", revision=2, by=analyst)
    row.refresh_from_db()
    assert (row.realised, row.realised_note, row.realised_by) == (-3_000, "With the exit fees", analyst)
    last = AuditEvent.objects.filter(verb="realise").latest("pk")
    assert (last.details["was"], last.details["now"]) == (50_000, -3_000)


def test_nothing_is_estimated_of_a_retired_one(demand: JointDemand, analyst: User) -> None:
    row = estimated(demand, analyst)
    JointDemand.objects.update(status="RETIRED", retired_at=demand.created_at)
    with pytest.raises(IllegalMove):
        estimated(demand, analyst)
    savings.realise(estimate=row, amount=1, note="What was bought stays bought", revision=1, by=analyst)


def test_who_read_an_older_figure_is_told(demand: JointDemand, analyst: User) -> None:
    row = estimated(demand, analyst)
    savings.realise(estimate=row, amount=1, note="First", revision=1, by=analyst)
    with pytest.raises(ChangedMeanwhile):
        savings.realise(estimate=row, amount=2, note="Second", revision=1, by=analyst)
    row.refresh_from_db()
    assert (row.realised, row.realised_note, row.revision) == (1, "First", 2)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_told(demand: JointDemand, analyst: User) -> None:
    row = estimated(demand, analyst)
    outcomes = at_once(
        lambda: savings.realise(estimate=row, amount=1, note="First", revision=1, by=analyst),
        lambda: savings.realise(estimate=row, amount=2, note="Second", revision=1, by=analyst),
    )
    assert [type(each) for each in sorted(outcomes, key=str)].count(ChangedMeanwhile) == 1
    row.refresh_from_db()
    assert row.realised in (1, 2)
    assert AuditEvent.objects.filter(verb="realise").count() == 1
