import io
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boroughs.forms import grid, tables
from boroughs.forms.grid import CellProblem
from boroughs.forms.rows import UnreadableFile
from boroughs.forms.tables import Table, read_table
from tests.boroughs.forms.registers import REGISTERS, kept_by_hand, text_file
from tests.boroughs.forms.workbooks import DAY, EUROS, PERCENT, POUNDS, Raw, SheetOf, workbook

HEADINGS = ["Reference", "Title", "End date"]
ROWS = [["C-1", "Parking permits", "31/03/2027"], ["C-2", "Payroll", "30/09/2028"]]


def read(content: bytes, sheet: str = "") -> Table:
    return read_table(io.BytesIO(content), "register", sheet=sheet)


def cells(table: Table) -> list[list[object]]:
    return [list(row.cells) for row in table.rows]


# --- text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codec", "named"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("cp1252", "Windows-1252")]
)
@pytest.mark.parametrize(
    ("delimiter", "word"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "vertical bar")]
)
def test_text_of_every_country_is_read(codec: str, named: str, delimiter: str, word: str) -> None:
    rows = [["Ä-1", "Café £5, with; and | inside", "31/03/2027"], ["C-2", "One\nand two", "30/09/2028"]]
    table = read(text_file([HEADINGS, *rows], delimiter, codec))
    assert (table.encoding, table.delimiter) == (named, word)
    assert table.columns == tuple(HEADINGS)
    assert cells(table) == rows


# Words with letters and digits in them, so that no cell is empty and no heading holds a delimiter.
WORDS = st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), min_size=1, max_size=12).map("x{}1".format)


@settings(max_examples=60)
@given(
    rows=st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(WORDS, min_size=width, max_size=width), min_size=1, max_size=6)
    ),
    delimiter=st.sampled_from(",;\t|"),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)
def test_a_table_that_was_written_comes_back_the_same(rows: list[list[str]], delimiter: str, codec: str) -> None:
    headings = ["Reference", "Title", "Supplier", "Department", "System"][: len(rows[0])]
    table = read(text_file([headings, *rows], delimiter, codec))
    assert table.columns == tuple(headings)
    assert cells(table) == rows


def test_a_hint_of_the_delimiter_is_followed_and_is_no_row() -> None:
    table = read(b"sep=;\r\nReference;Title\r\nC-1;Payroll, pensions\r\n")
    assert table.columns == ("Reference", "Title")
    assert cells(table) == [["C-1", "Payroll, pensions"]]
    assert table.header_line == 2


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    table = read(b'Reference,Title\nC-1,"two\nlines"\n\nC-2,Payroll\n')
    assert [row.line for row in table.rows] == [2, 5]
    assert "1 empty row was passed over." in table.notes


def test_one_row_with_a_cell_too_many_is_named() -> None:
    rows = [[f"C-{number}", "Payroll", "31/03/2027"] for number in range(20)]
    table = read(text_file([HEADINGS, *rows]) + b"C-99,Payroll, pensions,31/03/2027\r\n")
    assert table.columns == tuple(HEADINGS)
    assert [row.line for row in table.rows if row.problem] == [22]
    assert "4 cells" in table.rows[-1].problem


def test_a_column_without_a_heading_is_read_where_rows_fill_it() -> None:
    table = read(text_file([HEADINGS, *[[*row, "a remark"] for row in ROWS]]))
    assert table.columns == (*HEADINGS, "Column D")
    assert table.rows[0].cells[3] == "a remark"


def test_headings_that_are_the_same_are_told_apart_and_empty_columns_left_out() -> None:
    table = read(text_file([["Reference", "Date", "", "date", "Title", ""], ["C-1", "a", "", "b", "c", "d"]]))
    assert table.columns == ("Reference", "Date", "date (2)", "Title", "Column F")
    assert cells(table) == [["C-1", "a", "b", "c", "d"]]


def test_headings_that_stand_in_the_rows_again_are_left_out() -> None:
    table = read(text_file([HEADINGS, ROWS[0], HEADINGS, ROWS[1]]))
    assert cells(table) == ROWS
    assert "Line 3 holds the headings again and is left out." in table.notes


