"""What a reader of files hands over before anybody has asked which line holds the headings: lines of cells."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from boroughs.forms.rows import UnreadableFile

MAX_ROWS = 200_000
MAX_COLUMNS = 200
# Cells of the table, empty ones counted. It keeps the memory for the largest file below about 300 MB.
MAX_CELLS = 3_000_000
# What a cell of Excel can hold.
MAX_CHARACTERS = 32_767


@dataclass(frozen=True)
class CellProblem:
    """A cell that cannot be read. `text` is a sentence for the row that it stands in."""

    text: str


# A whole number of a workbook is an int, any other a Decimal. Cells of a text file are always text.
Cell = str | int | Decimal | date | CellProblem | None


@dataclass(frozen=True)
class TableRow:
    # Counted from 1, as an editor or a spreadsheet shows it: where the row begins.
    line: int
    cells: tuple[Cell, ...]
    # A sentence that says why the row as a whole cannot be trusted; "" where it can.
    problem: str = ""


@dataclass
class Grid:
    """The lines of a file or of one sheet that hold anything, each without the empty cells at its end."""

    format: str
    rows: list[TableRow] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    hidden_sheets: frozenset[str] = frozenset()
    notes: list[str] = field(default_factory=list)
    # Line that holds something: empty lines just above it.
    gaps: dict[int, int] = field(default_factory=dict)
    _cells: int = 0
    _empty: int = 0

    def add(self, line: int, cells: list[Cell]) -> None:
        """Take in a line. Raises UnreadableFile where the file is larger than what is read."""
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            self._empty += 1
            return
        if len(cells) > MAX_COLUMNS:
            raise UnreadableFile(
                f"Line {line:,} goes as far as column {letters_of(len(cells) - 1)}, which is the {len(cells):,}th. "
                f"{MAX_COLUMNS} columns are read at the most. Take away the columns that are not needed."
            )
        self._cells += len(cells)
        if len(self.rows) == MAX_ROWS:
            raise UnreadableFile(f"The file has more than {MAX_ROWS:,} rows. Split it into smaller files.")
        if self._cells > MAX_CELLS:
            raise UnreadableFile(f"The file has more than {MAX_CELLS:,} cells. Split it into smaller files.")
        if self._empty:
            self.gaps[line] = self._empty
            self._empty = 0
        self.rows.append(TableRow(line, tuple(cells)))

    def skip(self, lines: int) -> None:
        """Count lines that are not even in the file."""
        self._empty += lines


def check_length(text: str, line: int) -> None:
    """Raises UnreadableFile where the text is longer than any cell is."""
    if len(text) > MAX_CHARACTERS:
        raise UnreadableFile(
            f"A cell in line {line:,} has more than {MAX_CHARACTERS:,} characters, which is longer than any cell of a "
            "spreadsheet. A quotation mark may be missing there."
        )


def letters_of(index: int) -> str:
    """The letters that a spreadsheet gives to a column, counted from 0: A, B … Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def index_of(letters: str) -> int:
    """The column, counted from 0, that these capital letters stand for. Raises ValueError for anything else."""
    index = 0
    if not letters.isalpha() or not letters.isascii() or not letters.isupper() or len(letters) > 3:
        raise ValueError(f"{letters[:10]!r} is no column")
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def times(count: int, one: str, many: str) -> str:
    """A number with its noun: "1 row", "1,200 rows"."""
    return f"1 {one}" if count == 1 else f"{count:,} {many}"
