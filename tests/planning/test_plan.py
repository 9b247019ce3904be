from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.planning.plan import Plan, plan
from procurement.planning.situations import PossibleEnd, Situation, first_day, month_of
from tests.planning.instances import RULES, TODAY, situations, weight_by_hand


def made(*given: Situation, at_least: int = 0) -> Plan:
    return plan(given, rules=RULES, today=TODAY, at_least=at_least)


def ending(key: str, *ends: date) -> Situation:
    return Situation(key, key.title(), tuple(PossibleEnd(each) for each in ends))


def best_by_hand(table: dict[int, list[int | None]]) -> tuple[int, int, int]:
    found = []
    for month, row in table.items():
        joining = [weight for weight in row if weight is not None]
        found.append((-len(joining), sum(joining), month))
    return min(found)


@pytest.mark.parametrize("seed", range(10))
def test_plan_agrees_with_trying_everything_on_a_thousand_instances(seed: int) -> None:
    rng = Random(seed)
    for _ in range(100):
        given = situations(rng, count=rng.randint(1, 7), spread=rng.choice([12, 36, 72]), windows=rng.random())
        found = made(*given)
        # All of the ten years, most of which are not looked at because nothing better is to be found there.
        months = range(found.starts[0].month, found.starts[0].month + RULES.horizon)
        table = {month: [weight_by_hand(each, month) for each in given] for month in months}
        for start in found.starts:
            assert [each.weight if each.joins else None for each in start.outcomes] == table[start.month]
        assert (-found.best.joining, found.best.weight, found.best.month) == best_by_hand(table)
        assert len(found.choices) == found.best.joining
        for choice in found.choices:
            able = {
                month: sum(sorted(joining)[: choice.count])
                for month, row in table.items()
                if len(joining := [weight for weight in row if weight is not None]) >= choice.count
            }
            assert (choice.weight, choice.best.month) == min((weight, month) for month, weight in able.items())
            assert set(choice.months) == {month for month in able if month <= found.starts[-1].month}


def test_first_start_leaves_time_for_a_joint_purchase() -> None:
    assert first_day(made().starts[0].month) == date(2027, 12, 1)
    on_a_first = plan([], rules=RULES, today=date(2026, 11, 1))
    assert first_day(on_a_first.starts[0].month) == date(2027, 11, 1)
    decided_later = plan([], rules=RULES, today=date(2026, 11, 1), begins=date(2027, 3, 31))
    assert first_day(decided_later.starts[0].month) == date(2028, 4, 1)


def test_nothing_is_looked_at_beyond_the_month_after_which_nobody_gains() -> None:
    late = ending("a", date(2030, 3, 31))
    assert first_day(made(late).starts[-1].month) == date(2030, 4, 1)
    wanting = Situation("b", "B", earliest=date(2031, 6, 15))
    assert first_day(made(late, wanting).starts[-1].month) == date(2031, 6, 1)
    assert len(made(late, at_least=60).starts) == 60


@pytest.mark.parametrize("last_day", [date(2099, 12, 31), date.max])
def test_ten_years_are_the_most_that_is_looked_at(last_day: date) -> None:
    found = made(ending("a", last_day))
    assert len(found.starts) == 120
    assert found.left_out == (0,)
    assert found.waves == ()


def test_best_start_is_the_one_that_most_can_join_then_the_lightest_then_the_earliest() -> None:
    found = made(ending("a", date(2028, 3, 31)), ending("b", date(2028, 5, 31)), ending("c", date(2034, 1, 31)))
    # A bridge of two months weighs less than two months of double running; the third is never together with both.
    assert first_day(found.best.month) == date(2028, 6, 1)
    assert (found.best.joining, found.best.weight) == (2, 2)
    assert [(first_day(each.best.month), each.weight) for each in found.choices] == [
        (date(2028, 4, 1), 0),
        (date(2028, 6, 1), 2),
    ]


def test_fewest_starts_hold_everybody_and_each_joins_its_easiest() -> None:
    found = made(ending("a", date(2028, 3, 31)), ending("b", date(2028, 5, 31)), ending("c", date(2034, 1, 31)))
    assert [(first_day(wave.start.month), wave.members) for wave in found.waves] == [
        (date(2028, 6, 1), (0, 1)),
        (date(2034, 2, 1), (2,)),
    ]
    assert found.left_out == ()


def test_an_option_to_extend_brings_a_borough_to_a_later_start() -> None:
    bound = ending("b", date(2030, 3, 31))
    without = made(ending("a", date(2028, 3, 31)), bound)
    assert [each.options for each in without.best.outcomes] == [0, 0]
    assert without.best.weight == 12 + 2 * 12
    extended = made(ending("a", date(2028, 3, 31), date(2029, 3, 31), date(2030, 3, 31)), bound)
    assert first_day(extended.best.month) == date(2030, 4, 1)
    assert extended.best.weight == 0
    assert [each.options for each in extended.best.outcomes] == [2, 0]


def test_without_anybody_there_is_a_plan_of_nothing() -> None:
    found = made()
    assert (found.best.joining, found.choices, found.waves, found.left_out) == (0, (), (), ())


def test_any_month_can_be_asked_for() -> None:
    found = made(ending("a", date(2028, 3, 31)))
    assert found.start_in(found.best.month) == found.best
    beyond = found.start_in(month_of(date(2028, 6, 1)))
    assert beyond not in found.starts
    assert beyond.outcomes[0].bridge == 2


@given(seed=st.integers(0, 10_000), shuffled=st.randoms(use_true_random=False))
def test_order_of_the_situations_does_not_matter(seed: int, shuffled: Random) -> None:
    given = situations(Random(seed), count=8)
    again = list(given)
    shuffled.shuffle(again)
    one, other = made(*given), made(*again)
    assert (one.starts, one.choices, one.waves, one.left_out) == (
        other.starts,
        other.choices,
        other.waves,
        other.left_out,
    )


@given(seed=st.integers(0, 10_000))
def test_a_further_option_never_makes_a_start_worse(seed: int) -> None:
    rng = Random(seed)
    given = [each for each in situations(rng, count=5, options=4) if each.ends]
    fewer = [replace(each, ends=each.ends[:1]) for each in given]
    with_all, without = made(*given, at_least=120), made(*fewer, at_least=120)
    for one, other in zip(with_all.starts, without.starts, strict=True):
        for more, less in zip(one.outcomes, other.outcomes, strict=True):
            assert more.joins or not less.joins
            assert not less.joins or more.weight <= less.weight
