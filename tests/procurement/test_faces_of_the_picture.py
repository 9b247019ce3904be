"""The page's picture and that of a snapshot are computed on their own: of one moment they say the same."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from boroughs.models import Borough, Need, Role
from boroughs.queries.coverage import coverage
from procurement.models import JointDemand, Participation
from procurement.picture import facts, reckoning
from procurement.planning.situations import first_day
from procurement.queries.demand_picture import DemandPicture, demand_picture
from procurement.queries.joint_start import timing
from tests.factories.boroughs import BoroughFactory, CategoryFactory, ContractFactory, MembershipFactory, NeedFactory
from tests.factories.picture import joint_demand
from tests.factories.procurement import DemandMemberFactory, MatchRunFactory, ParticipationFactory
from tests.factories.snapshots import content_now

pytestmark = pytest.mark.django_db

MONEY = {"budget_min": 100_000, "budget_basis": Need.BudgetBasis.PER_YEAR, "months": 30, "users_count": 7}


@pytest.fixture
def page() -> DemandPicture:
    """Joint demands of each kind, a guest, a need in none, one without a category, and one that was withdrawn."""
    MatchRunFactory()
    housing = CategoryFactory(name="Housing", area="Homes", slug="housing")
    wide = joint_demand("camden", "brent", "sutton", needs=MONEY, category=housing, status=JointDemand.Status.CONFIRMED)
    DemandMemberFactory(demand=wide, need=NeedFactory(borough=Borough.objects.get(slug="brent"), category=housing))
    joint_demand("camden", "merton", title="Fleet", needs={"contract_end_date": date(2027, 3, 31)})
    joint_demand("barnet", "bexley", title="Not sure", certainty=JointDemand.Certainty.NOT_SURE)
    gone = joint_demand("camden", "harrow", title="Left by one")
    need = gone.members.get(need__borough__slug="harrow").need
    Need.objects.filter(pk=need.pk).update(status=Need.Status.WITHDRAWN, closed_at=need.updated_at)
    guest = BoroughFactory(slug="guest", name="Guest", kind=Borough.Kind.GUEST, tile_row=None, tile_column=None)
    NeedFactory(borough=guest, category=housing, **MONEY)
    NeedFactory(borough=guest, category=None)
    return demand_picture(exact=True)


def test_headlines(page: DemandPicture) -> None:
    heads = reckoning.figures(facts.from_json(content_now())).headlines

    assert (heads.needs.value, heads.matched.value) == (page.needs_count, page.matched_count)
    assert (heads.demands.value, heads.not_sure.value) == (len(page.demands), len(page.not_sure))
    assert heads.confirmed.value == sum(each.is_confirmed for each in page.demands)
    # Harrow's need was withdrawn, and the guest is not one of London's.
    assert (heads.logged.value, heads.all_logged.value, heads.london) == (6, 7, page.london_total)
    assert (heads.users.value, heads.lowest.value, heads.highest.value, heads.budgeted.value) == (
        21,
        750_000,
        750_000,
        3,
    )


def test_joint_demands_in_their_order(page: DemandPicture) -> None:
    found = reckoning.figures(facts.from_json(content_now())).demands

    assert [
        (each.reference, each.boroughs, each.needs.value, each.users.value, each.lowest.value, each.highest.value)
        for each in found
    ] == [
        (
            each.reference,
            each.boroughs,
            each.needs_count,
            each.users.value,
            each.budget_min.value,
            each.budget_max.value,
        )
        for each in page.demands
    ]
    assert [(each.first_end, each.last_end, each.earliest_start) for each in found] == [
        (each.first_contract_end, each.last_contract_end, each.earliest_start) for each in page.demands
    ]


def test_authorities(page: DemandPicture) -> None:
    found = reckoning.figures(facts.from_json(content_now()))

    assert [(row.name, row.needs.value, row.matched.value) for row in found.authorities] == [
        (row.name, row.needs, row.matched) for row in page.boroughs
    ]


def test_coverage_is_that_of_its_page(page: DemandPicture) -> None:
    ContractFactory(borough=Borough.objects.get(slug="camden"), end_date=date(2020, 1, 1))
    Need.objects.filter(borough__slug="brent").update(confirmation_asked_at=timezone.now())
    shown = coverage(at=timezone.now())

    found = reckoning.figures(facts.from_json(content_now())).coverage

    assert (int(found.logged), int(found.registers)) == (shown.with_needs, shown.with_register)
    assert [
        (row.name, row.register, int(row.contracts), int(row.ended), int(row.stale)) for row in found.authorities
    ] == [(row.name, row.register, row.contracts, row.contracts_ended, row.needs_to_confirm) for row in shown.boroughs]


def test_common_start_is_that_of_the_page_of_the_joint_demand() -> None:
    MatchRunFactory()
    today = timezone.localdate()
    demand = joint_demand("camden", "brent", "sutton", "merton")
    for slug, years, options in (("camden", 1, [12]), ("brent", 3, []), ("sutton", 2, [])):
        ends = today.replace(year=today.year + years, day=1)
        need = Need.objects.get(borough__slug=slug)
        terms = {"end_date": ends, "extension_options": options, "notice_months": 6}
        need.contract = ContractFactory(borough=need.borough, **terms)
        need.start_date = ends + timedelta(days=1)
        need.save()
    ParticipationFactory(demand=demand, borough=Borough.objects.get(slug="merton"), stage=Participation.Stage.DECLINED)
    analyst = MembershipFactory(role=Role.LOTI_ANALYST, borough=None).user
    best = timing(demand, analyst, today=today).plan().best

    (row,) = reckoning.figures(facts.from_json(content_now())).windows.rows

    assert (first_day(best.month), best.joining) == (row.start, int(row.joining))
    assert int(row.boroughs) == 3
