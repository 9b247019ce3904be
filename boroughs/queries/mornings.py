"""When e-mails of the morning go out: at half past seven in London, whatever the clocks do."""

from datetime import datetime, timedelta

from django.utils import timezone

HOUR, MINUTE = 7, 30


def last_morning(at: datetime) -> datetime:
    """The latest time of the daily e-mail that is past."""
    local = timezone.localtime(at)
    time = local.replace(hour=HOUR, minute=MINUTE, second=0, microsecond=0)
    return time if time <= local else time - timedelta(days=1)


def last_monday(at: datetime) -> datetime:
    """The latest time of the weekly e-mail that is past."""
    morning = last_morning(at)
    # Days of the calendar: the hour stays the same where the clocks are put on in between.
    return morning - timedelta(days=morning.weekday())