@pytest.mark.parametrize(
    ("last", "is_total"),
    [
        (["Total", "", "", "£300"], True),
        (["", "", "Grand total:", "300.00"], True),
        (["", "", "", "300"], True),
        # A name that begins with the word, and a row like the others.
        (["Total Mobile", "Field work", "31/03/2027", "300"], False),
        (["C-9", "Totals and sums", "31/03/2027", "300"], False),
    ],
)
def test_totals_at_the_end_are_left_out_and_said(last: list[str], is_total: bool) -> None:
    table = read(text_file([[*HEADINGS, "Annual cost"], *[[*row, "100"] for row in ROWS], last]))
    assert len(table.rows) == (2 if is_total else 3)
    assert ("Line 4 looks like a total and is left out." in table.notes) is is_total


def test_decimal_commas_are_told_by_the_column() -> None:
    table = read(
        text_file([["Reference", "Value", "Other"], ["C-1", "1.234,50", "1,234.50"], ["C-2", "1.000", "2"]], ";")
    )
    assert table.decimal_commas == {"Value"}
    assert any("“Value”" in note for note in table.notes)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"  \r\n ", "empty"),
        (b"%PDF-1.7 ...", "This is a PDF. Save the register as CSV or XLSX"),
        (b"<html><table><tr><td>Reference</td></tr></table></html>", "web page"),
        (b"\n <!DOCTYPE html><html>", "web page"),
        (b'{"id": "1", "title": "Parking"}\n{"id": "2"}\n', "This is JSON"),
        (b'\xef\xbb\xbf[\n {"title": "Parking"}]', "This is JSON"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "XLS"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"Reference,Title\r\n", "only headings, in line 1"),
        (b"Reference,Title\r\nC-1,\x00\r\n", "no text file"),
        (b"Reference,Title\r\nC-1,\x81\r\n", "characters"),
        (
            b'Reference,Title\r\nC-1,"open\r\nC-2,Payroll\r\n',
            "quotation mark is opened in the row that begins in line 2",
        ),
        (b"Reference,Title\r\nC-1," + b"x" * 32_768 + b"\r\n", "32,767 characters"),
        (",".join(f"H{number}" for number in range(1000)).encode(), "1,000th"),
        (b"\xff\xfe\x00\x00R\x00\x00\x00", "UTF-32"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(content: bytes, says: str) -> None:
    with pytest.raises(UnreadableFile, match=says):
        read(content)


def test_files_above_the_limits_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = text_file([HEADINGS, *ROWS])
    monkeypatch.setattr(grid, "MAX_ROWS", 2)
    with pytest.raises(UnreadableFile, match="more than 2 rows"):
        read(content)
    monkeypatch.setattr(grid, "MAX_CELLS", 8)
    monkeypatch.setattr(grid, "MAX_ROWS", 3)
    with pytest.raises(UnreadableFile, match="more than 8 cells"):
        read(content)
    monkeypatch.setattr(tables, "MAX_BYTES", len(content) - 1)
    with pytest.raises(UnreadableFile, match="larger than"):
        read(content)


@settings(max_examples=150)
@given(content=st.binary(max_size=300) | st.text("a1,;|\t\"'\r\n £€.-/", max_size=200).map(str.encode))
def test_no_bytes_crash_the_reader(content: bytes) -> None:
    with suppress(UnreadableFile):
        table = read(content)
        assert len(set(table.columns)) == len(table.columns)
        assert all(len(row.cells) == len(table.columns) for row in table.rows)


@settings(max_examples=80)
@given(place=st.integers(0, 10_000), change=st.binary(min_size=1, max_size=8), cut=st.booleans())
def test_no_damage_to_a_workbook_crashes_the_reader(place: int, change: bytes, cut: bool) -> None:
    content = kept_by_hand()
    place %= len(content)
    bent = content[:place] if cut else content[:place] + change + content[place + len(change) :]
    with suppress(UnreadableFile):
        read(bent)


# --- workbooks ----------------------------------------------------------------------------------------------------


def test_numbers_are_read_by_their_format() -> None:
    row = [
        "C-1",
        Raw("<v>46478</v>", style=DAY),
        Raw("<v>0.125</v>", style=PERCENT),
        Raw("<v>5.5</v>", style=EUROS),
        Raw("<v>70000</v>", style=POUNDS),
        Raw("<v>70000.100000000006</v>"),
        Raw("<v>1</v>", type="b"),
        Raw("<v>2027-04-01T00:00:00</v>", type="d"),
        Raw("<is><r><t>rich </t></r><r><t>text</t></r><rPh><t>aside</t></rPh></is>", type="inlineStr"),
        Raw("<f>A1</f><v>from a formula</v>", type="str"),
    ]
    table = read(workbook(SheetOf([["Reference", *(f"Heading {letter}" for letter in "abcdefghi")], row])))
    assert cells(table) == [
        [
            "C-1",
            date(2027, 4, 1),
            "12.5%",
            "€5.5",
            70000,
            Decimal("70000.1"),
            "Yes",
            date(2027, 4, 1),
            "rich text",
            "from a formula",
        ]
    ]


@pytest.mark.parametrize(
    ("serial", "from_1904", "day"),
    [
        (61, False, date(1900, 3, 1)),
        (59, False, date(1900, 2, 28)),
        (46478, False, date(2027, 4, 1)),
        (45016, True, date(2027, 4, 1)),
    ],
)
def test_days_are_counted_from_1900_or_1904(serial: int, from_1904: bool, day: date) -> None:
    rows = [["Reference", "End date"], ["C-1", Raw(f"<v>{serial}</v>", style=DAY)]]
    assert read(workbook(SheetOf(rows), from_1904=from_1904)).rows[0].cells[1] == day


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (Raw("<v>#REF!</v>", type="e"), "B2 holds the error #REF!."),
        (Raw("<f>1+1</f>"), "B2 holds a formula without a stored result."),
        # 29 February 1900 never was.
        (Raw("<v>60</v>", style=DAY), "no date that Excel can show"),
        (Raw("<v>9999999</v>", style=DAY), "no date that Excel can show"),
        (Raw("<v>nan</v>"), "The number in B2 cannot be read."),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(cell: Raw, says: str) -> None:
    found = read(workbook(SheetOf([["Reference", "End date"], ["C-1", cell]]))).rows[0].cells[1]
    assert isinstance(found, CellProblem)
    assert says in found.text


def test_merged_cells_count_for_all_their_rows_but_not_across() -> None:
    rows = [
        ["Reference", "Supplier", "Title"],
        ["C-1", "Alder", "Payroll"],
        ["C-2", None, "Parking"],
        ["C-3", None, None],
    ]
    table = read(workbook(SheetOf(rows, merged=["B2:B4", "A4:C4"])))
    assert cells(table) == [["C-1", "Alder", "Payroll"], ["C-2", "Alder", "Parking"], ["C-3", "Alder", None]]
    assert "Merged cells: the value of the first counts for all (1 place)." in table.notes


def test_what_is_hidden_is_read_and_said() -> None:
    sheet = SheetOf([HEADINGS, *ROWS], hidden_rows=[3], hidden_columns=[2], state="hidden")
    table = read(workbook(sheet, SheetOf([], name="Empty")), sheet="Register")
    assert cells(table) == ROWS
    assert "1 hidden row is read too." in table.notes
    assert "1 hidden column is read too (B)." in table.notes
    assert "The sheet is hidden in the workbook." in table.notes


def test_the_sheet_with_known_headings_is_read_and_another_can_be_chosen() -> None:
    book = workbook(
        SheetOf([["Read me first"], ["Ask Anna"]], name="Cover"),
        SheetOf([HEADINGS, *ROWS], name="Contracts"),
        SheetOf([["Code", "Meaning"], ["R", "red"]], name="Key", state="hidden"),
    )
    table = read(book)
    assert (table.sheet, table.sheets) == ("Contracts", ("Cover", "Contracts", "Key"))
    assert "The sheet “Contracts” is read. The workbook also holds “Cover”, “Key” (hidden)." in table.notes
    assert cells(read(book, sheet="Key")) == [["R", "red"]]
    with pytest.raises(UnreadableFile, match="no sheet called “Old”"):
        read(book, sheet="Old")


def test_macros_are_not_run_and_that_is_said() -> None:
    table = read(workbook(SheetOf([HEADINGS, *ROWS]), more={"xl/vbaProject.bin": b"x"}))
    assert table.format == "XLSM"
    assert "The workbook holds macros. They are never run." in table.notes


def test_a_far_cell_is_refused_in_words_and_asks_for_no_memory() -> None:
    far = '<row r="2"><c r="A2"><v>1</v></c><c r="XFD2"><v>1</v></c></row>'
    sheet = f'<worksheet xmlns="x"><sheetData>{far}</sheetData></worksheet>'.encode()
    book = workbook(SheetOf([]), more={"xl/worksheets/sheet1.xml": sheet}, without=["xl/worksheets/sheet1.xml"])
    with pytest.raises(UnreadableFile, match="as far as column XFD, which is the 16,384th"):
        read(book)


# --- all six shapes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "format_", "line", "rows", "says"),
    [
        ("transparency_code.csv", "CSV", 1, 5, ()),
        (
            "kept_by_hand.xlsx",
            "XLSX",
            4,
            5,
            (
                "The sheet “Contracts” is read. The workbook also holds “Key” (hidden).",
                "The headings were found in line 4.",
                "2 lines above the headings are left out.",
                "Line 11 looks like a total and is left out.",
                "1 empty row was passed over.",
            ),
        ),
        ("contract_system.txt", "TSV", 1, 5, ("The file is in UTF-16.", "The columns are parted by a tab.")),
        ("contracts_finder.csv", "CSV", 1, 5, ()),
        ("german_excel.csv", "CSV", 1, 5, ("The file is in Windows-1252.", "The columns are parted by a semicolon.")),
        (
            "libre_office.xlsx",
            "XLSX",
            3,
            4,
            (
                "1 hidden row is read too.",
                "1 hidden column is read too (F).",
                "Merged cells: the value of the first counts for all (5 places).",
                "The headings were found in line 3.",
                "2 lines above the headings are left out.",
            ),
        ),
    ],
)
def test_registers_as_boroughs_have_them(name: str, format_: str, line: int, rows: int, says: tuple[str, ...]) -> None:
    table = read(REGISTERS[name]())
    assert (table.format, table.header_line, len(table.rows)) == (format_, line, rows)
    assert set(says) <= set(table.notes)


