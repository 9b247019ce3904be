"""Days in London, without a clock."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from procurement.picture.facts import Frozen

LONDON = ZoneInfo("Europe/London")


def london_day(frozen: Frozen) -> date:
    """The day in London on which a snapshot was taken."""
    return day_of(frozen.taken_at)


def day_of(at: datetime) -> date:
    return at.astimezone(LONDON).date()


def days_between(earlier: datetime, later: datetime) -> int:
    """Whole days; none where the later moment is not later."""
    return max(0, (later - earlier).days)


def median(days: Iterable[int]) -> int | None:
    """The middle one, and of two in the middle the lower; None where there is none."""
    found = sorted(days)
    return found[(len(found) - 1) // 2] if found else None
