"""When a total may be shown beyond the office, and how exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement import disclosure
from procurement.disclosure import Figure


@pytest.mark.parametrize(
    ("contributions", "shown"),
    [
        ({}, False),
        ({"a": 100_000}, False),
        ({"a": 100_000, "b": 100_000}, False),
        ({"a": 100_000, "b": 100_000, "c": 100_000}, True),
        # A borough that contributes nothing is no contributor.
        ({"a": 100_000, "b": 100_000, "c": 0}, False),
        # Dominance: all but the two largest must come to a tenth of the largest.
        ({"a": 1_000_000, "b": 500_000, "c": 99_999}, False),
        ({"a": 1_000_000, "b": 500_000, "c": 100_000}, True),
        ({"a": 1_000_000, "b": 500_000, "c": 60_000, "d": 40_000}, True),
        ({"a": 1_000_000, "b": 5, "c": 5}, False),
    ],
)
def test_may_show(contributions: dict[str, int], shown: bool) -> None:
    assert disclosure.may_show(contributions) is shown


def test_total_is_exact_for_the_office_whatever_the_rule_says() -> None:
    assert disclosure.total({"a": 7}) == Figure(contributors=1, value=7)


def test_total_of_nothing_is_not_given() -> None:
    figure = disclosure.total({})

    assert not figure.is_shown
    assert not figure.withheld


@given(st.lists(st.integers(min_value=1, max_value=10**9), min_size=3, max_size=33))
def test_shown_total_hides_the_largest_from_the_second(figures: list[int]) -> None:
    """Who subtracts its own figure from a shown total misses the largest one's by at least a tenth of it."""
    contributions = {str(at): figure for at, figure in enumerate(figures)}
    if disclosure.may_show(contributions):
        largest, second = sorted(figures, reverse=True)[:2]
        assert sum(figures) - second >= largest * 1.1 - 1e-6
