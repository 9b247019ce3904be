from random import Random
from typing import Any

import pytest

from procurement.planning.plan import plan
from procurement.planning.waves import fewest_starts
from tests.planning.instances import RULES, TODAY, fewest_by_hand, situations
from tests.planning.programme import Table, by_programme, weights_of


def tabled(rng: Random, **chosen: Any) -> Table:
    return weights_of(plan(situations(rng, **chosen), rules=RULES, today=TODAY))


def measured(table: Table, rows: list[int]) -> tuple[int, int, int]:
    """How many, what they weigh, how early they lie; each borough that can join any must join one of them."""
    total = 0
    for column in range(len(table[0])):
        open_to = [weight for row in rows if (weight := table[row][column]) is not None]
        assert open_to or all(row[column] is None for row in table)
        total += min(open_to, default=0)
    return len(rows), total, sum(rows)


@pytest.mark.parametrize("seed", range(10))
def test_starts_agree_with_trying_every_set_on_a_thousand_instances(seed: int) -> None:
    rng = Random(seed)
    counts = set()
    for _ in range(100):
        table = tabled(rng, count=rng.randint(1, 8), spread=rng.choice([24, 48, 96]), windows=rng.random())
        # Some of the months, so that there are not too many sets to try.
        table = [table[row] for row in sorted(rng.sample(range(len(table)), min(len(table), 14)))]
        found = fewest_starts(table)
        assert found == sorted(set(found))
        assert measured(table, found) == fewest_by_hand(table)
        counts.add(len(found))
    assert counts >= {1, 2, 3}


@pytest.mark.parametrize("seed", range(10))
def test_starts_of_tables_without_any_shape_agree_with_trying_every_set(seed: int) -> None:
    """Not only what contracts lead to: any weights, any pattern of who can join."""
    rng = Random(seed)
    for _ in range(30):
        density = rng.random()
        boroughs = range(rng.choice([5, 9]))
        table = [[rng.randint(0, 9) if rng.random() < density else None for _ in boroughs] for _ in range(10)]
        assert measured(table, fewest_starts(table)) == fewest_by_hand(table)


@pytest.mark.parametrize("seed", range(12))
def test_starts_of_33_boroughs_with_five_options_are_the_proven_optimum(seed: int) -> None:
    table = tabled(Random(seed), count=33, options=5, spread=84, windows=(0.1, 0.5, 0.9)[seed % 3])
    found = fewest_starts(table)
    assert measured(table, found)[:2] == by_programme(table)


def test_nobody_or_nothing_to_join_takes_no_start() -> None:
    assert fewest_starts([]) == []
    assert fewest_starts([[]]) == []
    assert fewest_starts([[None, None], [None, None]]) == []


def test_who_can_join_nothing_is_left_out_of_the_count() -> None:
    assert fewest_starts([[None, 4], [None, 3]]) == [1]


def test_one_start_for_all_is_preferred_to_two_that_weigh_less() -> None:
    assert fewest_starts([[0, None], [9, 9], [None, 0]]) == [1]


def test_of_equal_starts_the_earliest_is_taken() -> None:
    assert fewest_starts([[1, 1], [1, 1]]) == [0]
    assert fewest_starts([[0, None], [0, None], [None, 0], [None, 0]]) == [0, 2]
