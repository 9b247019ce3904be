import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from boroughs.forms.cell_periods import read_notice, read_options, unit_in
from boroughs.forms.cells import Read
from boroughs.forms.grid import Cell


@pytest.mark.parametrize(
    ("cell", "options"),
    [
        ("2 x 12 months", (12, 12)),
        ("2x12", (12, 12)),
        ("12 months + 12 months", (12, 12)),
        ("12 + 12", (12, 12)),
        ("12, 6", (12, 6)),
        ("24", (24,)),
        (24, (24,)),
        ("2 years", (24,)),
        ("2yrs", (24,)),
        ("up to 2 years", (24,)),
        ("1 year + 1 year optional", (12, 12)),
        ("1 x 12 months and 1 x 6 months", (12, 6)),
        ("two further periods of 12 months", (12, 12)),
        ("two 1 year options", (12, 12)),
        ("Option to extend for a further 12 months", (12,)),
        ("1 + 1 years", (12, 12)),
        ("None", ()),
        ("No", ()),
        ("n/a", ()),
        (0, ()),
        (None, ()),
    ],
)
def test_options_to_extend_are_read_as_people_write_them(cell: Cell, options: tuple[int, ...]) -> None:
    assert read_options(cell) == Read(options)


@pytest.mark.parametrize(
    ("text", "options"), [("1+1", (12, 12)), ("2+1+1", (24, 12, 12)), ("2 years (1+1)", (12, 12)), ("2 x 1", (12, 12))]
)
def test_small_numbers_are_years_and_that_is_said(text: str, options: tuple[int, ...]) -> None:
    read = read_options(text)
    assert read.value == options
    assert read.remark.startswith(f"“{text}” is read as ")


def test_a_heading_says_what_bare_numbers_are() -> None:
    assert read_options("2", unit="y") == Read((24,))
    assert read_options("2", unit="m") == Read((2,))
    assert read_options("1+1", unit="m") == Read((1, 1))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Yes", "how long"),
        ("2", "months or years"),
        ("90 days", "in months or years"),
        ("31/03/2028", "no time to extend"),
        ("subject to review", "no time to extend"),
        ("999 x 12", "in months or years"),
        ("1+" * 30 + "1", "more than 20 options"),
    ],
)
def test_what_is_no_option_is_refused_with_what_was_read(text: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says) as refused:
        read_options(text)
    assert f"“{text[:60]}" in refused.value.messages[0]


@given(st.lists(st.integers(6, 120), min_size=1, max_size=8))
def test_what_we_write_of_options_is_read_back(months: list[int]) -> None:
    assert read_options(" + ".join(map(str, months))).value == tuple(months)


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        ("3 months", (3, 0)),
        ("6m", (6, 0)),
        ("three calendar months", (3, 0)),
        ("3 months' written notice", (3, 0)),
        ("1 year", (12, 0)),
        ("90 days", (0, 90)),
        ("90-day", (0, 90)),
        ("12 weeks", (0, 84)),
        ("None", (0, 0)),
        ("", (0, 0)),
    ],
)
def test_notice_is_read_as_people_write_it(cell: Cell, period: tuple[int, int]) -> None:
    assert read_notice(cell) == Read(period)


def test_notice_without_a_unit_is_guessed_and_said() -> None:
    assert read_notice(3) == Read((3, 0), "“3” is read as 3 months.")
    assert read_notice("90") == Read((0, 90), "“90” is read as 90 days.")
    assert read_notice("90", unit="m") == Read((90, 0))


def test_working_days_become_days_of_the_calendar() -> None:
    assert read_notice("30 working days") == Read((0, 42), "“30 working days” is read as 42 days, weekends counted.")


@pytest.mark.parametrize("text", ["soon", "31/03/2027", "3 to 6 months"])
def test_what_is_no_notice_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="no notice period"):
        read_notice(text)


@given(st.text("0123456789 xmyd+-()andyearsoptional/,", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    for reader in (read_options, read_notice):
        try:
            reader(text)
        except ValidationError as error:
            assert error.messages[0].endswith(".")  # noqa: PT017 - either is right


@pytest.mark.parametrize(
    ("heading", "unit"),
    [("Notice (days)", "d"), ("extension_months", "m"), ("Option (yrs)", "y"), ("Notice", ""), ("Months or years", "")],
)
def test_the_unit_of_a_heading(heading: str, unit: str) -> None:
    assert unit_in(heading) == unit
