"""Figures from facts: each with the needs behind it, the same whatever order the facts come in."""

import random
from dataclasses import replace
from datetime import date

from procurement.picture.facts import Frozen
from procurement.picture.figures import Figures
from procurement.picture.numbers import Number, Unit, numbers
from procurement.picture.reckoning import figures
from tests.picture import made

BUDGET = {"budget_min": 100, "budget_max": 300, "budget_basis": "BUDGET"}


def picture() -> Frozen:
    """Three joint demands, one of which the matcher is not sure of, and a need that stands alone."""
    needs = (
        made.need(1, "camden", users=10, contract_end_date=date(2027, 3, 31), start_date=date(2027, 4, 1), **BUDGET),
        made.need(2, "brent", users=5, contract_end_date=date(2028, 1, 31), **BUDGET),
        made.need(3, "sutton", contract_end_date=date(2026, 11, 29)),
        made.need(4, "camden", category="fleet", contract_end_date=date(2026, 12, 31)),
        made.need(5, "merton", category="fleet"),
        made.need(6, "brent", category=""),
        made.need(7, "camden"),
        made.need(8, "sutton"),
    )
    demands = (
        made.demand(1, [4, 5], category="fleet", title="Fleet"),
        made.demand(2, [1, 2, 3], status="CONFIRMED", is_pinned=True, lead="camden"),
        made.demand(3, [7, 8], is_sure=False),
    )
    notices = (
        made.notice(1, 2, status="WITHDRAWN"),
        made.notice(2, 2, version=2),
        made.notice(3, 1, version=0, status="PROPOSED"),
    )
    return made.frozen(made.london(*needs, demands=demands, notices=notices))


def told(number: Number) -> tuple[int | None, list[int]]:
    return number.value, [int(reference.removeprefix("N-")) for reference in number.needs]


def test_headlines_and_the_needs_behind_them() -> None:
    heads = figures(picture()).headlines

    assert told(heads.needs) == (8, [1, 2, 3, 4, 5, 6, 7, 8])
    assert told(heads.matched) == (5, [1, 2, 3, 4, 5])
    assert told(heads.demands) == (2, [1, 2, 3, 4, 5])
    assert told(heads.confirmed) == (1, [1, 2, 3])
    assert told(heads.widest) == (3, [1, 2, 3])
    assert told(heads.logged) == (4, [1, 2, 3, 4, 5, 6, 7, 8])
    assert told(heads.users) == (15, [1, 2])
    assert told(heads.lowest) == (200, [1, 2])
    assert told(heads.highest) == (600, [1, 2])
    assert told(heads.budgeted) == (2, [1, 2])
    # Without the one that is not sure, which is told apart.
    assert told(heads.waiting) == (1, [4, 5])
    assert told(heads.not_sure) == (1, [7, 8])
    assert told(heads.led) == (1, [1, 2, 3])
    assert told(heads.without_lead) == (0, [])
    assert told(heads.on_board) == (1, [1, 2, 3])
    assert told(heads.proposed) == (1, [4, 5])


def test_widest_demand_first_with_its_figures() -> None:
    first, second = figures(picture()).demands

    assert (first.reference, second.reference) == ("JD-0002", "JD-0001")
    assert first.boroughs == ("Brent", "Camden", "Sutton")
    assert told(first.users) == (15, [1, 2])
    assert told(second.users) == (None, [])
    assert (first.first_end, first.last_end, first.earliest_start) == (
        date(2026, 11, 29),
        date(2028, 1, 31),
        date(2027, 4, 1),
    )
    assert first.notice is not None
    assert first.notice.reference == "NT-0002"
    assert second.notice is None
    assert first.lead == "Camden"


def test_rows_add_up_to_the_headlines() -> None:
    found = figures(picture())

    assert sum(int(row.needs) for row in found.authorities) == int(found.headlines.needs)
    assert sum(int(row.matched) for row in found.authorities) == int(found.headlines.matched)
    for area in found.areas:
        assert sum(int(cell) for cell in area.by_borough) == int(area.needs)
    assert [(row.name, int(row.needs), int(row.matched), int(row.demands)) for row in found.categories] == [
        ("Telephony", 5, 3, 1),
        ("Fleet", 2, 2, 1),
    ]


def test_contracts_that_end_from_the_day_of_the_snapshot_on() -> None:
    first, second, *rest = figures(picture()).quarters

    assert (first.first_day, told(first.ends)) == (date(2026, 10, 1), (1, [4]))
    assert (second.first_day, told(second.ends), told(second.matched)) == (date(2027, 1, 1), (1, [1]), (1, [1]))
    assert rest[3].first_day == date(2028, 1, 1)
    assert told(rest[3].ends) == (1, [2])


def test_every_count_of_needs_is_that_of_the_needs_behind_it_and_every_name_is_one() -> None:
    found = list(numbers(figures(picture())))

    for each in found:
        assert list(each.needs) == sorted(set(each.needs))
        if each.unit is Unit.NEEDS:
            assert each.value == len(each.needs)
    assert len({each.key for each in found}) == len(found)


def test_same_figures_whatever_the_order_of_the_facts() -> None:
    whole = picture()
    turned = random.Random(1)

    def shuffled(values: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(turned.sample(values, len(values)))

    held = whole.facts
    mixed = replace(
        held,
        authorities=shuffled(held.authorities),
        categories=shuffled(held.categories),
        needs=shuffled(held.needs),
        demands=shuffled(held.demands),
    )
    assert figures(replace(whole, facts=mixed)) == figures(whole)


def test_picture_of_nothing() -> None:
    found: Figures = figures(made.frozen(made.london(run=None)))

    assert (found.headlines.needs.value, found.headlines.users.value) == (0, None)
    assert (found.demands, found.areas, found.categories) == ((), (), ())
