"""Held against a calendar that is stepped through day by day, which shares no arithmetic with the code."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from boroughs.actions.reference import DATA
from boroughs.models import Contract
from boroughs.queries.renewal_dates import (
    RenewalDates,
    Step,
    last_possible_end,
    months_after,
    notice_by,
    renewal_dates,
    start_joint_by,
    whole_months,
)

TODAY = date(2026, 11, 30)
DAY = timedelta(days=1)


# --- the oracle -----------------------------------------------------------------------------------------------------


def walk(day: date, step: timedelta) -> Iterator[date]:
    while True:
        yield day
        day += step


def is_month_end(day: date) -> bool:
    return (day + DAY).month != day.month


def stepped_back(day: date, months: int) -> date:
    """Day by day into the month that lies so many months before, and there to the first day that is not later."""
    crossed, before = 0, day
    for each in walk(day, -DAY):
        crossed += each.month != before.month
        before = each
        if crossed == months and each.day <= day.day:
            return each
    raise AssertionError


def stepped_on(day: date, months: int) -> date:
    """Day by day into the month so many months later, and there to the same day, or to its end where day ends one."""
    crossed, before = 0, day
    for each in walk(day, DAY):
        crossed += each.month != before.month
        before = each
        if crossed == months and (is_month_end(each) or (each.day == day.day and not is_month_end(day))):
            return each
    raise AssertionError


ends = st.dates(date(1999, 1, 1), date(2105, 12, 31)) | st.sampled_from(
    [date(year, month, day) for year in (2027, 2028, 2100) for month, day in ((1, 31), (2, 27), (2, 28), (3, 1))]
    + [date(2028, 2, 29), date(2000, 2, 29), date(2027, 8, 31), date(2027, 12, 31)]
)
options = st.lists(st.integers(1, 36), max_size=4)


@given(end=ends, months=st.integers(0, 60), days=st.integers(0, 400))
def test_notice_is_the_period_before_the_end(end: date, months: int, days: int) -> None:
    found = notice_by(end, months=months, days=days)
    expected = stepped_back(end, months)
    for _ in range(days):
        expected -= DAY
    assert found == (expected if months or days else None)


@given(end=ends, months=st.integers(1, 60))
def test_notice_given_on_the_day_is_in_time_and_a_month_later_is_not(end: date, months: int) -> None:
    found = notice_by(end, months=months, days=0)
    assert found is not None
    assert months_after(found, months) <= end < months_after(found + timedelta(days=32), months)


@given(end=ends, extensions=options)
def test_last_possible_end_is_the_end_and_all_options(end: date, extensions: Sequence[int]) -> None:
    assert last_possible_end(end, extensions) == stepped_on(end, sum(extensions))


@given(end=ends)
def test_joint_purchase_starts_a_year_before_the_new_contract(end: date) -> None:
    assert start_joint_by(end) == stepped_back(end + DAY, 12)


@given(start=st.dates(date(1999, 1, 1), date(2099, 1, 1)), days=st.integers(0, 4000))
def test_whole_months_are_those_that_have_run_when_the_term_ends(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    months = whole_months(start, end)
    assert months_after(start, months) <= end + DAY < months_after(start, months + 1)


# --- by hand --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
        (date(2026, 6, 30), 6, date(2026, 12, 30)),
        (date(2026, 8, 29), 18, date(2028, 2, 29)),
        (date(2028, 2, 29), -12, date(2027, 2, 28)),
        (date(2027, 1, 15), -1, date(2026, 12, 15)),
    ],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


@pytest.mark.parametrize(
    ("end", "months", "days", "expected"),
    [
        (date(2028, 3, 31), 6, 0, date(2027, 9, 30)),
        (date(2028, 5, 31), 3, 0, date(2028, 2, 29)),
        (date(2027, 5, 31), 3, 0, date(2027, 2, 28)),
        (date(2028, 3, 31), 0, 90, date(2028, 1, 1)),
        (date(2028, 5, 31), 3, 1, date(2028, 2, 28)),
        # Notice by 30 November may do as well; the earlier day is safe under every reading.
        (date(2027, 2, 28), 3, 0, date(2026, 11, 28)),
    ],
)
def test_notice_by_hand(end: date, months: int, days: int, expected: date) -> None:
    assert notice_by(end, months=months, days=days) == expected


@pytest.mark.parametrize(
    ("end", "extensions", "expected"),
    [
        (date(2027, 3, 31), [], date(2027, 3, 31)),
        (date(2027, 3, 31), [12, 12], date(2029, 3, 31)),
        (date(2027, 2, 28), [12], date(2028, 2, 29)),
        (date(2027, 8, 31), [6, 6], date(2028, 8, 31)),
        (date(2027, 8, 30), [6], date(2028, 2, 29)),
    ],
)
def test_last_possible_end_by_hand(end: date, extensions: Sequence[int], expected: date) -> None:
    assert last_possible_end(end, extensions) == expected


def test_term_of_six_years_has_72_months() -> None:
    assert whole_months(date(2022, 10, 1), date(2028, 9, 30)) == 72
    assert whole_months(date(2022, 10, 2), date(2028, 9, 30)) == 71


# --- what is next ---------------------------------------------------------------------------------------------------


def dates(end: date, *, months: int = 0, days: int = 0, today: date = TODAY) -> RenewalDates:
    return renewal_dates(end, extension_options=(), notice_months=months, notice_days=days, today=today)


@pytest.mark.parametrize(
    ("found", "step", "day"),
    [
        (dates(date(2028, 5, 31), months=3), Step.JOINT, date(2027, 6, 1)),
        (dates(date(2028, 5, 31), months=18), Step.NOTICE, date(2026, 11, 30)),
        (dates(date(2027, 5, 31), months=3), Step.NOTICE, date(2027, 2, 28)),
        (dates(date(2027, 5, 31)), Step.END, date(2027, 5, 31)),
        (dates(date(2027, 1, 31), months=6), Step.END, date(2027, 1, 31)),
        (dates(date(2027, 12, 31), months=11, days=30), Step.NOTICE, date(2027, 1, 1)),
    ],
)
def test_next_is_the_first_day_that_is_not_past(found: RenewalDates, step: Step, day: date) -> None:
    assert (found.next_step, found.next_date) == (step, day)


def test_a_day_is_past_only_when_it_is_over() -> None:
    end = date(2027, 5, 31)
    on_the_day, after = (dates(end, months=3, today=date(2027, 2, 28) + timedelta(days=late)) for late in (0, 1))
    assert (on_the_day.notice_is_past, after.notice_is_past) == (False, True)
    on_the_day, after = (dates(end, today=date(2026, 6, 1) + timedelta(days=late)) for late in (0, 1))
    assert (on_the_day.joint_start_is_past, after.joint_start_is_past) == (False, True)
    assert not dates(end).notice_is_past


@given(end=st.dates(TODAY, date(2028, 11, 30)), months=st.integers(0, 24), days=st.integers(0, 100))
def test_next_date_is_never_past_nor_after_the_end(end: date, months: int, days: int) -> None:
    assert TODAY <= dates(end, months=months, days=days).next_date <= end


@pytest.mark.django_db
def test_every_contract_of_the_demonstration_agrees_with_the_stepped_calendar() -> None:
    call_command("load_reference")
    for path in sorted((DATA / "demo").glob("contracts_*.csv")):
        call_command("import_contracts", str(path))
    contracts = list(Contract.objects.all())
    assert len(contracts) == 400
    for contract in contracts:
        assert contract.end_date is not None
        found = renewal_dates(
            contract.end_date,
            extension_options=contract.extension_options,
            notice_months=contract.notice_months,
            notice_days=contract.notice_days,
            today=TODAY,
        )
        assert found.last_possible_end == stepped_on(contract.end_date, sum(contract.extension_options))
        assert found.start_joint_by == stepped_back(contract.end_date + DAY, 12)
        has_notice = contract.notice_months or contract.notice_days
        assert (found.notice_by is not None) == bool(has_notice)
        if found.notice_by is not None:
            assert found.notice_by == stepped_back(contract.end_date, contract.notice_months)
