"""Telling by its first bytes what a file is, whatever its name says, and saying so where it is not read."""

import re

from boroughs.forms.release_packages import HEAD_BYTES, is_package
from boroughs.forms.rows import UnreadableFile

AS_WHAT = "Save the register as CSV or XLSX and upload that."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OTHERS = (
    (b"%PDF", "This is a PDF."),
    (b"{\\rtf", "This is a text document (RTF)."),
    (b"\x1f\x8b", "This is a compressed file (gzip)."),
    (b"7z\xbc\xaf\x27\x1c", "This is a compressed file (7-Zip)."),
    (b"Rar!", "This is a compressed file (RAR)."),
    (b"\x89PNG", "This is a picture."),
    (b"\xff\xd8\xff", "This is a picture."),
    (b"GIF8", "This is a picture."),
    (b"SQLite format 3", "This is a database."),
    (b"PAR1", "This is a Parquet file."),
)
HTML = re.compile(
    rb"^\s*(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|meta|table|body|style)\b", re.IGNORECASE | re.DOTALL
)
# Rows of objects.
JSON = re.compile(rb"\s*(?:\{\s*[\"}]|\[\s*[\[{\]])")
# What part of a ZIP archive shows what it holds.
INSIDE = (
    ("xl/workbook.bin", "This is a binary Excel workbook (XLSB)."),
    ("word/document.xml", "This is a Word document."),
    ("ppt/presentation.xml", "This is a PowerPoint presentation."),
    ("index/document.iwa", "This is a Numbers spreadsheet."),
)


def is_zip(data: bytes) -> bool:
    return data.startswith(ZIP)


def refuse_others(data: bytes) -> None:
    """Raises UnreadableFile for what is plainly neither text nor a ZIP archive; says what it is and what to do."""
    if not data.strip():
        raise UnreadableFile("The file is empty.")
    if data.startswith(OLE):
        raise UnreadableFile(_old_office(data))
    for begin, what in OTHERS:
        if data.startswith(begin):
            raise UnreadableFile(f"{what} {AS_WHAT}")
    head = data[:4096].removeprefix(b"\xef\xbb\xbf")
    if HTML.match(head):
        raise UnreadableFile(f"This is a web page, even if its name ends like a spreadsheet’s. {AS_WHAT}")
    if head.lstrip().startswith(b"<?xml"):
        raise UnreadableFile(f"This is an XML file. {AS_WHAT}")
    if is_package(data[:HEAD_BYTES]):
        # Where contracts were asked for, it was taken before.
        raise UnreadableFile("This is an open contracting (OCDS) package; choose Contracts.")
    if JSON.match(head):
        raise UnreadableFile(
            "This is JSON, but not of open contracting (OCDS). Save it as CSV or XLSX and upload that."
        )


def _old_office(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "The workbook is protected with a password. Save it without the password and upload that."
    if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
        return "This is an Excel workbook of the old kind (XLS). Open it and save it as XLSX or CSV."
    return f"This is a document of an older Office program. {AS_WHAT}"


def refuse_archive(names: frozenset[str], mimetype: bytes) -> None:
    """The same for a ZIP archive that is no XLSX workbook, by the names of its parts in small letters."""
    if mimetype.startswith(b"application/vnd.oasis.opendocument"):
        raise UnreadableFile("This is an OpenDocument file (ODS). Open it and save it as XLSX or CSV.")
    for part, what in INSIDE:
        if part in names:
            raise UnreadableFile(f"{what} {AS_WHAT}")
    if "xl/workbook.xml" not in names and "_rels/.rels" not in names:
        raise UnreadableFile("This is a ZIP archive. Take the register out of it and upload that, as CSV or XLSX.")
