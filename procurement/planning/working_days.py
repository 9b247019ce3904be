"""Working days in England: no Saturdays, Sundays or bank holidays. A pure function of the day.

The bank holidays are those that GOV.UK publishes, as the library carries them: no request leaves the machine. They are
published a few years ahead. After `known_until()` a bank holiday that falls on a weekday counts as a working day.
"""

from datetime import date, timedelta
from functools import cache

from govuk_bank_holidays.bank_holidays import BankHolidays

DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _holidays()


def on_or_after(day: date) -> date:
    """The day itself, or the next one on which offices work."""
    while not is_working_day(day):
        day += DAY
    return day


def on_or_before(day: date) -> date:
    """The day itself, or the last one before it on which offices work."""
    while not is_working_day(day):
        day -= DAY
    return day


def between(first: date, last: date) -> int:
    """Working days after `first`, up to and with `last`; 0 where `last` is no later."""
    return sum(is_working_day(first + DAY * number) for number in range(1, (last - first).days + 1))


def after(day: date, count: int) -> date:
    """The working day that is the `count`th after `day`."""
    for _ in range(count):
        day = on_or_after(day + DAY)
    return day


def known_until() -> date:
    """The last day of the last year whose bank holidays are published."""
    return date(max(_holidays()).year, 12, 31)


@cache
def _holidays() -> frozenset[date]:
    published = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    return frozenset(each["date"] for each in published)
