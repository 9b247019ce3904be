from datetime import date
from typing import Any

import pytest

from boroughs.actions.need_content import NeedContent
from boroughs.forms.date_remarks import date_remarks

TODAY = date(2026, 6, 15)


def remarks(**dates: Any) -> list[str]:
    return date_remarks(NeedContent("Parking permits", **dates), today=TODAY)


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        (date(1999, 1, 1), "1 January 1999, 27 years ago"),
        (date(2024, 6, 16), "16 June 2024, 1 year ago"),
        (date(2024, 6, 15), "15 June 2024, 2 years ago"),
        (date(2026, 6, 14), "14 June 2026"),
    ],
    ids=["long ago", "a year", "to the day", "yesterday"],
)
def test_contract_that_has_ended_is_asked_about(ended: date, words: str) -> None:
    assert remarks(contract_end_date=ended) == [f"Your present contract ended on {words}. Is that right?"]


def test_starts_that_are_over_are_asked_about() -> None:
    assert remarks(earliest_start_date=date(2020, 1, 1), start_date=date(2021, 4, 1)) == [
        "The earliest start, 1 January 2020, is in the past. Is that right?",
        "The latest start, 1 April 2021, is in the past. Is that right?",
    ]


@pytest.mark.parametrize("name", ["contract_end_date", "earliest_start_date", "start_date"])
@pytest.mark.parametrize("day", [None, TODAY, date(2027, 4, 1)], ids=["none", "today", "ahead"])
def test_date_that_is_not_over_passes_without_a_word(name: str, day: date | None) -> None:
    assert remarks(**{name: day}) == []
