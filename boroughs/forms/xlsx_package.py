"""An XLSX workbook as an archive of XML parts, opened with as little trust as it deserves.

Why no library: python-calamine gives neither hidden rows, nor number formats (a percentage, euros), nor tells a formula
without a value from an empty cell, and fills the whole rectangle between the first and the last cell, so that two cells
can ask for gigabytes. openpyxl does not know merged cells and hidden rows while it streams, and needs fifty times the
file's size otherwise. What is read here is four kinds of parts and a dozen elements (ECMA-376, part 1, 18).

The directory of the archive is looked at before anything is unpacked, and what is unpacked is counted, because a
directory may lie. Parts with a document type are refused: Office writes none (ECMA-376, part 2, 8.2.4), and entities
that multiply need one.
"""

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Protocol

# Nothing is fetched and no entity is expanded: see `_refuse_document_type`.
from xml.parsers import expat

from boroughs.forms import file_kinds
from boroughs.forms.rows import UnreadableFile

MAX_PARTS = 2_000
MAX_UNPACKED = 300 * 1024 * 1024
# Sheets of thousands of like rows shrink to a fortieth; DEFLATE cannot do better than a thousandth.
MAX_RATIO = 250
SMALL_PART = 1024 * 1024
CHUNK = 64 * 1024
DAMAGED = "The workbook is damaged and cannot be read. Open it in Excel or LibreOffice, save it again and upload that."
# What the standard library raises on archives that were cut, bent or forged.
BENT = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, LookupError, ArithmeticError)

Start = Callable[[Mapping[str, str]], None]
End = Callable[[], None]


class Listener(Protocol):
    """What is called for elements, by their names without a prefix, and for text while `listening`."""

    starts: dict[str, Start]
    ends: dict[str, End]

    def text(self, data: str) -> None: ...


class Package:
    """The parts of the archive by their names in small letters. Raises UnreadableFile where it is no workbook."""

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            entries = self._archive.infolist()
        except (*BENT, NotImplementedError) as error:
            raise UnreadableFile(DAMAGED) from error
        self._unpacked = 0
        self._parts = {_name(entry): entry for entry in entries}
        if len(self._parts) != len(entries):
            raise UnreadableFile(DAMAGED)
        self._guard(entries)
        mimetype = self._parts.get("mimetype")
        file_kinds.refuse_archive(frozenset(self._parts), self._bytes(mimetype) if mimetype else b"")

    def __contains__(self, part: str) -> bool:
        return part in self._parts

    @property
    def has_macros(self) -> bool:
        return any(part.endswith("vbaproject.bin") for part in self._parts)

    def parse(self, part: str, listener: Listener) -> None:
        """Read a part whole. Raises UnreadableFile where it is missing, damaged or not to be trusted."""
        entry = self._parts.get(part)
        if entry is None:
            raise UnreadableFile(DAMAGED)
        parser = _parser_for(listener)
        try:
            with self._archive.open(entry) as file:
                while chunk := file.read(CHUNK):
                    self._count(len(chunk))
                    parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except (*BENT, expat.ExpatError, NotImplementedError) as error:
            raise UnreadableFile(DAMAGED) from error

    def _bytes(self, entry: zipfile.ZipInfo) -> bytes:
        try:
            with self._archive.open(entry) as file:
                return file.read(200)
        except (*BENT, NotImplementedError) as error:
            raise UnreadableFile(DAMAGED) from error

    def _count(self, size: int) -> None:
        self._unpacked += size
        if self._unpacked > MAX_UNPACKED:
            raise UnreadableFile(_too_large())

    def _guard(self, entries: list[zipfile.ZipInfo]) -> None:
        if len(entries) > MAX_PARTS:
            raise UnreadableFile(f"The workbook has more than {MAX_PARTS:,} parts. Save the register as CSV.")
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise UnreadableFile("The file is protected with a password. Save it without the password and upload that.")
        if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
            raise UnreadableFile(DAMAGED)
        if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
            raise UnreadableFile(_too_large())
        if any(entry.file_size > max(SMALL_PART, entry.compress_size * MAX_RATIO) for entry in entries):
            raise UnreadableFile(
                f"A part of the workbook unpacks to more than {MAX_RATIO} times its size, as no register does. "
                "Save the register as CSV."
            )


def _too_large() -> str:
    return f"The workbook unpacks to more than {MAX_UNPACKED // 1024 // 1024} MB. Save the register alone, as CSV."


def _name(entry: zipfile.ZipInfo) -> str:
    return entry.filename.replace("\\", "/").lstrip("/").casefold()


def _parser_for(listener: Listener) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    starts, ends = listener.starts, listener.ends

    def start(name: str, attributes: dict[str, str]) -> None:
        handler = starts.get(name) or starts.get(name.rpartition(":")[2])
        if handler:
            handler(attributes)

    def end(name: str) -> None:
        handler = ends.get(name) or ends.get(name.rpartition(":")[2])
        if handler:
            handler()

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = listener.text
    return parser


def _refuse_document_type(*_: object) -> None:
    raise UnreadableFile("The workbook holds a document type, which Office never writes. Save the register as CSV.")
