import io
import struct
import zipfile

import pytest

from boroughs.forms import xlsx_package
from boroughs.forms.rows import UnreadableFile
from boroughs.forms.tables import read_table
from tests.boroughs.forms.workbooks import SheetOf, packed, workbook

ROWS = [["Reference", "Title"], ["C-1", "Payroll"]]
SHEET = "xl/worksheets/sheet1.xml"


def with_sheet(content: bytes) -> bytes:
    return workbook(SheetOf(ROWS), more={SHEET: content}, without=[SHEET])


def refused(content: bytes, says: str) -> None:
    with pytest.raises(UnreadableFile, match=says):
        read_table(io.BytesIO(content), "register.xlsx")


BOMB = b"""<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&c;</t></is></c></row></sheetData></worksheet>"""
OUTSIDE = b"""<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>"""


@pytest.mark.parametrize("sheet", [BOMB, OUTSIDE, BOMB.decode().encode("utf-16")])
def test_document_types_are_refused_before_an_entity_is_read(sheet: bytes) -> None:
    refused(with_sheet(sheet), "document type")


def test_a_part_that_unpacks_to_hundreds_of_times_its_size_is_refused_unread() -> None:
    refused(with_sheet(b" " * (2 * 1024 * 1024)), "more than 250 times its size")


def test_a_directory_that_tells_more_than_is_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_package, "MAX_UNPACKED", 500)
    refused(workbook(SheetOf(ROWS)), "unpacks to more than")


def test_a_directory_that_lies_is_found_out_while_reading() -> None:
    content = workbook(SheetOf([["Reference", "Title"], *[[f"C-{number}", "Payroll"] for number in range(500)]]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(SHEET).file_size
    # The size unpacked, in the local header and in the directory.
    lie = content.replace(struct.pack("<L", size), struct.pack("<L", 400))
    assert lie != content
    refused(lie, "damaged")


def test_what_is_unpacked_is_counted_whatever_the_directory_says(monkeypatch: pytest.MonkeyPatch) -> None:
    content = workbook(SheetOf(ROWS))
    package = xlsx_package.Package(content)
    monkeypatch.setattr(xlsx_package, "MAX_UNPACKED", 100)

    class Listener:
        def __init__(self) -> None:
            self.starts: dict[str, xlsx_package.Start] = {}
            self.ends: dict[str, xlsx_package.End] = {}

        def text(self, data: str) -> None:
            pass

    with pytest.raises(UnreadableFile, match="unpacks to more than"):
        package.parse(SHEET, Listener())


def test_too_many_parts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_package, "MAX_PARTS", 3)
    refused(workbook(SheetOf(ROWS)), "more than 3 parts")


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, r"OpenDocument file \(ODS\)"),
        ({"word/document.xml": b"<x/>", "_rels/.rels": b"<x/>"}, "Word document"),
        ({"xl/workbook.bin": b"x", "_rels/.rels": b"<x/>"}, "XLSB"),
        ({"register.csv": b"Reference,Title"}, "ZIP archive"),
        ({"_rels/.rels": b"<Relationships/>"}, "damaged"),
        ({"_rels/.rels": b"not XML"}, "damaged"),
    ],
)
def test_other_archives_are_named(parts: dict[str, bytes], says: str) -> None:
    refused(packed(parts), says)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused() -> None:
    file = io.BytesIO(workbook(SheetOf(ROWS)))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(SHEET.upper(), b"<worksheet/>")
    refused(file.getvalue(), "damaged")


def test_an_encrypted_archive_is_named() -> None:
    content = bytearray(workbook(SheetOf(ROWS)))
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1
    refused(bytes(content), "password")


def test_packing_that_shrinks_without_bound_is_refused() -> None:
    file = io.BytesIO(workbook(SheetOf(ROWS)))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_LZMA) as archive:
        archive.writestr("more.xml", b"<x/>" * 100)
    refused(file.getvalue(), "damaged")


def test_a_prefix_and_the_strict_form_make_no_difference() -> None:
    sheet = (
        b'<?xml version="1.0"?><x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData>'
        b'<x:row><x:c t="inlineStr"><x:is><x:t>Reference</x:t></x:is></x:c><x:c t="inlineStr"><x:is><x:t>Title</x:t>'
        b"</x:is></x:c></x:row><x:row><x:c><x:v>7</x:v></x:c>"
        b'<x:c t="inlineStr"><x:is><x:t>a_x000D_\nb</x:t></x:is></x:c>'
        b"</x:row></x:sheetData></x:worksheet>"
    )
    table = read_table(io.BytesIO(with_sheet(sheet)), "register.xlsx")
    assert table.columns == ("Reference", "Title")
    assert table.rows[0].cells == (7, "a\nb")
