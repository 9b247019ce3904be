"""The days of a contract, from the moments in time that OCDS writes.

Find a Tender and Contracts Finder write the first moment of the first day and the last second of the last day, as UK
time: "2025-04-01T00:00:00+01:00" to "2028-03-31T23:59:59+01:00". Older notices write the last second of a summer's day
as "2025-06-06T23:59:59Z", which is past midnight in London but means that day; so 23:59 is the day as written, whatever
the offset. Contracts Finder also writes the last day of a contract as its midnight: 26 June 2024 to
"2025-06-25T00:00:00+01:00" is a year. So a midnight is that day, and nothing is taken off an end. All other moments are
the day on which they fall in London.
"""

import calendar
from datetime import date, datetime
from zoneinfo import ZoneInfo

UK = ZoneInfo("Europe/London")


def day_of(written: str) -> date | None:
    """The day in London; None where it is no date or no moment. Without an offset, the time is London's."""
    try:
        moment = datetime.fromisoformat(written)
        if moment.tzinfo is None or (moment.hour, moment.minute) == (23, 59):
            return moment.date()
        return moment.astimezone(UK).date()
    except (ValueError, OverflowError):
        return None


def day_in_words(day: date) -> str:
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def months_between(first: date, last: date) -> int | None:
    """Whole months from one day to a later one; None where they are not whole.

    31 March to 30 September are six, and so are 30 September and 31 March: the last day of a month meets the last day.
    """
    months = (last.year - first.year) * 12 + last.month - first.month
    meets = last.day == min(first.day, _last_day(last)) or (
        first.day == _last_day(first) and last.day == _last_day(last)
    )
    return months if meets and months > 0 else None


def _last_day(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]
