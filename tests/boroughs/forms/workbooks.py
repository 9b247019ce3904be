"""Writes small XLSX workbooks in the shape that LibreOffice gives them, and bent ones that no program writes."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from boroughs.forms.grid import letters_of

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
# Positions among the styles of STYLES.
PLAIN, DAY, PERCENT, EUROS, POUNDS = range(5)
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="3"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>'
    '<numFmt numFmtId="165" formatCode="#,##0.00\\ [$€-407]"/><numFmt numFmtId="166" formatCode="[$£-809]#,##0"/>'
    '</numFmts><cellStyleXfs><xf numFmtId="164"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/>'
    '<xf numFmtId="10"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs></styleSheet>'
)


@dataclass(frozen=True)
class Raw:
    """A cell as XML writes it: type, style and what stands inside."""

    inside: str
    type: str = "n"
    style: int = PLAIN


@dataclass
class SheetOf:
    rows: Sequence[Sequence[object]]
    name: str = "Register"
    state: str = "visible"
    merged: Sequence[str] = ()
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()
    first_line: int = 1


@dataclass
class Strings:
    known: dict[str, int] = field(default_factory=dict)

    def place(self, text: str) -> int:
        return self.known.setdefault(text, len(self.known))

    def xml(self) -> str:
        items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in self.known)
        return f'<sst xmlns="{MAIN}">{items}</sst>'


def workbook(
    *sheets: SheetOf, from_1904: bool = False, more: Mapping[str, bytes] | None = None, without: Iterable[str] = ()
) -> bytes:
    strings = Strings()
    parts = {f"xl/worksheets/sheet{number}.xml": _sheet(each, strings) for number, each in enumerate(sheets, 1)}
    listed = "".join(
        f'<sheet name={quoteattr(each.name)} sheetId="{number}" state="{each.state}" r:id="rId{number}"/>'
        for number, each in enumerate(sheets, 1)
    )
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><workbookPr date1904="{str(from_1904).lower()}"/>'
        f"<sheets>{listed}</sheets></workbook>"
    )
    targets = [f"worksheets/sheet{number}.xml" for number in range(1, len(sheets) + 1)]
    kinds = ["worksheet"] * len(sheets)
    parts["xl/_rels/workbook.xml.rels"] = _relations(
        zip([*kinds, "sharedStrings", "styles"], [*targets, "sharedStrings.xml", "styles.xml"], strict=True)
    )
    parts["_rels/.rels"] = _relations([("officeDocument", "xl/workbook.xml")])
    parts["xl/sharedStrings.xml"] = strings.xml()
    parts["xl/styles.xml"] = STYLES
    return packed({name: text.encode() for name, text in parts.items() if name not in set(without)} | dict(more or {}))


def packed(parts: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def _relations(relations: Iterable[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(relations, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{listed}</Relationships>'


def _sheet(sheet: SheetOf, strings: Strings) -> str:
    columns = "".join(f'<col min="{place}" max="{place}" hidden="true"/>' for place in sheet.hidden_columns)
    rows = "".join(
        f'<row r="{line}" customFormat="false" ht="12.8" hidden="{str(line in sheet.hidden_rows).lower()}">'
        + "".join(_cell(f"{letters_of(place)}{line}", value, strings) for place, value in enumerate(row))
        + "</row>"
        for line, row in enumerate(sheet.rows, sheet.first_line)
    )
    merges = "".join(f'<mergeCell ref="{reference}"/>' for reference in sheet.merged)
    around = f"<cols>{columns}</cols>" if columns else "", f"<mergeCells>{merges}</mergeCells>" if merges else ""
    return f'<worksheet xmlns="{MAIN}">{around[0]}<sheetData>{rows}</sheetData>{around[1]}</worksheet>'


def _cell(reference: str, value: object, strings: Strings) -> str:
    if value is None:
        return f'<c r="{reference}" s="0"/>'
    if isinstance(value, Raw):
        return f'<c r="{reference}" s="{value.style}" t="{value.type}">{value.inside}</c>'
    if isinstance(value, date):
        return f'<c r="{reference}" s="{DAY}" t="n"><v>{(value - date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, str):
        return f'<c r="{reference}" s="0" t="s"><v>{strings.place(value)}</v></c>'
    return f'<c r="{reference}" s="0" t="n"><v>{value}</v></c>'
