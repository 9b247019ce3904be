"""The notice clock: the days that the Act leaves, at the ends of years, in leap years, and for every wanted day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.planning import statutory, working_days
from procurement.planning.statutory import State, clock

DAYS = st.dates(min_value=date(2026, 1, 1), max_value=date(2060, 12, 31))
DAY = timedelta(days=1)


def test_one_tender_notice_worked_through() -> None:
    told = clock(tender_date=date(2027, 11, 15), today=date(2027, 5, 3))
    [pipeline] = told.pipeline
    assert (pipeline.first, pipeline.last, pipeline.covers_until) == (
        date(2027, 4, 1),
        date(2027, 5, 26),
        date(2028, 9, 30),
    )
    assert pipeline.state == State.OPEN
    assert (told.engagement.first, told.engagement.last) == (None, date(2027, 11, 14))
    # 14 November 2027 is a Sunday.
    assert told.engagement.act_by == date(2027, 11, 12)
    assert (told.planned.first, told.planned.last) == (date(2026, 11, 15), date(2027, 10, 6))
    assert [(each.days, each.ends) for each in told.periods] == [
        (35, date(2027, 12, 20)),
        (30, date(2027, 12, 15)),
        (25, date(2027, 12, 10)),
        (10, date(2027, 11, 25)),
    ]


def test_period_that_ends_at_christmas_is_moved_to_a_working_day() -> None:
    told = clock(tender_date=date(2027, 11, 27), today=date(2027, 1, 1))
    # The 30th day is 27 December 2027, the substitute for Christmas Day; the substitute for Boxing Day follows.
    assert (told.periods[1].ends, told.periods[1].sensible_end) == (date(2027, 12, 27), date(2027, 12, 29))


@pytest.mark.parametrize(
    ("tender", "years"),
    [
        (date(2027, 3, 31), (2026,)),
        (date(2027, 4, 1), (2026, 2027)),
        (date(2027, 9, 30), (2026, 2027)),
        (date(2027, 10, 1), (2027,)),
        (date(2027, 12, 31), (2027,)),
        (date(2028, 1, 1), (2027,)),
        # The Act has no pipeline notices of an earlier year.
        (date(2025, 4, 1), (2025,)),
    ],
)
def test_pipeline_notices_are_those_whose_18_months_hold_the_tender(tender: date, years: tuple[int, ...]) -> None:
    assert statutory.pipeline_years(tender) == years


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2028, 2, 29), date(2027, 3, 1)),
        (date(2028, 3, 1), date(2027, 3, 1)),
        (date(2029, 2, 28), date(2028, 2, 28)),
        (date(2027, 1, 1), date(2026, 1, 1)),
    ],
)
def test_twelve_months_before(day: date, before: date) -> None:
    assert statutory.year_before(day) == before


def test_fortieth_day_before_in_a_leap_year() -> None:
    assert clock(tender_date=date(2028, 3, 31), today=date(2028, 1, 1)).planned.last == date(2028, 2, 20)
    assert clock(tender_date=date(2027, 3, 31), today=date(2027, 1, 1)).planned.last == date(2027, 2, 19)


def test_what_is_over_opens_again_for_a_later_tender() -> None:
    told = clock(tender_date=date(2027, 6, 1), today=date(2027, 5, 20))
    assert not told.is_short_period_open
    later = clock(tender_date=told.soonest_with_short_period, today=date(2027, 5, 20))
    assert later.is_short_period_open
    assert later.planned.last == date(2027, 5, 20)
    sooner = clock(tender_date=told.soonest_with_short_period - DAY, today=date(2027, 5, 20))
    assert not sooner.is_short_period_open


def test_says_where_bank_holidays_are_not_published_yet() -> None:
    last = working_days.known_until()
    assert not clock(tender_date=last - 35 * DAY, today=date(2027, 1, 1)).is_beyond_bank_holidays
    assert clock(tender_date=last - 34 * DAY, today=date(2027, 1, 1)).is_beyond_bank_holidays


@given(DAYS, DAYS)
def test_windows_end_before_the_tender_notice_in_their_order(tender: date, today: date) -> None:
    told = clock(tender_date=tender, today=today)
    assert told.planned.first is not None
    assert told.planned.first <= told.planned.last < told.engagement.last < told.tender.last == tender
    # A year is the most, and the fewest days are those of February.
    assert 364 <= (tender - told.planned.first).days <= 366
    assert 1 <= len(told.pipeline) <= 2
    for window in told.pipeline:
        assert window.first is not None
        assert window.covers_until is not None
        assert window.first <= tender <= window.covers_until
        assert (window.last.month, window.last.day) == (5, 26)
    assert [window.code for window in told.windows if window.code != "UK1"] == ["UK3", "UK2", "UK4"]


@given(DAYS, DAYS)
def test_state_follows_from_today_alone(tender: date, today: date) -> None:
    for window in clock(tender_date=tender, today=today).windows:
        is_inside = (window.first is None or window.first <= today) and today <= window.last
        assert (window.state == State.OPEN) == is_inside
        assert (window.state == State.PASSED) == (today > window.last)


@given(DAYS, st.integers(0, 1000))
def test_a_window_never_opens_again(tender: date, days: int) -> None:
    order = [State.AHEAD, State.OPEN, State.PASSED]
    today = tender - 500 * DAY
    for one, other in zip(
        clock(tender_date=tender, today=today).windows,
        clock(tender_date=tender, today=today + days * DAY).windows,
        strict=True,
    ):
        assert order.index(one.state) <= order.index(other.state)


@given(DAYS)
def test_days_to_act_on_are_working_days_inside(tender: date) -> None:
    told = clock(tender_date=tender, today=tender)
    for window in (*told.pipeline, told.planned):
        assert working_days.is_working_day(window.act_by)
        assert window.first is not None
        assert window.first <= window.act_by <= window.last
    ends = [period.ends for period in told.periods]
    assert ends == sorted(ends, reverse=True)
    for period in told.periods:
        assert (period.ends - tender).days == period.days
        assert period.sensible_end >= period.ends
        assert working_days.is_working_day(period.sensible_end)
