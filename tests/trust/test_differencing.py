"""From everything that two notices publish while their coalitions change, nobody works out what a borough stated.

Forty coalitions, so that it stays a matter of a minute; `LOTI_SEEDS=200` looks at as many as that. A figure counts as
recovered if a bound that follows from the published totals, or the difference of two of them, comes within ten per cent
of it. benchmarks/disclosure.py tells how many versions got a new figure.
"""

import os

import pytest

from procurement.disclosure import Rule
from tests.trust.attack import recovered
from tests.trust.rolling import history_of

SEEDS = int(os.environ.get("LOTI_SEEDS", "40"))
TOGETHER = 5


@pytest.mark.parametrize("first", range(0, SEEDS, TOGETHER))
def test_nobody_recovers_a_figure_from_all_that_is_published(first: int) -> None:
    for seed in range(first, first + TOGETHER):
        world = history_of(seed, rule=Rule(), is_controlled=True)

        assert world.statements, f"nothing was published with seed {seed}"
        assert recovered(world) == [], f"seed {seed}"


def test_enough_is_told_to_be_of_use() -> None:
    worlds = [history_of(seed, rule=Rule(), is_controlled=True) for seed in range(6)]

    decisions = [answer.decision for world in worlds for answer in world.answers]
    # A third of the versions tell a new figure, and nine in ten some figure.
    assert sum(decision.release is not None for decision in decisions) > 0.25 * len(decisions)
    assert sum(decision.figure is not None for decision in decisions) > 0.8 * len(decisions)


@pytest.mark.parametrize("seed", range(4))
def test_the_same_attack_succeeds_where_each_total_is_asked_about_alone(seed: int) -> None:
    world = history_of(seed, rule=Rule(), is_controlled=False)

    found = recovered(world)

    assert {one.how for one in found} >= {"upper bound", "lower bound", "difference"}
    # Users are told plainly, and come out to the last one.
    assert any(abs(one.guess - one.truth) < 0.5 for one in found)
    # Anybody at all finds some, and members find more.
    assert {one.reader for one in found} >= {None, *(one.reader for one in found)}
    assert len({one.names for one in found}) > len({one.names for one in found if one.reader is None}) > 0


def test_the_attack_finds_no_difference_where_only_one_version_was_published() -> None:
    world = history_of(0, rule=Rule(), is_controlled=False, steps=0)

    assert recovered(world) == []
