"""The read model behind page, API, PDF and exports."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from boroughs.models import Borough, Need
from procurement.disclosure import Figure
from procurement.models import JointDemand
from procurement.queries.demand_picture import demand, demand_picture
from procurement.queries.told_figures import NOT_TOLD
from procurement.queries.totals import whole_life
from tests.factories.boroughs import BoroughFactory, NeedFactory
from tests.factories.picture import joint_demand, told
from tests.factories.procurement import DemandMemberFactory, MatchRunFactory

pytestmark = pytest.mark.django_db

BUDGET = {"budget_min": 100_000, "budget_max": 200_000, "budget_basis": Need.BudgetBasis.WHOLE_LIFE, "users_count": 10}


def test_counts() -> None:
    joint_demand("camden", "brent", "barnet", needs=BUDGET)
    joint_demand("camden", "sutton", title="Fleet", status=JointDemand.Status.CONFIRMED)
    NeedFactory(borough=BoroughFactory(slug="merton", name="Merton"))
    NeedFactory(borough=BoroughFactory(slug="bexley", name="Bexley"), status=Need.Status.DRAFT)
    BoroughFactory(slug="guest", name="Guest", kind=Borough.Kind.GUEST, tile_row=None, tile_column=None)
    NeedFactory(borough=Borough.objects.get(slug="guest"))

    picture = demand_picture(exact=True)

    assert (picture.needs_count, picture.matched_count) == (7, 5)
    assert picture.london_total == 6
    assert [row.title for row in picture.demands] == ["Telephony", "Fleet"]
    assert [row.is_confirmed for row in picture.demands] == [False, True]


def test_totals_of_boroughs_add_up() -> None:
    joint_demand("camden", "brent")
    NeedFactory(borough=Borough.objects.get(slug="camden"))
    NeedFactory(borough=Borough.objects.get(slug="brent"))

    picture = demand_picture(exact=True)

    assert sum(row.needs for row in picture.boroughs) == picture.needs_count == 4
    assert sum(row.matched for row in picture.boroughs) == picture.matched_count == 2


def test_widest_first_then_most_needs() -> None:
    joint_demand("camden", "brent", title="Two")
    more = joint_demand("camden", "brent", title="Two with three needs")
    DemandMemberFactory(demand=more, need=NeedFactory(borough=Borough.objects.get(slug="brent")))
    joint_demand("camden", "brent", "sutton", title="Three")

    assert [row.title for row in demand_picture(exact=True).demands] == ["Three", "Two with three needs", "Two"]


def test_dates_and_notice_of_a_demand() -> None:
    row = joint_demand("camden", "brent")
    first, second = Need.objects.order_by("pk")
    Need.objects.filter(pk=first.pk).update(contract_end_date=date(2028, 1, 31), start_date=date(2028, 2, 1))
    Need.objects.filter(pk=second.pk).update(contract_end_date=date(2027, 3, 31))

    found = demand(reference=row.reference, exact=True)

    assert found is not None
    assert (found.first_contract_end, found.last_contract_end) == (date(2027, 3, 31), date(2028, 1, 31))
    assert found.earliest_start == date(2028, 2, 1)
    assert found.boroughs == ("Brent", "Camden")


def test_boroughs_own_facts_are_left_out_of_what_others_see() -> None:
    facts = {"incumbent": "Old System", "contract_end_date": date(2027, 3, 31), "start_date": date(2027, 4, 1)}
    row = joint_demand("camden", "brent", needs=facts | BUDGET)

    found = demand(reference=row.reference, exact=False)

    assert found is not None
    assert "Old System" not in repr(found)
    assert "2027" not in repr(found)
    assert found.budget_max == Figure(withheld=True)


def test_withdrawn_member_is_left_out_and_makes_the_picture_stale() -> None:
    MatchRunFactory(started_at=timezone.now() + timedelta(minutes=1))
    row = joint_demand("camden", "brent", "sutton", needs=BUDGET)
    assert not demand_picture(exact=True).is_stale

    gone = Need.objects.get(borough__slug="sutton")
    Need.objects.filter(pk=gone.pk).update(status=Need.Status.WITHDRAWN, closed_at=timezone.now())

    picture = demand_picture(exact=True)
    assert picture.is_stale
    assert picture.demands[0].boroughs == ("Brent", "Camden")
    assert picture.demands[0].budget_max.value == 400_000
    assert picture.demands[0] == demand(reference=row.reference, exact=True)


def test_demand_without_open_members_is_not_in_the_picture() -> None:
    row = joint_demand("camden", "brent")
    Need.objects.update(status=Need.Status.DRAFT)

    assert demand_picture(exact=True).demands == ()
    assert demand(reference=row.reference, exact=True) is None


def test_stale_before_the_first_run_and_after_a_change() -> None:
    assert demand_picture(exact=True).is_stale
    MatchRunFactory(started_at=timezone.now())
    assert not demand_picture(exact=True).is_stale
    NeedFactory(updated_at=timezone.now() + timedelta(seconds=1))
    assert demand_picture(exact=True).is_stale


@pytest.mark.parametrize(("exact", "queries"), [(True, 5), (False, 6)])
def test_queries_are_five_however_many_needs(exact: bool, queries: int) -> None:
    MatchRunFactory()
    told("camden", "brent", "sutton", needs=BUDGET)
    with CaptureQueriesContext(connection) as few:
        demand_picture(exact=exact)
    for number in range(12):
        told("camden", "brent", "sutton", title=f"Demand {number}", needs=BUDGET)
    with CaptureQueriesContext(connection) as many:
        demand_picture(exact=exact)

    assert len(few) == len(many) == queries


@pytest.mark.parametrize(
    ("fields", "low", "high"),
    [
        ({"budget_min": 100, "budget_max": 200, "budget_basis": "WHOLE_LIFE"}, 100, 200),
        ({"budget_min": 100, "budget_max": 200, "budget_basis": "ONE_OFF"}, 100, 200),
        ({"budget_min": 100, "budget_max": 200, "budget_basis": "PER_YEAR", "months": 36}, 300, 600),
        ({"budget_min": 100, "budget_max": 200, "budget_basis": "PER_YEAR", "months": 6}, 50, 100),
        ({"budget_min": 100, "budget_max": 200, "budget_basis": "PER_YEAR"}, None, None),
        ({"budget_max": 200, "budget_basis": "WHOLE_LIFE"}, 200, 200),
        ({"budget_min": 100, "budget_basis": "WHOLE_LIFE"}, 100, 100),
        ({}, None, None),
    ],
)
def test_whole_life(fields: dict[str, object], low: int | None, high: int | None) -> None:
    need = NeedFactory.build(borough=None, category=None, **fields)

    assert (whole_life(need, "budget_min"), whole_life(need, "budget_max")) == (low, high)


def test_others_read_what_was_told_and_no_total_of_this_moment() -> None:
    three = told("camden", "brent", "barnet", needs=BUDGET)
    told("camden", "sutton", title="Fleet", needs=BUDGET)
    Need.objects.filter(borough__slug="camden").update(users_count=777)

    rows = demand_picture(exact=False).demands

    today = timezone.localdate()
    assert [row.users for row in rows] == [Figure(value=30, as_at=today), NOT_TOLD]
    assert rows[0].budget_max == Figure(low=600_000, high=650_000, as_at=today)
    assert rows[0] == demand(reference=three.reference, exact=False)
    assert demand_picture(exact=True).demands[0].users == Figure(contributors=3, value=20 + 777)


def test_of_what_nobody_has_confirmed_others_read_no_total() -> None:
    row = told("camden", "brent", "barnet", needs=BUDGET)
    JointDemand.objects.update(status=JointDemand.Status.SUGGESTED, confirmed_at=None)

    for found in (demand(reference=row.reference, exact=False), *demand_picture(exact=False).demands):
        assert found is not None
        assert (found.users, found.budget_min, found.budget_max) == (NOT_TOLD, NOT_TOLD, NOT_TOLD)


def test_words_of_the_needs_are_left_out_of_what_others_see() -> None:
    row = joint_demand("camden", "brent", terms=["northgate"])

    assert [demand(reference=row.reference, exact=exact).terms for exact in (True, False)] == [("northgate",), ()]


def test_demand_of_which_the_matcher_is_not_sure_is_in_no_figure() -> None:
    joint_demand("camden", "brent", "barnet", needs=BUDGET)
    row = joint_demand("camden", "sutton", title="Fleet", needs=BUDGET, certainty=JointDemand.Certainty.NOT_SURE)

    picture = demand_picture(exact=True)

    assert [each.title for each in picture.demands] == ["Telephony"]
    assert [each.title for each in picture.not_sure] == ["Fleet"]
    assert (picture.needs_count, picture.matched_count) == (5, 3)
    assert sum(each.matched for each in picture.boroughs) == 3
    # It has its own page all the same.
    found = demand(reference=row.reference, exact=True)
    assert found is not None
    assert not found.is_sure
