"""The annex of a report: under each figure the needs behind it, for the page and as a file."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from boroughs.forms.spreadsheet_cells import guarded
from procurement.picture import document
from procurement.picture.changes import Changes
from procurement.picture.figures import AuthorityFigures, CategoryFigures, DemandFigures, Figures
from procurement.picture.numbers import Number, each_once, numbers
from procurement.picture.telling import Telling

COLUMNS = ("figure", "what", "unit", "value", "needs_count", "need_references")
# So many references are printed under one figure; the file has them all.
PRINTED = 300
# So few are listed again, instead of naming where they are.
LISTED_AGAIN = 12
# In a larger London the parts are in the file only: their lists would be longer than the report.
PARTS_UP_TO = 2_000

# Numbers as far as they may be told.
Opened = Callable[[Iterable[Number]], Iterator[Number]]


@dataclass(frozen=True)
class Entry:
    """One figure, or several of one thing with the same needs behind them."""

    anchor: str
    name: str
    lines: tuple["Line", ...]


@dataclass(frozen=True)
class Line:
    words: str
    value: int | None
    needs: tuple[str, ...]
    left_out: int
    # The figure above under which the same needs are listed already.
    same_as: str = ""


@dataclass(frozen=True)
class Annex:
    headlines: tuple[Entry, ...]
    since: tuple[Entry, ...]
    authorities: tuple[Entry, ...]
    categories: tuple[Entry, ...]
    demands: tuple[Entry, ...]
    # Figures whose needs are in the file only.
    file_only: bool


def annex(figures: Figures, changes: Changes | None, *, demands: Iterable[DemandFigures], telling: Telling) -> Annex:
    has_parts = int(figures.headlines.needs) <= PARTS_UP_TO
    opened: Opened = partial(document.open_of, names=document.named(figures), telling=telling)
    since = (each for each in numbers(changes) if each.key.startswith("since/"))
    return Annex(
        headlines=_once(opened(numbers(figures.headlines))),
        since=_once(opened(since)),
        authorities=tuple(_of_row(row, opened) for row in figures.authorities if int(row.needs) and has_parts),
        categories=tuple(_of_row(row, opened) for row in figures.categories if has_parts),
        demands=tuple(_of_demand(each) for each in demands),
        file_only=not has_parts,
    )


def anchor(number: Number) -> str:
    """Where in the annex the needs behind a number are; figures of one joint demand stand together."""
    parts = number.key.split("/")
    key = parts[:2] if parts[0] in ("demand", "authority", "category") else parts
    return f"needs-{'-'.join(key)}"


def table_csv(figures: Figures, changes: Changes | None, telling: Telling) -> str:
    """Every figure of the report, one a line, with the references of all needs behind it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in document.open_of(each_once(figures, changes), document.named(figures), telling):
        writer.writerow(
            [guarded(each.key), guarded(each.words), each.unit, each.value, len(each.needs), "; ".join(each.needs)]
        )
    return buffer.getvalue()


def _once(found: Iterable[Number]) -> tuple[Entry, ...]:
    """An entry for each; where the same needs stand behind a later one, it names the earlier."""
    listed: dict[tuple[str, ...], str] = {}
    entries = []
    for number in found:
        (line,) = _lines((number, ""))
        if len(number.needs) > LISTED_AGAIN and number.needs in listed:
            line = replace(line, needs=(), left_out=0, same_as=listed[number.needs])
        listed.setdefault(number.needs, number.words)
        entries.append(Entry(anchor(number), number.words, (line,)))
    return tuple(entries)


def _of_row(row: AuthorityFigures | CategoryFigures, opened: Opened) -> Entry:
    needs, matched = opened((row.needs, row.matched))
    return Entry(anchor(row.needs), row.name, _lines((needs, "Open needs"), (matched, "In joint demands")))


def _of_demand(demand: DemandFigures) -> Entry:
    parts = (
        (demand.needs, f"Needs of {int(demand.authorities)} authorities"),
        (demand.users, "Users"),
        (demand.highest, "Budget in pounds, at its upper end"),
        (demand.joining, "Boroughs that would join"),
    )
    told = tuple((number, words) for number, words in parts if number.needs)
    return Entry(anchor(demand.needs), demand.reference, _lines(*told))


def _lines(*parts: tuple[Number, str]) -> tuple[Line, ...]:
    return tuple(
        Line(words, number.value, number.needs[:PRINTED], max(0, len(number.needs) - PRINTED))
        for number, words in parts
    )
