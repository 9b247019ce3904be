"""Totals in words, as they may be told."""

import pytest

from procurement.disclosure import Figure
from procurement.pdf import words
from procurement.picture.facts import ToldFigure
from procurement.picture.one_report import Told


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (Figure(3, value=100_000), Figure(3, value=1_500_000), "£100,000 to £1.5 million"),
        (Figure(3, low=100_000, high=150_000), Figure(3, low=400_000, high=450_000), "£100,000 to £450,000"),
        (Figure(withheld=True), Figure(withheld=True), "Not told"),
        (Figure(low=0, high=50_000), Figure(withheld=True), "Not told"),
        (Figure(0), Figure(0), "Not given"),
        (Figure(3, value=100_000), Figure(3, low=400_000, high=450_000), "£100,000 to £450,000"),
        (ToldFigure(low=100_000, high=150_000), ToldFigure(low=400_000, high=450_000), "£100,000 to £450,000"),
        (ToldFigure(), ToldFigure(), "Not told"),
    ],
)
def test_budget(low: Told, high: Told, expected: str) -> None:
    assert words.budget(low, high) == expected


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        (Figure(3, value=1_500), "1,500"),
        (Figure(3, low=1_000, high=2_000), "1,000 to under 2,000"),
        (ToldFigure(low=10, high=100), "10 to under 100"),
        (ToldFigure(), "Not told"),
        (Figure(withheld=True), "Not told"),
        (Figure(0), "Not given"),
    ],
)
def test_users(figure: Told, expected: str) -> None:
    assert words.users(figure) == expected
