"""What the board may be asked: its filters, the values that they have, and the words for them.

Every filter reads what a version publishes and nothing beside it: a value is filed under the band that the notice
shows, so that two figures which the notice does not tell apart are not told apart by a count either.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date

from boroughs.queries.renewal_dates import months_after
from procurement.models import PublicState

# The best match is what a search is shown in, unless another order is asked for; without a search it is no order.
SORTS = {
    "best": "Best match",
    "newest": "Newest first",
    "closing": "Closing soonest",
    "start": "Starting soonest",
    "value": "Largest value first",
}
# Withdrawn notices keep their page but leave the list, unless somebody asks for them.
LISTED = (PublicState.OPEN, PublicState.QUESTIONS_CLOSED, PublicState.CLOSED)
# What a supplier may still do something about.
COMING = (PublicState.OPEN, PublicState.QUESTIONS_CLOSED)

NOT_PUBLISHED, NOT_SAID, PASSED = "not-published", "not-said", "passed"
# Whole pounds: from ≤ value < to.
VALUE_BANDS: dict[str, tuple[str, int, int | None]] = {
    "to-250k": ("Up to £250,000", 0, 250_000),
    "to-1m": ("£250,000 to £1 million", 250_000, 1_000_000),
    "to-5m": ("£1 million to £5 million", 1_000_000, 5_000_000),
    "above-5m": ("Above £5 million", 5_000_000, None),
}
# Months from today: from ≤ start < to.
START_WINDOWS: dict[str, tuple[str, int, int | None]] = {
    "6-months": ("In the next 6 months", 0, 6),
    "12-months": ("In 6 to 12 months", 6, 12),
    "24-months": ("In 1 to 2 years", 12, 24),
    "later": ("Later", 24, None),
}


@dataclass(frozen=True)
class Filters:
    """What the reader of the board asked for; empty tuples ask for everything that is listed."""

    # What was typed into the search.
    q: str = ""
    states: tuple[PublicState, ...] = ()
    kinds: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    boroughs: tuple[str, ...] = ()
    sub_regions: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    # "2027-Q1", by the earliest start.
    quarters: tuple[str, ...] = ()
    # "2027-01", by the day on which it closes.
    closings: tuple[str, ...] = ()
    sort: str = "newest"


@dataclass(frozen=True)
class Option:
    """A value that a filter offers, with the number of notices that have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Options:
    """By the same names as Filters."""

    states: tuple[Option, ...]
    kinds: tuple[Option, ...]
    stages: tuple[Option, ...]
    categories: tuple[Option, ...]
    boroughs: tuple[Option, ...]
    sub_regions: tuple[Option, ...]
    values: tuple[Option, ...]
    starts: tuple[Option, ...]
    quarters: tuple[Option, ...]
    closings: tuple[Option, ...]

    def label(self, name: str, value: str) -> str:
        """The words for a value of one of the filters, or the value itself where it is unknown."""
        found = (option.label for option in getattr(self, name) if option.value == value)
        return next(found, value)


FACETS = tuple(field.name for field in fields(Options))


def values_of(low: int | None, high: int | None) -> Iterator[str]:
    """The bands in which a published value, low ≤ value < high, may lie."""
    if low is None or high is None:
        yield NOT_PUBLISHED
        return
    for name, (_, first, end) in VALUE_BANDS.items():
        if high > first and (end is None or low < end):
            yield name


def start_of(start: date | None, *, today: date) -> str:
    """The window of an earliest start."""
    if start is None:
        return NOT_SAID
    if start < today:
        return PASSED
    within = (name for name, (_, _, end) in START_WINDOWS.items() if end is None or start < months_after(today, end))
    return next(within)


def quarter_of(day: date) -> str:
    return f"{day.year:04d}-Q{(day.month + 2) // 3}"


def quarter_words(quarter: str) -> str:
    """ "2027-Q1" → "January to March 2027"."""
    year, place = quarter.split("-Q")
    first = date(2000, int(place) * 3 - 2, 1)
    last = date(2000, int(place) * 3, 1)
    return f"{first:%B} to {last:%B} {int(year)}"


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def month_words(month: str) -> str:
    """ "2027-01" → "January 2027"."""
    year, place = month.split("-")
    return f"{date(2000, int(place), 1):%B} {int(year)}"
