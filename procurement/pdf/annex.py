"""The annex of a report: under each figure the needs and contracts behind it, for the page and as a file."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from boroughs.forms.spreadsheet_cells import guarded
from procurement.picture import document
from procurement.picture.changes import Changes
from procurement.picture.figures import AuthorityFigures, CategoryFigures, DemandFigures, Figures
from procurement.picture.numbers import Number, each_once, numbers
from procurement.picture.telling import Telling

COLUMNS = (
    "figure",
    "what",
    "unit",
    "value",
    "needs_count",
    "need_references",
    "contracts_count",
    "contract_references",
)
# Under which figure needs and contracts are listed.
_Listed = dict[tuple[tuple[str, ...], tuple[str, ...]], str]

# Figures of one thing, of which the second part of the name tells, stand together.
GROUPED = ("demand", "authority", "category", "coverage", "market", "windows", "answers", "outcomes", "notices")
# The attached file with every figure.
FIGURES_CSV_NAME = "figures-and-needs.csv"
# A table of more rows makes a report that nobody leafs through; the attached file has them all.
ROWS = 250
# So few are listed again, instead of naming where they are.
LISTED_AGAIN = 12

# Numbers as far as they may be told.
Opened = Callable[[Iterable[Number]], Iterator[Number]]


@dataclass(frozen=True)
class Entry:
    """One figure, or several of one thing."""

    anchor: str
    name: str
    lines: tuple["Line", ...]
    # The title of a joint demand, which its name does not tell.
    title: str = ""
    # Of one thing out of a chapter, which has figures of all London beside it.
    is_part: bool = False


@dataclass(frozen=True)
class Line:
    words: str
    value: int | None
    needs: tuple[str, ...]
    contracts: tuple[str, ...]
    left_out: int = 0
    # The figure above under which the same are listed already.
    same_as: str = ""


Chapter = tuple[str, tuple[Entry, ...]]


@dataclass(frozen=True)
class Annex:
    headlines: tuple[Entry, ...]
    since: tuple[Entry, ...]
    authorities: tuple[Entry, ...]
    categories: tuple[Entry, ...]
    demands: tuple[Entry, ...]
    # Heading and figures of each chapter beyond these.
    chapters: tuple[Chapter, ...]

    @property
    def anchors(self) -> frozenset[str]:
        own = (*self.headlines, *self.since, *self.authorities, *self.categories, *self.demands)
        return frozenset(entry.anchor for entry in (*own, *(each for _, found in self.chapters for each in found)))


def annex(figures: Figures, changes: Changes | None, *, demands: Iterable[DemandFigures], telling: Telling) -> Annex:
    """All that stands behind each figure; how much of it is printed and where, annex_files.py says."""
    listed: _Listed = {}
    opened: Opened = partial(document.open_of, names=document.named(figures), telling=telling)
    since = (each for each in numbers(changes) if each.key.startswith("since/"))
    return Annex(
        headlines=_once(opened(numbers(figures.headlines)), listed),
        since=_once(opened(since)),
        authorities=tuple(_of_row(row, opened) for row in figures.authorities if int(row.needs)),
        categories=tuple(_of_row(row, opened) for row in figures.categories),
        demands=tuple(_of_demand(each) for each in demands),
        chapters=tuple(_chapters(figures, listed, opened)),
    )


def anchor(number: Number) -> str:
    """Where in the annex the needs behind a number are."""
    parts = number.key.split("/")
    key = parts[:2] if parts[0] in GROUPED else parts
    return f"needs-{'-'.join(key)}"


def table_csv(figures: Figures, changes: Changes | None, telling: Telling) -> str:
    """Every figure of the report, one a line, with the references of all needs and contracts behind it."""
    return figures_csv(document.open_of(each_once(figures, changes), document.named(figures), telling))


def figures_csv(found: Iterable[Number]) -> str:
    """One figure a line, with the references of all needs and contracts behind it."""
    return csv_text(
        COLUMNS,
        (
            [
                guarded(each.key),
                guarded(each.words),
                each.unit,
                each.value,
                len(each.needs),
                "; ".join(each.needs),
                len(each.contracts),
                guarded("; ".join(each.contracts)),
            ]
            for each in found
        ),
    )


def csv_text(head: Iterable[str], rows: Iterable[list[Any]]) -> str:
    """An attached table; texts in it are guarded against being read as formulas already."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return buffer.getvalue()


def _once(found: Iterable[Number], listed: _Listed | None = None) -> tuple[Entry, ...]:
    """An entry for each; where the same stand behind a later one, it names the earlier."""
    known: _Listed = {} if listed is None else listed
    return tuple(Entry(anchor(number), number.words, (_shortened(number, known),)) for number in found)


def _shortened(number: Number, listed: _Listed) -> Line:
    (line,) = _lines((number, ""))
    evidence = (number.needs, number.contracts)
    if len(number.needs) + len(number.contracts) > LISTED_AGAIN and evidence in listed:
        line = replace(line, needs=(), contracts=(), same_as=listed[evidence])
    listed.setdefault(evidence, number.words)
    return line


def _chapters(figures: Figures, listed: _Listed, opened: Opened) -> Iterator[tuple[str, tuple[Entry, ...]]]:
    """Figures of all London by themselves, those of one thing together."""
    told: tuple[tuple[str, object, Mapping[str, str]], ...] = (
        ("How complete and how fresh this picture is", figures.coverage, {e.slug: e.name for e in figures.authorities}),
        ("Who supplies London today", figures.market, {e.slug: e.name for e in figures.market.categories}),
        ("When boroughs could start together", figures.windows, {}),
        ("How fast answers come", figures.answers, {}),
        ("From needs to notices", figures.flow, {}),
        ("What came of it", figures.outcomes, {}),
    )
    for heading, chapter, names in told:
        found = list(opened(numbers(chapter)))
        groups: dict[str, list[Number]] = {}
        for each in found:
            if _of_one(each):
                groups.setdefault(each.key.split("/")[1], []).append(each)
        alone = [each for each in found if not _of_one(each)]
        entries = (*_once(alone, listed), *(_group(names.get(name, name), group) for name, group in groups.items()))
        if entries:
            yield heading, entries


def _of_one(number: Number) -> bool:
    return number.key.split("/")[0] in GROUPED


def _group(name: str, found: Iterable[Number]) -> Entry:
    """Of one thing, what stands behind the first figure; of the others only what does not stand behind that one."""
    first, *others = found
    lines = [*_lines((first, _without(name, first)))]
    for each in others:
        (line,) = _lines((each, _without(name, each)))
        is_part = {*each.needs} <= {*first.needs} and {*each.contracts} <= {*first.contracts}
        lines.append(replace(line, needs=(), contracts=()) if is_part else line)
    return Entry(anchor(first), name, tuple(lines), is_part=True)


def _without(name: str, number: Number) -> str:
    """Its words without the name that stands above them."""
    return number.words.replace(f" in {name}", "").replace(f" of {name}", "")


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
    return Entry(anchor(demand.needs), demand.reference, _lines(*told), title=demand.title)


def _lines(*parts: tuple[Number, str]) -> tuple[Line, ...]:
    return tuple(Line(words, number.value, number.needs, number.contracts) for number, words in parts)
