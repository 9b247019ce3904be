"""Reading the table out of a file as people really have it: CSV of any country, or a workbook with titles and totals.

What is passed over or understood in one of several ways is said in `notes`; what cannot be read is refused in words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from boroughs.forms import csv_grid, file_kinds, headings
from boroughs.forms.decimal_commas import columns_with_decimal_comma
from boroughs.forms.grid import Cell, Grid, TableRow, times
from boroughs.forms.rows import UnreadableFile
from boroughs.forms.xlsx_grid import Workbook

MAX_BYTES = 20 * 1024 * 1024
# Of a workbook, so many sheets are looked at for the one that holds the table.
SEARCHED_SHEETS = 10
# Below this share of rows, cells beyond the headings are slips of single rows, not a column without a heading.
SLIPS = 0.1
NAMED_LINES = 5


@dataclass(frozen=True)
class Table:
    # "CSV", "TSV", "XLSX" or "XLSM".
    format: str
    # "UTF-8", "UTF-16" or "Windows-1252"; "" for workbooks.
    encoding: str
    # "comma", "semicolon", "tab", "vertical bar", or "none" where there is one column; "" for workbooks.
    delimiter: str
    # The sheet that was read, and all that can be named; "" and none for text.
    sheet: str
    sheets: tuple[str, ...]
    # Counted from 1.
    header_line: int
    # Headings as written, each different; columns in which nothing stands are left out.
    columns: tuple[str, ...]
    # Each with as many cells as there are columns, except where its `problem` says why not.
    rows: tuple[TableRow, ...]
    # Columns in which a comma parts pounds from pence.
    decimal_commas: frozenset[str]
    # Sentences: what was understood, and what was passed over.
    notes: tuple[str, ...]


def read_table(file: BinaryIO, name: str, *, sheet: str = "") -> Table:
    """The table in the file, whose name counts for nothing but messages; of a workbook, in the sheet named.

    Without `sheet`, the first sheet that holds known headings, or else the first with rows. Raises UnreadableFile with
    a sentence for people where the file is none of what is read, is protected, damaged or larger than what is read.
    """
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UnreadableFile(f"The file is larger than {MAX_BYTES // 1024 // 1024} MB. Split it into smaller files.")
    file_kinds.refuse_others(data)
    if file_kinds.is_zip(data):
        return _table_of(_grid_of(Workbook(data), sheet))
    return _table_of(csv_grid.read(data))


def _grid_of(workbook: Workbook, wanted: str) -> Grid:
    if wanted:
        for each in workbook.sheets:
            if each.name == wanted:
                return workbook.grid(each)
        raise UnreadableFile(f"The workbook has no sheet called “{wanted[:100]}”.")
    fallback: Grid | None = None
    for each in sorted(workbook.sheets, key=lambda each: each.is_hidden)[:SEARCHED_SHEETS]:
        grid = workbook.grid(each)
        if len(grid.rows) > 1 and headings.count_known(grid.rows[headings.find(grid.rows)].cells) >= 2:
            return grid
        if fallback is None or (len(fallback.rows) < 2 <= len(grid.rows)):
            fallback = grid
    if fallback is None:
        raise UnreadableFile("The workbook has no sheet with cells.")
    return fallback


def _table_of(grid: Grid) -> Table:
    if not grid.rows:
        raise UnreadableFile(f"The sheet “{grid.sheet}” is empty." if grid.sheet else "The file is empty.")
    place = headings.find(grid.rows)
    place += headings.goes_on(grid.rows[place], grid.rows[place + 1] if place + 1 < len(grid.rows) else None)
    rows = grid.rows[place + 1 :]
    heading = headings.under_groups(grid.rows[place], grid.rows[place - 1] if place else None)
    notes = [*_notes_of_sheets(grid), *grid.notes, *_notes_of_headings(grid.rows, place, heading)]
    rows = _without_repeats(rows, grid.rows[place], notes)
    rows = _without_totals(rows, len(heading.cells), notes)
    if not rows:
        raise UnreadableFile(f"There are only headings, in line {heading.line:,}, and no rows beneath them.")
    width = _width(heading, rows, is_text=not grid.sheet)
    named = headings.names(heading, width)
    kept = [index for index in range(width) if index < len(heading.cells) and heading.cells[index] is not None]
    kept = sorted({*kept, *_used(rows, width)})
    empty = sum(count for line, count in grid.gaps.items() if line > heading.line)
    if empty:
        notes.append(f"{times(empty, 'empty row was', 'empty rows were')} passed over.")
    columns = tuple(named[index] for index in kept)
    body = tuple(_fitted(row, kept, width) for row in rows)
    commas = columns_with_decimal_comma(columns, body, grid.delimiter)
    if commas:
        named_commas = ", ".join(f"“{column}”" for column in columns if column in commas)
        notes.append(f"A comma is read as the decimal point, and a point as the mark of thousands, in {named_commas}.")
    return Table(
        format=grid.format,
        encoding=grid.encoding,
        delimiter=grid.delimiter,
        sheet=grid.sheet,
        sheets=grid.sheets,
        header_line=heading.line,
        columns=columns,
        rows=body,
        decimal_commas=commas,
        notes=tuple(notes),
    )


def _notes_of_sheets(grid: Grid) -> Iterator[str]:
    others = [
        f"“{name}”{' (hidden)' if name in grid.hidden_sheets else ''}" for name in grid.sheets if name != grid.sheet
    ]
    if others:
        more = f" and {len(others) - NAMED_LINES} more" if len(others) > NAMED_LINES else ""
        yield f"The sheet “{grid.sheet}” is read. The workbook also holds {', '.join(others[:NAMED_LINES])}{more}."


def _notes_of_headings(rows: Sequence[TableRow], place: int, heading: TableRow) -> Iterator[str]:
    line = rows[place].line
    above = place
    if not headings.looks_certain(rows[place]):
        yield f"No line looks like headings for certain. Line {line:,} is taken for them."
    elif line > 1:
        yield f"The headings were found in line {line:,}."
    if heading is not rows[place]:
        yield f"Line {line - 1:,} names groups of columns; it stands before headings that say too little alone."
        above -= 1
    if above:
        yield f"{times(above, 'line', 'lines')} above the headings {'is' if above == 1 else 'are'} left out."


def _without_repeats(rows: list[TableRow], heading: TableRow, notes: list[str]) -> list[TableRow]:
    repeats = [row.line for row in rows if row.cells == heading.cells and len(heading.cells) > 1]
    if not repeats:
        return rows
    notes.append(f"{_lines(repeats)} the headings again and {'is' if len(repeats) == 1 else 'are'} left out.")
    return [row for row in rows if row.cells != heading.cells]


def _lines(lines: list[int]) -> str:
    if len(lines) == 1:
        return f"Line {lines[0]:,} holds"
    more = f" and {len(lines) - NAMED_LINES} more" if len(lines) > NAMED_LINES else ""
    return f"Lines {', '.join(f'{line:,}' for line in lines[:NAMED_LINES])}{more} hold"


def _without_totals(rows: list[TableRow], columns: int, notes: list[str]) -> list[TableRow]:
    count = headings.count_totals(rows, columns)
    body, totals = (rows[:-count], rows[-count:]) if count else (rows, [])
    notes.extend(f"Line {row.line:,} looks like a total and is left out." for row in totals)
    return body


def _width(heading: TableRow, rows: Sequence[TableRow], *, is_text: bool) -> int:
    """Columns of the table. In text, few rows with a cell too many have slipped: a delimiter stands in their words."""
    beyond = [len(row.cells) for row in rows if len(row.cells) > len(heading.cells)]
    if not beyond or (is_text and len(beyond) < SLIPS * len(rows)):
        return len(heading.cells)
    return max(beyond)


def _used(rows: Sequence[TableRow], width: int) -> set[int]:
    used: set[int] = set()
    for row in rows:
        if len(used) == width:
            break
        used.update(index for index, cell in enumerate(row.cells[:width]) if cell is not None)
    return used


def _fitted(row: TableRow, kept: list[int], width: int) -> TableRow:
    cells = row.cells
    if len(cells) > width:
        return TableRow(
            row.line,
            _picked(cells, kept),
            f"The row has {len(cells)} cells, but the file has {width} columns. A cell with the delimiter in it may "
            "lack its quotation marks.",
        )
    return TableRow(row.line, _picked(cells, kept))


def _picked(cells: tuple[Cell, ...], kept: list[int]) -> tuple[Cell, ...]:
    length = len(cells)
    return tuple(cells[index] if index < length else None for index in kept)
