"""Values as people read them: money, counts, dates, lists. Pure functions; `ui` registers them as template filters."""

import datetime
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

LARGE = ((Decimal(1_000_000_000), "billion"), (Decimal(1_000_000), "million"))
TENTH = Decimal("0.1")


def _decimal(value: Any) -> Decimal | None:
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def pounds(value: Any) -> str:
    """1200000 → "£1.2 million", 250000 → "£250,000", -500 → "−£500"; nothing for what is not a number."""
    amount = _decimal(value)
    if amount is None:
        return ""
    sign, amount = ("−" if amount < 0 else ""), abs(amount)
    for size, name in LARGE:
        # £999,960,000 would otherwise read "£1000 million".
        tenths = (amount / size).quantize(TENTH, ROUND_HALF_UP)
        if tenths >= 1 and amount >= size - size * Decimal("0.00005"):
            return f"{sign}£{str(tenths).removesuffix('.0')} {name}"
    return f"{sign}£{amount.quantize(Decimal(1), ROUND_HALF_UP):,}"


def pounds_range(low: Any, high: Any) -> str:
    """ "£250,000 to £1.2 million", "at least £250,000", "up to £1.2 million", or nothing."""
    first, last = pounds(low), pounds(high)
    if first and last:
        return first if first == last else f"{first} to {last}"
    if first:
        return f"at least {first}"
    return f"up to {last}" if last else ""


def count(value: Any, noun: str = "") -> str:
    """1234 → "1,234"; with a noun "1 need", "7 needs"; "authority,authorities" gives both forms."""
    number = _decimal(value)
    if number is None:
        return ""
    figure = f"{number.to_integral_value():,}"
    if not noun:
        return figure
    one, _, many = noun.partition(",")
    return f"{figure} {one if number == 1 else many or one + 's'}"


def percent(value: Any) -> str:
    """A share between 0 and 1 as a whole percentage: 0.834 → "83%"."""
    share = _decimal(value)
    return "" if share is None else f"{(share * 100).quantize(Decimal(1), ROUND_HALF_UP)}%"


def _local(value: Any) -> datetime.date | None:
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value if isinstance(value, datetime.date) else None


def day(value: Any) -> str:
    """ "3 April 2027"; moments are read in London time."""
    date = _local(value)
    return f"{date.day} {date:%B %Y}" if date else ""


def day_short(value: Any) -> str:
    """ "3 Apr 2027"."""
    date = _local(value)
    return f"{date.day} {date:%b %Y}" if date else ""


def month(value: Any) -> str:
    """ "April 2027"."""
    date = _local(value)
    return f"{date:%B %Y}" if date else ""


def day_time(value: Any) -> str:
    """ "3 April 2027 at 2:05pm"; a date without a time gives the date alone."""
    moment = _local(value)
    if not isinstance(moment, datetime.datetime):
        return day(moment)
    hour = moment.hour % 12 or 12
    clock = f"{hour}:{moment:%M}" if moment.minute else str(hour)
    return f"{day(moment)} at {clock}{'am' if moment.hour < 12 else 'pm'}"


def listed(values: Iterable[Any]) -> str:
    """["a", "b", "c"] → "a, b and c"."""
    words = [str(value) for value in values or ()]
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def called(actor: str, people: Mapping[str, str]) -> str:
    """What `people` calls who did something, else as the audit trail does: "Ana Analyst", "scheduler"."""
    return people.get(actor, actor)


def words_of(status: str) -> str:
    """ "QUESTIONS_CLOSED" → "Questions closed"."""
    return status.replace("_", " ").capitalize()
