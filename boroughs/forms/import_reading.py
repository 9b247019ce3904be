"""From the bytes of a file to checked rows: what the pages of an import and its jobs read with.

A file is described first (its columns, what they seem to mean, a few cells of each), and read row by row when people
have confirmed that. Every row is held to the same rules as the page.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.dateformat import format as in_format

from boroughs.actions import contract_content, need_content
from boroughs.actions.data_imports import Shape
from boroughs.actions.import_jobs import CheckedRow, Reading
from boroughs.forms import contract_rows, need_rows
from boroughs.forms.column_guess import guess
from boroughs.forms.column_targets import Target
from boroughs.forms.contract_cells import contract_values
from boroughs.forms.contract_rows import ContractReader
from boroughs.forms.contract_targets import CONTRACT_TARGETS
from boroughs.forms.grid import Cell, CellProblem, TableRow
from boroughs.forms.need_rows import NeedReader
from boroughs.forms.need_targets import NEED_TARGETS
from boroughs.forms.release_packages import HEAD_BYTES, is_package, read_package
from boroughs.forms.release_rows import rows_of
from boroughs.forms.rows import RawRow, RefusedRow, UnreadableFile
from boroughs.forms.tables import MAX_BYTES, Table, read_table
from boroughs.models import Borough, Category, DataImport
from boroughs.queries.authorities import authority_names

Noun = DataImport.Noun
TARGETS: dict[str, tuple[Target, ...]] = {Noun.CONTRACTS: CONTRACT_TARGETS, Noun.NEEDS: NEED_TARGETS}
# Fields without which no row can be read.
WANTED: dict[str, tuple[str, ...]] = {Noun.CONTRACTS: ("title",), Noun.NEEDS: ("title",)}
# The field by which a row is known again, and those that stand in for it where no column holds it.
STAND_INS: dict[str, tuple[str, tuple[str, ...]]] = {
    Noun.CONTRACTS: ("reference", contract_rows.STAND_IN),
    Noun.NEEDS: ("id", need_rows.STAND_IN),
}
SAMPLES = 3
GUESSED_FROM = 200


@dataclass(frozen=True)
class Described:
    """What a person is shown of a file before its rows are checked."""

    shape: Shape
    # By heading: a few cells that hold something, as text.
    samples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # By heading: a sentence on what the guess is not sure of.
    doubts: Mapping[str, str] = field(default_factory=dict)
    # Sheets of a workbook that can be read instead.
    sheets: tuple[str, ...] = ()


def describe(
    content: bytes, file_name: str, *, noun: str, sheet: str = "", remembered: Mapping[str, str] | None = None
) -> Described:
    """What the file holds, and what its columns seem to mean. Raises UnreadableFile."""
    if noun == Noun.CONTRACTS and is_package(content[:HEAD_BYTES]):
        package = read_package(content, file_name)
        found = (
            f"An open contracting (OCDS) package with {len(package.rows):,} contract{'s' * (len(package.rows) != 1)}."
        )
        return Described(Shape(format=package.format, columns=(), mapping={}, notes=(found, *package.notes)))
    table = read_table(io.BytesIO(content), file_name, sheet=sheet)
    cells = [row.cells for row in table.rows[:GUESSED_FROM]]
    guesses = guess(table.columns, cells, TARGETS[noun], remembered)
    shape = Shape(
        format=table.format,
        sheet=table.sheet,
        columns=table.columns,
        mapping=guesses.fields(),
        notes=table.notes,
    )
    return Described(
        shape=shape,
        samples={column: _samples(row[place] for row in cells) for place, column in enumerate(table.columns)},
        doubts={each.column: each.doubt for each in guesses.columns if each.doubt},
        sheets=table.sheets,
    )


def targets_of(noun: str) -> dict[str, str]:
    """The fields that a column may fill, by name, with what people call them."""
    return {target.name: target.label for target in TARGETS[noun]}


def read(data_import: DataImport, content: bytes) -> Reading:
    """The rows of an import whose columns are confirmed, checked one by one. Raises UnreadableFile."""
    borough, authorities, categories = data_import.borough, authority_names(), list(Category.objects.by_area())
    if data_import.noun == Noun.CONTRACTS and is_package(content[:HEAD_BYTES]):
        package = read_package(content, data_import.file_name, categories)
        raw = rows_of(package, authorities=authorities, borough=borough)
        values = dict(package.rows)
        checked = _contracts(
            raw,
            lambda line: {name: str(value) for name, value in values[line].items()},
            ContractReader(authorities, categories, borough),
        )
        return Reading(total=len(package.rows), rows=checked, notes=package.notes)
    table = read_table(io.BytesIO(content), data_import.file_name, sheet=data_import.sheet)
    rows = raw_rows(table, data_import.mapping, noun=data_import.noun)
    by_line = {row.line: row for row in table.rows}

    def cells(line: int) -> Mapping[str, str]:
        return _cells(table, by_line[line])

    if data_import.noun == Noun.NEEDS:
        checked = _needs(rows, cells, NeedReader(authorities, categories, borough, keeps_unread=True))
    else:
        checked = _contracts(rows, cells, ContractReader(authorities, categories, borough))
    notes = (*table.notes, *_stand_in_note(data_import))
    return Reading(total=len(table.rows), rows=checked, notes=notes)


def content_of(path: Path) -> bytes:
    """The bytes of a file, of one that is too large enough to be told so. Raises UnreadableFile."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error


