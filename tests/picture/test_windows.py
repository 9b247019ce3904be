"""When boroughs could start together, from the facts of a snapshot."""

from dataclasses import replace
from datetime import date
from typing import Any

from procurement.picture.facts import Demand, Frozen, Stance
from procurement.picture.windows import Windows, plan_of, windows
from tests.picture import made


def picture(**of_demand: Any) -> Frozen:
    """Camden's contract ends in March 2028 or a year later, Brent's in March 2029, Sutton has none."""
    needs = (
        made.need(1, "camden", contract="camden/A"),
        made.need(2, "brent", contract="brent/A"),
        made.need(3, "sutton"),
    )
    contracts = (
        made.contract("A", "brent", end_date=date(2029, 3, 31)),
        made.contract("A", "camden", end_date=date(2028, 3, 31), options=(12,), notice_months=6),
    )
    demand = made.demand(1, [1, 2, 3], **of_demand)
    return made.frozen(made.london(*needs, demands=[demand], contracts=contracts))


def planned(**of_demand: Any) -> Windows:
    return windows(picture(**of_demand))


def test_best_start_is_the_one_that_costs_nobody_anything() -> None:
    (row,) = planned().rows

    assert (row.start, row.begin_by) == (date(2029, 4, 1), date(2028, 4, 1))
    assert (int(row.joining), int(row.boroughs)) == (3, 3)
    assert row.left_out == ()
    assert row.joining.needs == ("N-00001", "N-00002", "N-00003")
    assert row.joining.contracts == ("brent/A", "camden/A")


def test_what_is_due_first_is_said_with_its_day() -> None:
    (row,) = planned().rows

    assert row.due is not None
    assert (row.due.borough, row.due.by) == ("Camden", date(2027, 9, 30))
    assert row.due.words == "Take up the option to extend to 31 March 2029"


def test_who_has_declined_is_left_out() -> None:
    (row,) = planned(stances=(Stance("brent", "DECLINED", ""),)).rows

    assert (row.start, int(row.boroughs)) == (date(2028, 4, 1), 2)
    assert row.joining.needs == ("N-00001", "N-00003")
    assert row.left_out == ()


def test_no_purchase_begins_before_it_is_decided() -> None:
    (row,) = planned(stances=(Stance("brent", "DECLINED", ""),), decision_date=date(2028, 6, 15)).rows

    assert row.begin_by == date(2028, 7, 1)


def test_what_has_come_to_an_outcome_or_is_not_sure_is_not_planned() -> None:
    assert planned(outcome="REACHED").rows == ()
    assert planned(is_sure=False).rows == ()


def test_without_any_date_nothing_is_planned() -> None:
    held = made.london(made.need(1, "camden"), made.need(2, "brent"), demands=[made.demand(1, [1, 2])])

    found = windows(made.frozen(held))

    assert (found.rows, int(found.unknown), found.unknown.needs) == ((), 1, ("N-00001", "N-00002"))


def test_start_for_one_borough_alone_is_no_common_one() -> None:
    needs = (
        made.need(1, "camden", contract_end_date=date(2028, 3, 31)),
        made.need(2, "brent", contract_end_date=date(2034, 3, 31)),
    )

    found = windows(made.frozen(made.london(*needs, demands=[made.demand(1, [1, 2])])))

    assert (found.rows, int(found.demands)) == ((), 0)


def test_entry_that_was_taken_out_of_the_register_is_not_read() -> None:
    frozen = picture()
    contracts = tuple(replace(each, is_listed=False) for each in frozen.facts.contracts)
    held = replace(frozen.facts, contracts=contracts)

    assert int(windows(replace(frozen, facts=held)).unknown) == 1


def test_plan_of_one_joint_demand_is_the_same() -> None:
    frozen = picture()
    demand: Demand = frozen.facts.demands[0]
    (row,) = windows(frozen).rows

    best = plan_of(demand, frozen).best

    assert (best.month, best.joining) == (row.start.year * 12 + row.start.month - 1, int(row.joining))
