from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boroughs.forms.release_dates import UK, day_in_words, day_of, months_between

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        # As Find a Tender writes the first and the last day.
        ("2025-04-01T00:00:00+01:00", date(2025, 4, 1)),
        ("2028-03-31T23:59:59+01:00", date(2028, 3, 31)),
        # The same moments, written in UTC.
        ("2025-03-31T23:00:00Z", date(2025, 4, 1)),
        ("2028-03-31T22:59:59Z", date(2028, 3, 31)),
        # A last second with an offset that does not fit the summer.
        ("2025-06-06T23:59:59Z", date(2025, 6, 6)),
        ("2025-06-06T23:59:00.000Z", date(2025, 6, 6)),
        # As Contracts Finder writes the last day.
        ("2025-06-25T00:00:00+01:00", date(2025, 6, 25)),
        ("2025-06-25T00:00:00Z", date(2025, 6, 25)),
        ("2025-12-25", date(2025, 12, 25)),
        ("2025-12-25T12:00:00", date(2025, 12, 25)),
    ],
)
def test_moment_is_a_day_in_london(written: str, day: date) -> None:
    assert day_of(written) == day


@pytest.mark.parametrize(
    "written", ["", "soon", "2027-13-45", "31/03/2027", "9999-12-31T23:00:00-14:00", "0001-01-01T00:00:00+14:00"]
)
def test_what_is_no_date_is_none(written: str) -> None:
    assert day_of(written) is None


@given(DAYS)
def test_day_is_itself_from_its_first_moment_to_its_last(day: date) -> None:
    first = datetime(day.year, day.month, day.day, tzinfo=UK)
    after = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=UK)
    for moment in (first, after - timedelta(seconds=1)):
        assert day_of(moment.isoformat()) == day
        assert day_of(moment.astimezone(UTC).isoformat()) == day


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2027, 3, 31), date(2028, 3, 31), 12),
        (date(2027, 3, 31), date(2027, 9, 30), 6),
        (date(2027, 9, 30), date(2028, 3, 31), 6),
        (date(2027, 1, 31), date(2027, 2, 28), 1),
        (date(2028, 2, 29), date(2029, 2, 28), 12),
        (date(2027, 3, 15), date(2027, 3, 31), None),
        (date(2027, 3, 15), date(2027, 4, 14), None),
        (date(2027, 3, 15), date(2027, 3, 15), None),
    ],
)
def test_months_between(first: date, last: date, months: int | None) -> None:
    assert months_between(first, last) == months


@given(DAYS.filter(lambda day: day.day <= 28), st.integers(1, 240))
def test_months_between_undoes_adding_them(day: date, months: int) -> None:
    years, month = divmod(day.month - 1 + months, 12)
    assert months_between(day, day.replace(year=day.year + years, month=month + 1)) == months


def test_day_in_words() -> None:
    assert day_in_words(date(2028, 3, 1)) == "1 March 2028"