def rows_in(
    content: bytes, file_name: str, mapping: Mapping[str, str], *, noun: str, borough: Borough | None = None
) -> Iterator[RawRow | RefusedRow]:
    """The rows of a file that nobody confirms, for a command. Raises UnreadableFile."""
    if noun == Noun.CONTRACTS and is_package(content[:HEAD_BYTES]):
        package = read_package(content, file_name, list(Category.objects.by_area()))
        return rows_of(package, authorities=authority_names(), borough=borough)
    return raw_rows(read_table(io.BytesIO(content), file_name), mapping, noun=noun)


def raw_rows(table: Table, mapping: Mapping[str, str], *, noun: str) -> Iterator[RawRow]:
    """The rows of a table by the fields that `mapping` gives its columns."""
    # A column that is read says of every row what stands in it, be it nothing.
    silent = dict.fromkeys(mapping.values())
    # In the order of the file: a mapping that was kept has lost it, since PostgreSQL sorts the keys of JSON.
    headings = {mapping[column]: column for column in table.columns if column in mapping}
    commas = frozenset(mapping[column] for column in table.decimal_commas if column in mapping)
    for row in table.rows:
        if noun == Noun.CONTRACTS:
            said = contract_values(table, mapping, row)
            yield RawRow(row.line, silent | said.values, said.problems, said.remarks, headings)
        else:
            values = {
                mapping[column]: _as_text(cell)
                for column, cell in zip(table.columns, row.cells, strict=True)
                if column in mapping and cell is not None
            }
            problems = (row.problem,) if row.problem else ()
            yield RawRow(row.line, silent | values, problems, headings=headings, decimal_commas=commas)


def _contracts(
    rows: Iterable[RawRow | RefusedRow], cells: Callable[[int], Mapping[str, str]], reader: ContractReader
) -> Iterator[CheckedRow]:
    for raw in rows:
        row = raw if isinstance(raw, RefusedRow) else reader.check(raw)
        if isinstance(row, RefusedRow):
            yield CheckedRow(row.line, cells(row.line), remarks=row.problems, is_refused=True)
            continue
        said = contract_content.as_json(row.content)
        told = {name: value for name, value in said.items() if name in row.told}
        yield CheckedRow(row.line, told, row.reference, row.content.title, row.remarks)


def _needs(
    rows: Iterable[RawRow], cells: Callable[[int], Mapping[str, str]], reader: NeedReader
) -> Iterator[CheckedRow]:
    for raw in rows:
        row = reader.check(raw)
        if isinstance(row, RefusedRow):
            yield CheckedRow(row.line, cells(row.line), remarks=row.problems, is_refused=True)
            continue
        said = need_content.as_json(row.content)
        told = {name: value for name, value in said.items() if name in row.told}
        yield CheckedRow(row.line, told, row.external_id, row.content.title, row.remarks, unread=row.unread)


def _stand_in_note(data_import: DataImport) -> Iterator[str]:
    reference, parts = STAND_INS[data_import.noun]
    if reference not in data_import.mapping.values():
        labels = targets_of(data_import.noun)
        named = ", ".join(f"“{labels[name]}”" for name in parts)
        yield f"No column holds a reference, so a row is known again by {named}."


def _samples(cells: Iterable[Cell]) -> tuple[str, ...]:
    found = dict.fromkeys(text for cell in cells if (text := _shown(cell)))
    return tuple(found)[:SAMPLES]


def _cells(table: Table, row: TableRow) -> dict[str, str]:
    return {column: text for column, cell in zip(table.columns, row.cells, strict=False) if (text := _shown(cell))}


def _shown(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case CellProblem():
            return cell.text
        case date():
            return in_format(cell, "j F Y")
        case _:
            return str(cell)


def _as_text(cell: Cell) -> Any:
    """A cell as the reader of needs takes it: numbers stay numbers."""
    if isinstance(cell, date):
        return cell.isoformat()
    return float(cell) if isinstance(cell, Decimal) else cell
