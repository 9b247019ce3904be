"""The annex of a report: under each figure the needs behind it, for the page and as a file."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace

from boroughs.forms.spreadsheet_cells import guarded
from procurement.picture.changes import Changes
from procurement.picture.figures import DemandFigures, Figures
from procurement.picture.numbers import Number, each_once, numbers

COLUMNS = ("figure", "what", "unit", "value", "needs_count", "need_references")
# So few are listed again, instead of naming where they are.
LISTED_AGAIN = 12


@dataclass(frozen=True)
class Entry:
    """One figure, or several of one thing with the same needs behind them."""

    anchor: str
    name: str
    lines: tuple["Line", ...]
    # The title of a joint demand, which its name does not tell.
    title: str = ""


@dataclass(frozen=True)
class Line:
    words: str
    value: int | None
    needs: tuple[str, ...]
    left_out: int = 0
    # The figure above under which the same needs are listed already.
    same_as: str = ""


@dataclass(frozen=True)
class Annex:
    headlines: tuple[Entry, ...]
    since: tuple[Entry, ...]
    authorities: tuple[Entry, ...]
    categories: tuple[Entry, ...]
    demands: tuple[Entry, ...]


def annex(figures: Figures, changes: Changes | None, *, demands: Iterable[DemandFigures]) -> Annex:
    """All needs behind each figure; how many of them are printed and where, annex_files.py says."""
    return Annex(
        headlines=_once(numbers(figures.headlines)),
        since=_once(each for each in numbers(changes) if each.key.startswith("since/")) if changes else (),
        authorities=tuple(
            Entry(anchor(row.needs), row.name, _lines((row.needs, "Open needs"), (row.matched, "In joint demands")))
            for row in figures.authorities
            if int(row.needs)
        ),
        categories=tuple(
            Entry(anchor(row.needs), row.name, _lines((row.needs, "Open needs"), (row.matched, "In joint demands")))
            for row in figures.categories
        ),
        demands=tuple(_of_demand(each) for each in demands),
    )


def anchor(number: Number) -> str:
    """Where in the annex the needs behind a number are; figures of one joint demand stand together."""
    parts = number.key.split("/")
    key = parts[:2] if parts[0] in ("demand", "authority", "category") else parts
    return f"needs-{'-'.join(key)}"


def table_csv(figures: Figures, changes: Changes | None) -> str:
    """Every figure of the report, one a line, with the references of all needs behind it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in each_once(figures, changes):
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
            line = replace(line, needs=(), same_as=listed[number.needs])
        listed.setdefault(number.needs, number.words)
        entries.append(Entry(anchor(number), number.words, (line,)))
    return tuple(entries)


def _of_demand(demand: DemandFigures) -> Entry:
    parts = (
        (demand.needs, f"Needs of {int(demand.authorities)} authorities"),
        (demand.users, "Users"),
        (demand.highest, "Budget in pounds, at its upper end"),
        (demand.joining, "Boroughs that would join"),
    )
    told = tuple((number, words) for number, words in parts if number.needs)
    return Entry(anchor(demand.needs), demand.reference, _lines(*told), title=demand.title)


def _lines(*parts: tuple[Number, str]) -> tuple[Line, ...]:
    return tuple(Line(words, number.value, number.needs) for number, words in parts)
