"""Words of the picture: as the pages write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boroughs.templatetags import formatting
from procurement.picture import words


@given(st.integers(0, 10**13) | st.sampled_from([999_950_000, 999_949_999, 949_999, 999_950, 999_949, 1_050_000]))
def test_pounds_as_on_the_pages(amount: int) -> None:
    assert words.pounds(amount) == formatting.pounds(amount)


@given(st.integers(0, 10**6), st.sampled_from(["", "need", "authority,authorities"]))
def test_count_as_on_the_pages(value: int, noun: str) -> None:
    assert words.count(value, noun) == formatting.count(value, noun)


@given(st.dates())
def test_day_as_on_the_pages(day: date) -> None:
    assert words.day(day) == formatting.day(day)


@pytest.mark.parametrize(("part", "whole", "said"), [(1, 2, "50%"), (1, 8, "13%"), (0, 3, "0%"), (3, 3, "100%")])
def test_percent(part: int, whole: int, said: str) -> None:
    assert words.percent(part, whole) == said == formatting.percent(part / whole)


def test_long_title_is_cut() -> None:
    assert words.named("A" * 61, "JD-0001") == f"“{'A' * 59}…” (JD-0001)"
