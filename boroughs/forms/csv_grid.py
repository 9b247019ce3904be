"""Reading text with delimiters, as Excel and its like write it in any country.

The encoding is told by the mark at the beginning, or else UTF-8 where it fits and Windows-1252 where it does not: what
British and German versions of Excel write. Statistics of letters are not asked; on short files they guess wrongly.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from boroughs.forms.grid import Cell, Grid, check_length
from boroughs.forms.headings import SEARCHED_LINES, count_known
from boroughs.forms.rows import UnreadableFile
from boroughs.forms.spreadsheet_cells import unguarded

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"),
    (b"\xff\xfe\0\0", "", "UTF-32"),
    (b"\0\0\xfe\xff", "", "UTF-32"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)
# Excel writes it as the first line where the delimiter is not the one of the country.
HINT = re.compile(r"""\s*"?sep=(.)"?\s*""", re.IGNORECASE)
# UTF-8 that was read as Windows-1252 somewhere and saved again.
BROKEN = re.compile("Â[£\u00a0]|â€[™œ\u009d“”]|Ã[©¨¼¶¤]")
SAMPLE_CHARACTERS = 200_000
SAMPLE_RECORDS = 200
# What Python's reader takes in one cell; the limit of a cell is asked after that.
MAX_CELL_CHARACTERS = 1_000_000


@dataclass(frozen=True)
class Encoding:
    codec: str
    # For people.
    name: str


def read(data: bytes) -> Grid:
    """The lines of a text file. Raises UnreadableFile where it is no text, or larger than what is read."""
    encoding = _encoding(data)
    sample = _text(data, encoding).read(SAMPLE_CHARACTERS)
    hint = HINT.fullmatch(sample.partition("\n")[0])
    delimiter = hint[1] if hint and hint[1] in DELIMITERS else _delimiter(sample)
    kind = "TSV" if delimiter == "\t" else "CSV"
    grid = Grid(format=kind, encoding=encoding.name, delimiter=DELIMITERS.get(delimiter, "none"))
    if encoding.name != "UTF-8":
        grid.notes.append(f"The file is in {encoding.name}.")
    if delimiter and delimiter != ",":
        grid.notes.append(f"The columns are parted by a {DELIMITERS[delimiter]}.")
    if BROKEN.search(sample):
        grid.notes.append("Some characters were broken before the file was saved, such as “Â£” for “£”.")
    for line, cells in _records(_text(data, encoding), delimiter):
        if not (hint and line == 1):
            grid.add(line, cells)
    return grid


def _encoding(data: bytes) -> Encoding:
    for mark, codec, name in MARKS:
        if data.startswith(mark):
            if not codec:
                raise UnreadableFile(f"The file is in {name}, which is not read. Save it as “CSV UTF-8”.")
            return _checked(data, Encoding(codec, name))
    if b"\0" in data:
        raise UnreadableFile("This is no text file and no XLSX workbook. Save the register as CSV or XLSX.")
    try:
        return _checked(data, Encoding("utf-8", "UTF-8"))
    except UnreadableFile:
        return _checked(data, Encoding("cp1252", "Windows-1252"))


def _checked(data: bytes, encoding: Encoding) -> Encoding:
    try:
        text = data.decode(encoding.codec)
    except UnicodeError as error:
        raise UnreadableFile(
            "The characters of the file cannot be read; they are neither UTF-8, UTF-16 nor Windows-1252. "
            "Save it as “CSV UTF-8”."
        ) from error
    if "\0" in text:
        raise UnreadableFile("This is no text file. Save the register as CSV or XLSX.")
    return encoding


def _text(data: bytes, encoding: Encoding) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), encoding=encoding.codec, newline="")


def _delimiter(sample: str) -> str:
    """The delimiter under which the lines agree best on a number of columns; "" where there is one column."""
    best, found = 0.0, ""
    for delimiter in DELIMITERS:
        score = _agreement(sample, delimiter)
        if score > best:
            best, found = score, delimiter
    return found


def _agreement(sample: str, delimiter: str) -> float:
    records = []
    try:
        for record in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in record):
                records.append(record)
            if len(records) == SAMPLE_RECORDS:
                break
    except csv.Error:
        return 0.0
    # The sample may end in the middle of a line.
    whole = records[:-1] if len(sample) == SAMPLE_CHARACTERS and len(records) > 1 else records
    widths = Counter(len(record) for record in whole if len(record) > 1)
    if not widths:
        return 0.0
    width, often = max(widths.items(), key=lambda item: (item[1], item[0]))
    share = often / len(whole)
    known = max(count_known(record) for record in whole[:SEARCHED_LINES])
    # One line out of step says more against a delimiter than many columns say for it.
    return (10.0 if share == 1 else share**3) * (1 + min(width, 60) / 60) + min(known, 5) * 3


def _records(file: io.TextIOWrapper, delimiter: str) -> Iterator[tuple[int, list[Cell]]]:
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    spans = _Spans(file)
    # With one column, no character parts cells; this one is refused in any text.
    reader = csv.reader(spans, delimiter=delimiter or "\0")
    while True:
        line = reader.line_num + 1
        spans.quotes = 0
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableFile(
                f"Line {line:,} cannot be read: a cell is longer than {MAX_CELL_CHARACTERS:,} characters. "
                "A quotation mark may be missing there."
            ) from error
        if spans.ended and reader.line_num > line and spans.quotes % 2:
            raise UnreadableFile(
                f"A quotation mark is opened in the row that begins in line {line:,} and never closed, so that the "
                "rest of the file would be one cell. Mend that line."
            )
        for cell in record:
            check_length(cell, line)
        yield line, [unguarded(cell) if cell and not cell.isspace() else None for cell in record]


class _Spans:
    """Lines of a file, with what is needed to see that a quotation mark was never closed."""

    def __init__(self, file: io.TextIOWrapper) -> None:
        self._file = file
        self.quotes = 0
        self.ended = False

    def __iter__(self) -> "_Spans":
        return self

    def __next__(self) -> str:
        line = self._file.readline()
        if not line:
            self.ended = True
            raise StopIteration
        self.quotes += line.count('"')
        return line
