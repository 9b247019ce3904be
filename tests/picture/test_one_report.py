"""What the reports of one thing share: columns that may not be told, figures as they were told, subjects not there."""

from datetime import date

import pytest

from procurement.picture.facts import ToldFigure
from procurement.picture.one_report import (
    NOT_TOLD,
    Column,
    budget_told,
    days_told,
    missing,
    pounds_told,
    table,
    users_told,
)
from tests.picture import made

COLUMNS = (Column("a", "A"), Column("b", "B"), Column("c", "C"))
DAY = date(2026, 11, 2)


def test_column_of_which_nothing_may_be_told_is_left_out() -> None:
    (found,) = table("key", "Caption", COLUMNS, [("x", NOT_TOLD, 1), ("y", NOT_TOLD, None)])

    assert [column.key for column in found.columns] == ["a", "c"]
    assert found.rows == (("x", 1), ("y", None))


def test_column_of_which_something_may_be_told_keeps_what_may_not() -> None:
    (found,) = table("key", "Caption", COLUMNS, [("x", NOT_TOLD, 1), ("y", 2, 3)])

    assert found.rows[0][1] is NOT_TOLD


@pytest.mark.parametrize("rows", [[], [("x", NOT_TOLD, NOT_TOLD)]], ids=["no row", "names alone"])
def test_table_that_tells_nothing_is_none(rows: list[tuple[object, ...]]) -> None:
    assert table("key", "Caption", COLUMNS, rows) == ()  # type: ignore[arg-type]


def test_told_figures_in_words() -> None:
    exact, band = ToldFigure(value=1_500, as_at=DAY), ToldFigure(low=1_000, high=2_000, as_at=DAY)

    assert (users_told(exact), users_told(band), users_told(ToldFigure())) == ("1,500", "1,000 to under 2,000", "")
    assert (pounds_told(exact), pounds_told(band), pounds_told(ToldFigure())) == (
        "£1,500",
        "£1,000 to under £2,000",
        "",
    )
    assert budget_told(exact, band) == "£1,500 to £2,000"
    assert budget_told(exact, ToldFigure()) == ""


def test_ends_of_a_budget_that_were_told_on_other_days_are_no_range() -> None:
    low, high = ToldFigure(value=9_000, as_at=DAY), ToldFigure(value=5_000, as_at=date(2026, 10, 1))

    assert budget_told(low, high) == "Lowest from £9,000, highest up to £5,000"
    assert days_told(low) == "as at 2 November 2026"
    assert days_told(low, high) == "lowest as at 2 November 2026, highest as at 1 October 2026"
    assert days_told(ToldFigure(value=7)) == days_told(low, ToldFigure()) == ""


def test_subject_that_is_not_there_names_those_that_are_much_like_it() -> None:
    frozen = made.frozen(made.london())

    said = str(missing(frozen, "authority", "camdem", ["brent", "camden", "sutton"]))

    assert said == "DP-2026-0001 knows no authority 'camdem'. Of the 3 that it has, the nearest are: camden."
    assert "It has none at all" in str(missing(frozen, "joint demand", "JD-0001", []))
