"""Days in London, and the middle one of several."""

from datetime import UTC, date, datetime

import pytest

from procurement.picture.moments import day_of, days_between, median

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)


def test_day_is_that_of_london() -> None:
    assert day_of(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == date(2026, 7, 1)


def test_days_are_whole_and_never_fewer_than_none() -> None:
    later = datetime(2026, 7, 2, 11, tzinfo=UTC)

    assert (days_between(NOON, later), days_between(later, NOON)) == (1, 0)


@pytest.mark.parametrize(
    ("days", "middle"),
    [
        pytest.param([], None, id="none"),
        pytest.param([9, 1, 4], 4, id="in any order"),
        pytest.param([9, 4], 4, id="of two the lower"),
        pytest.param([0], 0, id="nought is a number"),
    ],
)
def test_median(days: list[int], middle: int | None) -> None:
    assert median(days) == middle
