"""Days in London, without a clock."""

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
