"""A report about one thing, before it has a look: figures, sentences and tables, each only as far as it may be told.

Whatever stands in one may be printed, attached and written as JSON. So a report says the same in every form, and none
of them has to know who reads it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import Enum, StrEnum

from procurement.disclosure import Figure
from procurement.picture import words
from procurement.picture.facts import Frozen, ToldFigure
from procurement.picture.numbers import Number
from procurement.picture.sentences import Sentence
from procurement.picture.telling import Telling

# So many subjects are named to whom asks for one that is not there.
NEARBY = 5

# A total as it is told at this moment, or as a snapshot has it.
Told = Figure | ToldFigure


class Kind(StrEnum):
    """What stands in the cells of a column."""

    TEXT = "text"
    # Short words of ours or of the register, which are not broken: a stage, a name.
    LABEL = "label"
    REFERENCE = "reference"
    COUNT = "count"
    POUNDS = "pounds"
    DAY = "day"


class Hidden(Enum):
    """In place of what may not be told. None stands for what nobody stated."""

    NOT_TOLD = "Not told"


NOT_TOLD = Hidden.NOT_TOLD
Cell = str | int | date | Number | Hidden | None


@dataclass(frozen=True)
class Column:
    key: str
    head: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Table:
    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Point:
    """One of the large figures of the summary."""

    figure: str
    name: str
    number: Number | None = None


@dataclass(frozen=True)
class Group:
    """Sentences of the summary under one heading."""

    heading: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Chapter:
    # Its name in addresses: "timing".
    key: str
    title: str
    sentences: tuple[Sentence, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class OneReport:
    # The reference of a joint demand, the slug of an authority or a category; and what tells people which it is.
    subject: str
    known_as: str
    title: str
    # Of what kind it is, and what it is for, in a sentence.
    kind: str
    lede: str
    day: date
    telling: Telling
    points: tuple[Point, ...]
    groups: tuple[Group, ...]
    # Those that have something to tell.
    chapters: tuple[Chapter, ...]
    # What the reader should know of the figures, in plain words.
    caveats: tuple[str, ...]


def table(key: str, caption: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> tuple[Table, ...]:
    """The table without columns of which nothing may be told; none where it has no row or only one column is left."""
    held = tuple(tuple(row) for row in rows)
    kept = [place for place in range(len(columns)) if any(row[place] is not NOT_TOLD for row in held)]
    if len(kept) < 2:
        return ()
    found = tuple(tuple(row[place] for place in kept) for row in held)
    return (Table(key, caption, tuple(columns[place] for place in kept), found),)


def chapters(*found: Chapter) -> tuple[Chapter, ...]:
    """Those of which anything may be told."""
    return tuple(each for each in found if each.sentences or each.tables)


def groups(*found: Group) -> tuple[Group, ...]:
    return tuple(each for each in found if each.sentences)


def missing(frozen: Frozen, what: str, subject: str, known: Iterable[str]) -> LookupError:
    """That a snapshot has no such subject, and which it has that are written much like it."""
    held = sorted(known)
    nearby = get_close_matches(subject, held, NEARBY, 0.5) or held[:NEARBY]
    said = f"{frozen.reference} knows no {what} {subject!r}."
    if not nearby:
        return LookupError(f"{said} It has none at all.")
    return LookupError(f"{said} Of the {len(held):,} that it has, the nearest are: {', '.join(nearby)}.")


def users_told(told: Told) -> str:
    """A total of users as it was told; "" where none was."""
    if told.value is not None:
        return words.count(told.value)
    if told.low is None or told.high is None:
        return ""
    return f"{words.count(told.low)} to under {words.count(told.high)}"


def pounds_told(told: Told) -> str:
    """A total of pounds as it was told, to the pound; "" where none was."""
    if told.value is not None:
        return f"£{words.count(told.value)}"
    if told.low is None or told.high is None:
        return ""
    return f"£{words.count(told.low)} to under £{words.count(told.high)}"


def budget_told(low: Told, high: Told) -> str:
    """A range of budgets as its two ends were told; "" where none was."""
    first = low.value if low.value is not None else low.low
    last = high.value if high.value is not None else high.high
    if first is None or last is None:
        return ""
    if low.as_at == high.as_at:
        return words.pounds_range(first, last)
    # Of different days, so that the one may even be above the other.
    return f"Lowest from {words.pounds(first)}, highest up to {words.pounds(last)}"


def days_told(low: Told, high: Told | None = None) -> str:
    """Of which day a total is true, or both ends of a range; "" where it is true of now or none is told."""
    first, last = low.as_at, (high or low).as_at
    if first is None or last is None:
        return ""
    if first == last:
        return f"as at {words.day(first)}"
    return f"lowest as at {words.day(first)}, highest as at {words.day(last)}"
