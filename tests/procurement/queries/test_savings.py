"""Savings: the arithmetic of each method, and what each reader is told."""

from fractions import Fraction

import pytest

from boroughs.models import Borough, Role, User
from procurement.models import JointDemand, Participation
from procurement.queries.savings import Price, Savings, prices_today, savings, spread, work_out
from tests.conftest import person
from tests.factories.boroughs import BoroughFactory, ContractFactory, NeedFactory
from tests.factories.picture import joint_demand
from tests.factories.procurement import (
    CoalitionFactory,
    DemandMemberFactory,
    ParticipationFactory,
    SavingsEstimateFactory,
)

ALL = {"years": 1, "closed": 100}


def test_the_low_end_brings_prices_to_the_median_and_the_high_end_to_the_lowest() -> None:
    prices = [Price("a", 1000, 100), Price("b", 2000, 100), Price("c", 4000, 100)]
    found = spread(prices, ALL)
    assert (found.low, found.high) == (2000, 1000 + 3000)
    assert found.found == {"boroughs": 3, "lowest": 10, "median": 20}
    halved = spread(prices, {"years": 4, "closed": 50})
    assert (halved.low, halved.high) == (4000, 8000)


def test_alike_prices_save_nothing() -> None:
    found = spread([Price(slug, 3000, 100) for slug in "abc"], ALL)
    assert (found.low, found.high) == (0, 0)


def test_a_spread_of_what_boroughs_pay_is_told_to_none_of_them() -> None:
    many = [Price(str(number), 1000 + 100 * number, 100) for number in range(9)]
    assert not spread(many, ALL).may_tell


@pytest.mark.django_db
class TestPrices:
    def test_a_contract_counts_once_and_users_add_up(self) -> None:
        borough = BoroughFactory(slug="camden")
        contract = ContractFactory(borough=borough, annual_value=6000)
        needs = [NeedFactory(borough=borough, contract=contract, users_count=users) for users in (100, 200)]
        (price,) = prices_today(needs)
        assert (price.annual_value, price.users, price.each) == (6000, 300, Fraction(20))

    def test_what_has_no_price_is_left_out(self) -> None:
        borough = BoroughFactory(slug="camden")
        priced, free = ContractFactory(borough=borough, annual_value=6000), ContractFactory(borough=borough)
        gone = ContractFactory(borough=borough, annual_value=6000, closed_at="2026-01-01T00:00Z")
        needs = [
            NeedFactory(borough=borough, contract=priced, users_count=None),
            NeedFactory(borough=borough, contract=priced, users_count=0),
            NeedFactory(borough=borough, contract=free, users_count=10),
            NeedFactory(borough=borough, contract=gone, users_count=10),
            NeedFactory(borough=borough, users_count=10),
        ]
        assert prices_today(needs) == []

    def test_it_takes_three_boroughs(self, analyst: User) -> None:
        demand = joint_demand("camden")
        for number, slug in enumerate(("brent", "barnet", "ealing")):
            assert work_out(demand, "PRICES", ALL, analyst) is None
            borough = BoroughFactory(slug=slug)
            contract = ContractFactory(borough=borough, annual_value=1000 * (number + 1))
            need = NeedFactory(borough=borough, contract=contract, users_count=100)
            DemandMemberFactory(demand=demand, need=need)
        found = work_out(demand, "PRICES", ALL, analyst)
        assert found is not None
        assert (found.low, found.high) == (1000, 3000)


@pytest.fixture
def demand() -> JointDemand:
    demand = joint_demand("camden", "brent", "barnet", reference="JD-0001")
    SavingsEstimateFactory(
        demand=demand,
        method="VOLUME",
        assumptions={"spend": 4_123_456, "low": 3, "high": 8},
        low=123_703,
        high=329_876,
        may_tell=True,
        note="Quixotic source",
        realised=-1_234,
        realised_note="Quixotic records",
        realised_at="2026-01-01T00:00Z",
    )
    return demand


def of(slug: str, role: Role = Role.BOROUGH_READER) -> User:
    return person(role, Borough.objects.get(slug=slug))


def accept(demand: JointDemand, slug: str) -> None:
    ParticipationFactory(demand=demand, borough=Borough.objects.get(slug=slug), stage=Participation.Stage.WATCHING)


def read(demand: JointDemand, user: User) -> Savings:
    return savings(demand, user)


@pytest.mark.django_db
class TestReading:
    def test_analysts_read_exactly(self, demand: JointDemand, analyst: User) -> None:
        (found,) = read(demand, analyst).estimates
        assert found.range_words == "£123,703 to £329,876"
        assert found.realised_words == "−£1,234"
        assert dict(found.assumptions)["Lowest discount"] == "3%"
        assert "£4.1 million" in dict(found.assumptions).values()
        assert found.note == "Quixotic source"

    def test_the_cdo_office_reads_bands_of_every_joint_demand(self, demand: JointDemand, cdo: User) -> None:
        (found,) = read(demand, cdo).estimates
        assert found.range_words == "£100,000 to £350,000"
        assert [value for _, value in found.assumptions] == ["3%", "8%"]
        assert (found.note, found.realised_note, read(demand, cdo).methods) == ("", "", ())

    def test_a_borough_that_takes_part_reads_bands_and_no_money_beside_them(self, demand: JointDemand) -> None:
        accept(demand, "camden")
        (found,) = read(demand, of("camden")).estimates
        assert found.range_words == "£100,000 to £350,000"
        assert found.realised_words == "−£50,000 to £0"
        assert [value for _, value in found.assumptions] == ["3%", "8%"]
        assert (found.note, found.realised_note) == ("", "")
        assert not found.may_withdraw
        assert not found.may_realise

    def test_what_may_not_be_told_is_told_to_none_of_them(self, demand: JointDemand) -> None:
        demand.savings_estimates.update(may_tell=False)
        accept(demand, "camden")
        (found,) = read(demand, of("camden")).estimates
        assert (found.range_words, found.realised_words) == ("", "")

    @pytest.mark.parametrize("slug", ["camden", "barnet"])
    def test_who_takes_no_part_reads_nothing(self, demand: JointDemand, slug: str, administrator: User) -> None:
        accept(demand, "brent")
        ParticipationFactory(demand=demand, borough=Borough.objects.get(slug="barnet"), stage="DECLINED")
        for user in (of(slug), administrator):
            found = read(demand, user)
            assert (found.estimates, found.may_read, found.methods) == ((), False, ())

    def test_the_lead_estimates_but_not_from_what_others_pay(self, demand: JointDemand) -> None:
        accept(demand, "camden")
        CoalitionFactory(demand=demand, lead=Borough.objects.get(slug="camden"))
        found = read(demand, of("camden", Role.BOROUGH_APPROVER))
        assert [method for method, _ in found.methods] == ["VOLUME", "TENDERS"]
        (estimate,) = found.estimates
        assert estimate.range_words == "£100,000 to £350,000"
        assert (estimate.may_withdraw, estimate.may_realise) == (False, True)
        assert read(demand, of("camden", Role.BOROUGH_EDITOR)).methods == ()
