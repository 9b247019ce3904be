from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from procurement.planning import working_days

DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2040, 12, 31))


def test_weekends_and_bank_holidays_are_no_working_days() -> None:
    # Good Friday to Easter Monday 2026, and the substitute day for Boxing Day 2026, a Saturday.
    assert working_days.on_or_after(date(2026, 4, 3)) == date(2026, 4, 7)
    assert working_days.on_or_before(date(2026, 4, 6)) == date(2026, 4, 2)
    assert working_days.on_or_after(date(2026, 12, 25)) == date(2026, 12, 29)
    assert working_days.on_or_after(date(2026, 6, 3)) == date(2026, 6, 3)


def test_working_days_between_two_days() -> None:
    assert working_days.between(date(2026, 3, 31), date(2026, 4, 8)) == 4
    assert working_days.between(date(2026, 4, 8), date(2026, 3, 31)) == 0


def test_working_days_after_a_day() -> None:
    # Over Christmas: Friday 25th, the substitute for Boxing Day on Monday 28th, and New Year's Day.
    assert working_days.after(date(2026, 12, 24), 1) == date(2026, 12, 29)
    assert working_days.after(date(2026, 12, 24), 4) == date(2027, 1, 4)
    assert working_days.after(date(2026, 12, 26), 0) == date(2026, 12, 26)


@given(DAYS, st.integers(1, 30))
def test_so_many_working_days_later_lie_so_many_between(day: date, count: int) -> None:
    assert working_days.between(day, working_days.after(day, count)) == count


@given(DAYS)
def test_nearest_working_days_lie_around_the_day(day: date) -> None:
    before, after = working_days.on_or_before(day), working_days.on_or_after(day)
    assert before <= day <= after
    assert working_days.is_working_day(before)
    assert working_days.is_working_day(after)
    assert after - before < timedelta(days=8)
    assert (before == after) == working_days.is_working_day(day)


@given(DAYS, st.integers(0, 60))
def test_count_between_grows_by_each_working_day(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    following = last + timedelta(days=1)
    step = working_days.between(first, following) - working_days.between(first, last)
    assert step == working_days.is_working_day(following)
