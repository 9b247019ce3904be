"""Quarters, and what ends in them."""

from datetime import date

import pytest

from procurement.picture.quarters import AHEAD, Quarter, ends, quarter_of
from tests.picture import made

TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        pytest.param(date(2027, 1, 1), Quarter(2027, 1), id="first day of a year"),
        pytest.param(date(2027, 3, 31), Quarter(2027, 1), id="last day of a quarter"),
        pytest.param(date(2027, 12, 31), Quarter(2027, 4), id="last day of a year"),
    ],
)
def test_quarter_of_a_day(day: date, quarter: Quarter) -> None:
    assert quarter_of(day) == quarter


def test_quarter_in_words_and_in_names() -> None:
    found = Quarter(2026, 4)

    assert (found.first_day, found.key, found.words) == (date(2026, 10, 1), "2026-q4", "quarter 4 of 2026")
    assert (found.following, found.following.following) == (Quarter(2027, 1), Quarter(2027, 2))


def test_contract_counts_from_today_to_the_end_of_the_last_quarter() -> None:
    days = (date(2026, 11, 26), TODAY, date(2026, 12, 31), date(2029, 9, 30), date(2029, 10, 1), None)
    needs = [made.need(number, contract_end_date=day) for number, day in enumerate(days, 1)]

    found = [(quarter, [need.reference for need in ending]) for quarter, ending in ends(needs, TODAY)]

    assert len(found) == AHEAD == 12
    assert found[0] == (Quarter(2026, 4), ["N-00002", "N-00003"])
    assert found[-1] == (Quarter(2029, 3), ["N-00004"])
    assert not any(ending for _, ending in found[1:-1])
