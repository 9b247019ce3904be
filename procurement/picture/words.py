"""Numbers and days in plain English, without a locale: as boroughs/templatetags/formatting.py writes them on pages."""

from collections.abc import Sequence
from datetime import date

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
LARGE = ((1_000_000_000, "billion"), (1_000_000, "million"))
LONGEST_TITLE = 60


def count(value: int, noun: str = "") -> str:
    """1234 → "1,234"; with a noun "1 need", "7 needs"; "authority,authorities" gives both forms."""
    if not noun:
        return f"{value:,}"
    one, _, many = noun.partition(",")
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def pounds(amount: int) -> str:
    """1200000 → "£1.2 million", 250000 → "£250,000"."""
    for size, name in LARGE:
        # £999,960,000 would otherwise read "£1000 million".
        if amount * 20_000 >= size * 19_999:
            tenths = (amount * 20 + size) // (size * 2)
            return f"£{tenths // 10}{f'.{tenths % 10}' if tenths % 10 else ''} {name}"
    return f"£{amount:,}"


def pounds_range(low: int, high: int) -> str:
    first, last = pounds(low), pounds(high)
    return first if first == last else f"{first} to {last}"


def percent(part: int, whole: int) -> str:
    """The share as a whole percentage, half upwards."""
    return f"{(part * 200 + whole) // (whole * 2)}%"


def day(value: date) -> str:
    """ "3 April 2027"."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def listed(values: Sequence[str]) -> str:
    """["a", "b", "c"] → "a, b and c"."""
    return " and ".join(filter(None, (", ".join(values[:-1]), *values[-1:])))


def short(text: str) -> str:
    """What people wrote, cut where it is long, for words that stand beside a figure."""
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1].rstrip()}…"


def named(title: str, reference: str) -> str:
    """A joint demand by its title, cut where it is long, and its reference."""
    return f"“{short(title)}” ({reference})"