def test_two_lines_of_headings_are_put_together_where_one_says_too_little() -> None:
    text = (
        "Contracts of the council,,,,,\n"
        "Contract,,Supplier,,Dates,\n"
        "Ref,Title,Name,Number,Start,End\n"
        "C-1,Parking,Permit Ltd,0123,01/04/2024,31/03/2027\n"
        "C-2,Waste,Bin Ltd,0456,01/04/2024,31/03/2027\n"
    )
    table = read_table(io.BytesIO(text.encode()), "register.csv")
    assert table.columns == ("Contract: Ref", "Contract: Title", "Supplier: Name", "Supplier: Number", "Start", "End")
    assert "1 line above the headings is left out." in table.notes
    assert any(note.startswith("Line 2 names groups of columns") for note in table.notes)


def test_headings_that_go_on_in_the_next_line_are_no_row() -> None:
    text = (
        "Contract,Contract,Start,End,Annual\n"
        "ref,title,date,date,value (£)\n"
        "C-1,Parking,1/4/2024,31/3/2027,5000\n"
        "C-2,Waste,1/4/2024,31/3/2027,6000\n"
    )
    table = read_table(io.BytesIO(text.encode()), "register.csv")
    assert table.columns == ("Contract: ref", "Contract: title", "Start: date", "End: date", "Annual: value (£)")
    assert [row.line for row in table.rows] == [3, 4]


@pytest.mark.parametrize(
    "above",
    ["Contract register 2026,,Printed 1 April 2026", "Contract register,,", "Our,own,words", "Council,Camden,"],
)
def test_titles_above_headings_are_no_groups(above: str) -> None:
    table = read_table(io.BytesIO(f"{above}\nRef,Title,Colour\nC-1,Parking,red\n".encode()), "register.csv")
    assert table.columns == ("Ref", "Title", "Colour")
