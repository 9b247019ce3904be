"""Finding the line that holds a table's headings, below titles and above the rows, and the totals at the end.

Some tables have two lines of headings: groups ("Supplier") and, beneath each, its columns ("Name", "Number").
"""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from statistics import median

from boroughs.forms.column_targets import words_of
from boroughs.forms.contract_targets import CONTRACT_TARGETS
from boroughs.forms.grid import Cell, CellProblem, TableRow, letters_of
from boroughs.forms.need_targets import NEED_TARGETS

SEARCHED_LINES = 30
LINES_BENEATH = 10
MAX_HEADING_CHARACTERS = 250
# A line of groups has short words, and more than one; "Council, Camden" above the headings is a title.
MAX_GROUP_CHARACTERS = 40
# Of a heading beneath a group, these alone may be of anything.
SAYS_TOO_LITTLE = frozenset({"name", "number", "date", "details", "type"})
# Rows at the end that may be totals, subtotals and averages.
SEARCHED_TOTALS = 5
VALUE = re.compile(
    r"[-(]?\s*[£€$]?\s*[\d.,\s']*\d\s*[%)]?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?", re.ASCII | re.DOTALL
)
NUMBER = re.compile(r"[-(]?\s*[£€$]?\s*[\d.,\s']*\d\s*[%)]?", re.ASCII)
TOTAL = re.compile(r"(?:grand |sub ?-?|overall |sum )?(?:totals?|sum|summe|gesamt)\b.*", re.IGNORECASE)
KNOWN = frozenset(words_of(words) for target in (*CONTRACT_TARGETS, *NEED_TARGETS) for words in target.words)
VOCABULARY = frozenset(word for words in KNOWN for word in words)


def count_known(cells: Sequence[Cell]) -> int:
    """How many cells are headings that files are known to have."""
    return sum(
        isinstance(cell, str) and len(cell) < MAX_HEADING_CHARACTERS and words_of(cell) in KNOWN for cell in cells
    )


def find(rows: Sequence[TableRow]) -> int:
    """The position of the heading line; 0 where nothing looks like one."""
    searched = rows[:SEARCHED_LINES]
    width = median(len(_filled(row)) for row in rows[: SEARCHED_LINES + LINES_BENEATH]) if rows else 0
    scores = [
        _score(row, rows[place + 1 : place + 1 + LINES_BENEATH], width) - 0.1 * place
        for place, row in enumerate(searched)
    ]
    return scores.index(max(scores)) if scores else 0


def looks_certain(row: TableRow) -> bool:
    """Whether a line is one of headings without doubt: two that are known, or words only, and all different."""
    texts = _headings_in(row)
    return count_known(row.cells) >= 2 or (len(texts) == len(_filled(row)) >= 2 and len(set(texts)) == len(texts))


def under_groups(heading: TableRow, above: TableRow | None) -> TableRow:
    """The headings, each that says too little alone with its group from the line `above` before it.

    The same as it came where that line is not just above or does not look like one of groups.
    """
    if above is None or above.line != heading.line - 1 or not _names_groups(above):
        return heading
    texts = [str(cell).casefold() for cell in heading.cells]
    cells: list[Cell] = []
    group: Cell = None
    for place in range(max(len(heading.cells), len(above.cells))):
        cell = heading.cells[place] if place < len(heading.cells) else None
        here = above.cells[place] if place < len(above.cells) else None
        group = here or group
        if isinstance(cell, str) and group is not None and cell != group:
            both = f"{group}: {cell}"
            cells.append(
                both if count_known([both]) or texts.count(cell.casefold()) > 1 or _says_too_little(cell) else cell
            )
        else:
            cells.append(here if cell is None else cell)
    return heading if tuple(cells) == heading.cells else TableRow(heading.line, tuple(cells), heading.problem)


def goes_on(heading: TableRow, beneath: TableRow | None) -> bool:
    """Whether the line beneath is one of headings too, those of the groups that `heading` names."""
    if beneath is None or beneath.line != heading.line + 1 or beneath.cells == heading.cells:
        return False
    texts, known = _headings_in(beneath), count_known(beneath.cells)
    return _names_groups(heading) and len(texts) == len(_filled(beneath)) and known >= max(3, len(texts) / 2)


def _says_too_little(heading: str) -> bool:
    return not count_known([heading]) or words_of(heading) <= SAYS_TOO_LITTLE


def _names_groups(row: TableRow) -> bool:
    filled = _filled(row)
    return (
        len(filled) > 1
        and count_known(filled) * 2 > len(filled)
        and all(isinstance(cell, str) and len(cell) <= MAX_GROUP_CHARACTERS and not _has_digit(cell) for cell in filled)
    )


def _has_digit(text: str) -> bool:
    return any(char.isdigit() for char in text)


def names(row: TableRow, width: int) -> list[str]:
    """A name for each of `width` columns: the heading as written, "Column C" for none, "Date (2)" for the second."""
    found: list[str] = []
    used: set[str] = set()
    for index in range(width):
        cell = row.cells[index] if index < len(row.cells) else None
        text = "" if cell is None or isinstance(cell, CellProblem) else " ".join(str(cell).split())
        name = text = text[:MAX_HEADING_CHARACTERS] or f"Column {letters_of(index)}"
        number = 1
        while name.casefold() in used:
            number += 1
            name = f"{text} ({number})"
        used.add(name.casefold())
        found.append(name)
    return found


def count_totals(rows: Sequence[TableRow], columns: int) -> int:
    """How many rows at the end are totals: they say so first, or hold numbers only where others hold words."""
    count = 0
    while count < min(SEARCHED_TOTALS, len(rows) - 1) and _is_total(rows[-1 - count], rows[-2 - count], columns):
        count += 1
    return count


def is_value(cell: Cell) -> bool:
    """Whether a cell holds a number, an amount or a day, not words."""
    if isinstance(cell, str):
        return VALUE.fullmatch(cell.strip()) is not None
    return isinstance(cell, int | Decimal | date)


def _score(row: TableRow, beneath: Sequence[TableRow], width: float) -> float:
    filled, texts = _filled(row), _headings_in(row)
    if not texts:
        return -10.0
    score = 3.0 * count_known(row.cells) + len({text.casefold() for text in texts}) / max(len(filled), 1)
    score += 2.0 * min(len(filled) / width, 1.0) if width else 0.0
    score -= 2.0 * (len(filled) - len(texts))
    typed = {
        place
        for other in beneath
        for place, cell in enumerate(other.cells)
        if is_value(cell) and place < len(row.cells) and isinstance(row.cells[place], str)
    }
    return score + min(len(typed), 4) * 0.5


def _filled(row: TableRow) -> list[Cell]:
    return [cell for cell in row.cells if cell is not None]


def _headings_in(row: TableRow) -> list[str]:
    return [
        cell
        for cell in row.cells
        if isinstance(cell, str) and len(cell) <= MAX_HEADING_CHARACTERS and not is_value(cell)
    ]


def _is_total(row: TableRow, above: TableRow, columns: int) -> bool:
    filled = _filled(row)
    if columns < 3 or not filled:
        return False
    first, rest = filled[0], filled[1:]
    if isinstance(first, str) and TOTAL.fullmatch(first.strip()):
        return all(_is_number(cell) for cell in rest)
    return all(_is_number(cell) for cell in filled) and any(
        isinstance(cell, str) and not is_value(cell) for cell in above.cells
    )


def _is_number(cell: Cell) -> bool:
    if isinstance(cell, str):
        return NUMBER.fullmatch(cell.strip()) is not None
    return isinstance(cell, int | Decimal | CellProblem)
