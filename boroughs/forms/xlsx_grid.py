"""Reading one sheet of an XLSX workbook: values as they were when it was saved, whatever is hidden, merged or wrong."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from boroughs.forms import xlsx_numbers
from boroughs.forms.grid import MAX_CELLS, Cell, CellProblem, Grid, TableRow, check_length, index_of, letters_of, times
from boroughs.forms.rows import UnreadableFile
from boroughs.forms.xlsx_package import DAMAGED, End, Package, Start

MAX_SHEETS = 200
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
SHEET_TYPE = "/worksheet"
MAX_MERGES = 100_000


@dataclass(frozen=True)
class Sheet:
    name: str
    is_hidden: bool
    part: str


class Workbook:
    """The sheets of a workbook. Raises UnreadableFile where it is none, or not to be trusted."""

    def __init__(self, data: bytes) -> None:
        self._package = Package(data)
        root = _targets(self._package, "_rels/.rels", "", "/officedocument").values()
        main = next(iter(root), "xl/workbook.xml")
        folder, _, file = main.rpartition("/")
        listener = _WorkbookListener()
        self._package.parse(main, listener)
        rels = f"{folder}/_rels/{file}.rels".lstrip("/")
        targets = _targets(self._package, rels, folder, SHEET_TYPE)
        self.sheets = tuple(
            Sheet(name, hidden, targets[key]) for name, hidden, key in listener.sheets if key in targets
        )
        if not self.sheets or len(self.sheets) > MAX_SHEETS:
            raise UnreadableFile("The workbook has no sheet with cells." if not self.sheets else DAMAGED)
        self._from_1904 = listener.from_1904
        self._strings = self._read_strings(
            next(iter(_targets(self._package, rels, folder, "/sharedstrings").values()), "")
        )
        self._kinds = self._read_kinds(next(iter(_targets(self._package, rels, folder, "/styles").values()), ""))

    def grid(self, sheet: Sheet) -> Grid:
        """The lines of one of the sheets. Raises UnreadableFile."""
        listener = _SheetListener(self._strings, self._kinds, self._from_1904)
        self._package.parse(sheet.part, listener)
        grid = listener.grid
        grid.format = "XLSM" if self._package.has_macros else "XLSX"
        grid.sheet = sheet.name
        grid.sheets = tuple(each.name for each in self.sheets)
        grid.hidden_sheets = frozenset(each.name for each in self.sheets if each.is_hidden)
        if self._package.has_macros:
            grid.notes.append("The workbook holds macros. They are never run.")
        if sheet.is_hidden:
            grid.notes.append("The sheet is hidden in the workbook.")
        listener.tell()
        return grid

    def _read_strings(self, part: str) -> list[str]:
        listener = _StringsListener()
        if part in self._package:
            self._package.parse(part, listener)
        return listener.strings

    def _read_kinds(self, part: str) -> list[str]:
        listener = _StylesListener()
        if part in self._package:
            self._package.parse(part, listener)
        return [xlsx_numbers.kind_of(each, listener.codes.get(each, "")) for each in listener.formats]


class _Listener:
    def __init__(self) -> None:
        self.starts: dict[str, Start] = {}
        self.ends: dict[str, End] = {}

    def text(self, data: str) -> None:
        pass


class _RelationsListener(_Listener):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.starts["Relationship"] = self._relation

    def _relation(self, attributes: Mapping[str, str]) -> None:
        if attributes.get("TargetMode") != "External":
            kind, key, target = (attributes.get(name, "") for name in ("Type", "Id", "Target"))
            self.found.append((kind.casefold(), key, target.casefold()))


def _targets(package: Package, rels: str, folder: str, kind: str) -> dict[str, str]:
    """Key of a relation: part of the archive that it leads to, for relations of one kind."""
    listener = _RelationsListener()
    if rels.casefold() in package:
        package.parse(rels.casefold(), listener)
    return {key: _path(folder, target) for type_, key, target in listener.found if type_.endswith(kind)}


def _path(folder: str, target: str) -> str:
    parts = [] if target.startswith("/") or not folder else folder.split("/")
    for part in target.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in ("", ".", ".."):
            parts.append(part)
    return "/".join(parts)


class _WorkbookListener(_Listener):
    def __init__(self) -> None:
        super().__init__()
        # Name, hidden, key of the relation.
        self.sheets: list[tuple[str, bool, str]] = []
        self.from_1904 = False
        self.starts.update(sheet=self._sheet, workbookPr=self._properties)

    def _sheet(self, attributes: Mapping[str, str]) -> None:
        key = next((value for name, value in attributes.items() if name.endswith(":id")), "")
        hidden = attributes.get("state", "visible") != "visible"
        self.sheets.append((attributes.get("name", ""), hidden, key))

    def _properties(self, attributes: Mapping[str, str]) -> None:
        self.from_1904 = attributes.get("date1904", "0") in ("1", "true")


class _StylesListener(_Listener):
    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[int, str] = {}
        # Identifier of the number format, by the style's position.
        self.formats: list[int] = []
        self._in_cells = False
        self.starts.update(numFmt=self._code, cellXfs=self._begin, xf=self._format)
        self.ends["cellXfs"] = self._end

    def _code(self, attributes: Mapping[str, str]) -> None:
        self.codes[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")

    def _begin(self, attributes: Mapping[str, str]) -> None:
        self._in_cells = True

    def _format(self, attributes: Mapping[str, str]) -> None:
        if self._in_cells:
            self.formats.append(int(attributes.get("numFmtId", "0")))

    def _end(self) -> None:
        self._in_cells = False


class _StringsListener(_Listener):
    """Texts that cells share. How a word is pronounced (`rPh`) is not part of it."""

    def __init__(self) -> None:
        super().__init__()
        self.strings: list[str] = []
        self._parts: list[str] = []
        self._wanted = self._aside = False
        self.starts.update(si=self._begin, t=self._open, rPh=self._leave)
        self.ends.update(si=self._end, t=self._shut, rPh=self._return)

    def _begin(self, attributes: Mapping[str, str]) -> None:
        self._parts = []

    def _open(self, attributes: Mapping[str, str]) -> None:
        self._wanted = not self._aside

    def _shut(self) -> None:
        self._wanted = False

    def _leave(self, attributes: Mapping[str, str]) -> None:
        self._aside = True

    def _return(self) -> None:
        self._aside = False

    def _end(self) -> None:
        self.strings.append(plain("".join(self._parts)))

    def text(self, data: str) -> None:
        if self._wanted:
            self._parts.append(data)


def plain(text: str) -> str:
    """A text with what Excel writes for characters that XML cannot hold: "_x000D_" is a carriage return."""
    if "_x" not in text:
        return text
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), text).replace("\r\n", "\n")


def _day(text: str) -> Cell:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return text


class _SheetListener(_Listener):
    def __init__(self, strings: list[str], kinds: list[str], from_1904: bool) -> None:
        super().__init__()
        self.grid = Grid(format="XLSX")
        self._strings, self._kinds, self._from_1904 = strings, kinds, from_1904
        self._line = self._column = 0
        self._row: dict[int, Cell] = {}
        self._type = self._style = ""
        self._parts: list[str] = []
        self._wanted = self._aside = self._has_formula = False
        self._row_is_hidden = False
        self._hidden_rows = 0
        self._hidden_columns: set[int] = set()
        self._used_columns: set[int] = set()
        self._merges: list[tuple[int, int, int]] = []
        self.starts.update(row=self._begin_row, c=self._begin_cell, v=self._open, t=self._open, f=self._formula)
        self.starts.update(rPh=self._leave, col=self._columns, mergeCell=self._merge)
        self.ends.update(row=self._end_row, c=self._end_cell, v=self._shut, t=self._shut, rPh=self._return)

    def text(self, data: str) -> None:
        if self._wanted:
            self._parts.append(data)

    def tell(self) -> None:
        """Fill merged cells, and put in words what a person may not expect."""
        if self._hidden_rows:
            self.grid.notes.append(f"{times(self._hidden_rows, 'hidden row is', 'hidden rows are')} read too.")
        hidden = sorted(self._hidden_columns & self._used_columns)
        if hidden:
            named = ", ".join(map(letters_of, hidden))
            self.grid.notes.append(
                f"{times(len(hidden), 'hidden column is', 'hidden columns are')} read too ({named})."
            )
        filled = self._fill_merges()
        if filled:
            self.grid.notes.append(
                f"Merged cells: the value of the first counts for all ({times(filled, 'place', 'places')})."
            )

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        line = int(attributes.get("r", self._line + 1))
        if line <= self._line:
            raise UnreadableFile(DAMAGED)
        self.grid.skip(line - self._line - 1)
        self._line = line
        self._column = -1
        self._row = {}
        self._row_is_hidden = attributes.get("hidden", "0") in ("1", "true")

    def _end_row(self) -> None:
        cells: list[Cell] = []
        if self._row:
            cells = [None] * (max(self._row) + 1)
            for column, value in self._row.items():
                cells[column] = value
            self._used_columns.update(self._row)
            self._hidden_rows += self._row_is_hidden
        self.grid.add(self._line, cells)

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        reference = attributes.get("r")
        self._column = index_of(reference.rstrip("0123456789")) if reference else self._column + 1
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._parts = []
        self._has_formula = False

    def _open(self, attributes: Mapping[str, str]) -> None:
        self._wanted = not self._aside

    def _shut(self) -> None:
        self._wanted = False

    def _leave(self, attributes: Mapping[str, str]) -> None:
        self._aside = True

    def _return(self) -> None:
        self._aside = False

    def _formula(self, attributes: Mapping[str, str]) -> None:
        self._has_formula = True

    def _end_cell(self) -> None:
        value = self._value("".join(self._parts))
        if value is not None:
            self._row[self._column] = value

    def _value(self, raw: str) -> Cell:
        place = f"{letters_of(self._column)}{self._line}"
        if self._type in ("s", "inlineStr", "str"):
            text = self._strings[int(raw)] if self._type == "s" and raw else plain(raw)
            check_length(text, self._line)
            return text if text.strip() else None
        if not raw.strip():
            return self._without_result(place)
        if self._type == "e":
            return CellProblem(f"{place} holds the error {raw.strip()[:20]}.")
        if self._type == "b":
            return "Yes" if raw.strip() == "1" else "No"
        if self._type == "d":
            return _day(raw.strip())
        kind = self._kinds[int(self._style)] if self._style and self._kinds else xlsx_numbers.NUMBER
        return xlsx_numbers.value_of(raw, kind, from_1904=self._from_1904, place=place)

    def _without_result(self, place: str) -> Cell:
        if not self._has_formula:
            return None
        return CellProblem(
            f"{place} holds a formula without a stored result. Open the file in Excel or LibreOffice and save it."
        )

    def _columns(self, attributes: Mapping[str, str]) -> None:
        if attributes.get("hidden", "0") in ("1", "true"):
            first, last = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
            self._hidden_columns.update(range(first - 1, min(last, 16_384)))

    def _merge(self, attributes: Mapping[str, str]) -> None:
        first, _, last = attributes.get("ref", "").partition(":")
        letters = first.rstrip("0123456789")
        top, bottom = int(first[len(letters) :]), int((last or first).lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        if len(self._merges) == MAX_MERGES:
            raise UnreadableFile(f"The sheet has more than {MAX_MERGES:,} merged cells. Save the register as CSV.")
        if bottom > top:
            self._merges.append((index_of(letters), top, bottom))

    def _fill_merges(self) -> int:
        """Only downwards, and only into lines that hold something: a title across the sheet is no value of a column."""
        positions = {row.line: position for position, row in enumerate(self.grid.rows)} if self._merges else {}
        filled = work = 0
        for column, top, bottom in self._merges:
            source = self.grid.rows[positions[top]].cells if top in positions else ()
            value = source[column] if column < len(source) else None
            if value is None:
                continue
            below = [positions[line] for line in range(top + 1, min(bottom, self._line) + 1) if line in positions]
            work += min(bottom, self._line) - top
            if work > MAX_CELLS:
                raise UnreadableFile("The sheet has too many merged cells. Save the register as CSV.")
            for position in below:
                self._set(position, column, value)
            filled += bool(below)
        return filled

    def _set(self, position: int, column: int, value: Cell) -> None:
        row = self.grid.rows[position]
        cells = [*row.cells, *[None] * (column + 1 - len(row.cells))]
        if cells[column] is None:
            cells[column] = value
            self.grid.rows[position] = TableRow(row.line, tuple(cells))
