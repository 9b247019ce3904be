from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from boroughs.forms import cells
from boroughs.forms.grid import Cell, CellProblem

APRIL = date(2027, 4, 1)


@pytest.mark.parametrize(
    "cell",
    [
        APRIL,
        "01/04/2027",
        "1/4/27",
        "01.04.27",
        "01-04-2027",
        "1 Apr 2027",
        "1st April 2027",
        "1st of April, 2027",
        "Thursday 1 April 2027",
        "01-Apr-27",
        "April 1, 2027",
        "2027-04-01",
        "2027/04/01",
        "2027-04-01 00:00:00",
        "2027-04-01T09:30:00Z",
        "01/04/2027 00:00",
        " 1 apr. 2027 ",
    ],
)
def test_a_day_is_read_as_people_write_it(cell: Cell) -> None:
    assert cells.read_date(cell) == cells.Read(APRIL)


def test_a_day_that_may_be_either_is_british() -> None:
    assert cells.read_date("04/05/2027").value == date(2027, 5, 4)


@given(
    st.dates(date(2000, 1, 1), date(2079, 12, 31)), st.sampled_from(["%d/%m/%Y", "%d.%m.%y", "%d %B %Y", "%d-%b-%y"])
)
def test_every_day_is_read_back(day: date, form: str) -> None:
    assert cells.read_date(day.strftime(form)).value == day


@pytest.mark.parametrize("cell", [46478, "46478", Decimal("46478.5")])
def test_a_number_among_dates_is_counted_as_excel_counts(cell: Cell) -> None:
    read = cells.read_date(cell)
    assert read.value == APRIL
    assert "1 April 2027" in read.remark


@pytest.mark.parametrize("text", ["April 2027", "Apr 2027", "Apr-27", "end of April 2027", "04/2027"])
def test_a_month_is_its_first_or_last_day_and_that_is_said(text: str) -> None:
    assert cells.read_date(text).value == APRIL
    last = cells.read_date(text, at_end=True)
    assert last.value == date(2027, 4, 30)
    assert last.remark == f"“{text}” is read as 30 April 2027, the last day of the month."


@given(st.dates(date(2000, 1, 1), date(2079, 12, 31)))
def test_the_last_day_of_a_month_is_followed_by_the_next_month(day: date) -> None:
    last = cells.read_date(day.strftime("%B %Y"), at_end=True).value
    assert last is not None
    assert (last.year, last.month) == (day.year, day.month)
    assert (last + timedelta(days=1)).day == 1


@pytest.mark.parametrize("text", ["TBC", "rolling", "Ongoing", "open ended"])
def test_no_day_that_is_known_is_said(text: str) -> None:
    assert cells.read_date(text) == cells.Read(None, f"“{text}” is read as not known.")


@pytest.mark.parametrize("cell", [None, "", "  ", "-", "n/a", "N/A"])
def test_nothing_is_nothing_without_a_remark(cell: Cell) -> None:
    assert cells.read_date(cell) == cells.read_money(cell) == cells.Read(None)


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("13/25/2027", "there is no month 25"),
        ("04/13/2027", "there is no month 13. Dates are read as day, month, year"),
        ("30/02/2027", "no such day in the calendar"),
        ("2027", "“2027” is no date"),
        (2027, "“2027” is no date"),
        ("Q1 2027", "“Q1 2027” is no date"),
        ("1 Foo 2027", "no date"),
        ("1 April", "no date"),
        ("00/00/0000", "no date"),
        ("9" * 5000, "no date"),
        (CellProblem("B2 holds the error #REF!."), "B2 holds the error #REF!."),
    ],
)
def test_what_is_no_day_is_refused_with_what_was_read(cell: Cell, says: str) -> None:
    with pytest.raises(ValidationError, match=says.replace("?", r"\?")):
        cells.read_date(cell)


@pytest.mark.parametrize(
    ("cell", "pounds"),
    [
        ("£1,234.50", 1235),
        ("1234.49", 1234),
        ("£ 70 000", 70_000),
        ("1.2m", 1_200_000),
        ("£70k", 70_000),
        ("£3 million", 3_000_000),
        ("70,000 pa", 70_000),
        ("£70,000 p.a.", 70_000),
        ("£70,000 per annum + VAT", 70_000),
        ("70k/year", 70_000),
        ("approx. £5,000", 5_000),
        ("c. £5,000 (ex VAT)", 5_000),
        ("GBP 5000", 5_000),
        ("£5,000/-", 5_000),
        ("0", 0),
        (70_000, 70_000),
        (Decimal("70000.5"), 70_001),
    ],
)
def test_pounds_are_read_as_people_write_them(cell: Cell, pounds: int) -> None:
    assert cells.read_money(cell, yearly=True) == cells.Read(pounds)


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("(1,000)", "negative"),
        ("-5", "negative"),
        ("£-5", "negative"),
        (-5, "negative"),
        ("POA", "no amount. Leave the cell empty"),
        ("Various", "no amount"),
        ("EUR 5", "not in pounds"),
        ("€5.5", "not in pounds"),
        ("$100", "not in pounds"),
        ("£500 per month", "shorter time"),
        ("£10 per user", "for one user"),
        ("12.5%", "no amount of money"),
        ("100k-200k", "no amount of money"),
        ("1,50", "no amount of money"),
        ("5 apples", "no amount of money"),
        ("9" * 5000, "no amount of money"),
        (APRIL, "a date"),
        (CellProblem("B2 holds the error #REF!."), "B2 holds"),
    ],
)
def test_what_is_no_amount_in_pounds_is_refused_in_words(cell: Cell, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        cells.read_money(cell)


def test_an_amount_a_year_is_no_amount_for_the_whole_term() -> None:
    with pytest.raises(
        ValidationError, match="an amount a year, but the column is read as the value over the whole term"
    ):
        cells.read_money("70,000 pa", yearly=False)


@pytest.mark.parametrize(
    ("cell", "pounds"), [("1.234,50", 1235), ("12,5", 13), ("1.000", 1000), ("£1.234.567", 1_234_567), (7, 7)]
)
def test_decimal_commas_count_where_the_column_has_them(cell: Cell, pounds: int) -> None:
    assert cells.read_money(cell, decimal_comma=True).value == pounds


@pytest.mark.parametrize("text", ["1,234.50", "12.5", "12.5k", "1,234,567"])
def test_a_decimal_point_in_a_column_of_decimal_commas_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="decimal point"):
        cells.read_money(text, decimal_comma=True)


@given(st.integers(0, 10**12))
def test_every_amount_is_read_back(pounds: int) -> None:
    assert cells.read_money(f"£{pounds:,}").value == pounds
    german = f"{pounds:,}".replace(",", ".") + ",00"
    assert cells.read_money(german, decimal_comma=True).value == pounds


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    for reader in (cells.read_date, cells.read_money):
        try:
            reader(text)
        except ValidationError as error:
            assert error.messages[0].endswith(".")  # noqa: PT017 - either is right


@pytest.mark.parametrize(
    ("cell", "line"), [("  a \n b ", "a b"), (7, "7"), (Decimal("0.50"), "0.50"), (APRIL, "2027-04-01"), ("n/a", "")]
)
def test_text_in_one_line(cell: Cell, line: str) -> None:
    assert cells.read_line(cell).value == line
