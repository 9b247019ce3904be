"""Totals in words, as they may be told."""

from datetime import date

import pytest

from procurement.disclosure import Figure
from procurement.pdf import words


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (Figure(3, value=100_000), Figure(3, value=1_500_000), "£100,000 to £1.5 million"),
        (Figure(3, low=100_000, high=150_000), Figure(3, low=400_000, high=450_000), "£100,000 to £450,000"),
        (Figure(withheld=True), Figure(withheld=True), "Not told"),
        (Figure(low=0, high=50_000), Figure(withheld=True), "Not told"),
        (Figure(0), Figure(0), "Not given"),
    ],
)
def test_budget(low: Figure, high: Figure, expected: str) -> None:
    assert words.budget(low, high) == expected


def test_told_figures_say_of_which_day_they_are_true() -> None:
    first, second = date(2026, 11, 1), date(2026, 11, 28)
    low, high = Figure(low=900_000, high=950_000, as_at=second), Figure(low=400_000, high=450_000, as_at=first)
    assert words.dated(low) == "as at 28 November 2026"
    # Of different days the lowest may be above the highest.
    assert words.budget(low, high) == "Lowest from £900,000, highest up to £450,000"
    assert words.dated(low, high) == "lowest as at 28 November 2026, highest as at 1 November 2026"
    assert words.dated(Figure(3, value=7)) == words.dated(low, Figure(withheld=True)) == ""
