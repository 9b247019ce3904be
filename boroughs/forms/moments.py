"""Points in time as programs write them."""

from datetime import datetime, timedelta

from django.utils import timezone


def read(text: str) -> datetime:
    """An ISO date and time; without an offset it is London's. Raises ValueError."""
    # A plus sign that was not encoded arrives as a space.
    moment = datetime.fromisoformat(text.replace(" ", "+"))
    aware = moment if moment.tzinfo else timezone.make_aware(moment)
    # Far from the ends of the calendar, where conversions between zones overflow.
    if not 1970 <= aware.year <= 2200 or abs(aware.utcoffset() or timedelta()) >= timedelta(hours=24):
        raise ValueError(f"{text[:40]} is too far away")
    return aware
