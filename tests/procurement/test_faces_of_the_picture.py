"""The page's picture and that of a snapshot are computed on their own: of one moment they say the same."""

from datetime import date

import pytest

from boroughs.models import Borough, Need
from procurement.models import JointDemand
from procurement.picture import facts, reckoning
from procurement.queries.demand_picture import DemandPicture, demand_picture
from tests.factories.boroughs import BoroughFactory, CategoryFactory, NeedFactory
from tests.factories.picture import joint_demand
from tests.factories.procurement import DemandMemberFactory, MatchRunFactory
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
    assert (heads.demands.value, heads.confirmed.value) == (len(page.demands), page.confirmed_count)
    assert (heads.logged.value, heads.london) == (page.london_logged, page.london_total)
    assert (heads.all_logged.value, heads.budgeted.value) == (page.boroughs_count, page.budgeted_count)
    assert (heads.users.value, heads.not_sure.value) == (page.users.value, len(page.not_sure))
    assert (heads.lowest.value, heads.highest.value) == (page.budget_min.value, page.budget_max.value)


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


def test_authorities_categories_and_areas(page: DemandPicture) -> None:
    found = reckoning.figures(facts.from_json(content_now()))

    assert [(row.name, row.needs.value, row.matched.value) for row in found.authorities] == [
        (row.name, row.needs, row.matched) for row in page.boroughs
    ]
    assert [
        (row.name, row.area, row.needs.value, row.matched.value, row.demands.value, row.boroughs.value)
        for row in found.categories
    ] == [(row.name, row.area, row.needs, row.matched, row.demands, row.boroughs) for row in page.categories]
    assert [(row.area, tuple(cell.value for cell in row.by_borough)) for row in found.areas] == [
        (row.area, row.by_borough) for row in page.areas
    ]
