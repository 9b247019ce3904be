"""An OpenDocument text (ODF 1.3) of headings, paragraphs, bullets and tables: the same blocks give the same bytes.

Only what the documents here need. Headings are real ones, and each table has a header row that comes again on every
page, so that a screen reader and a table of contents find them. How it looks: styles.py.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from xml.sax.saxutils import escape

from procurement.odt import styles

MIMETYPE = "application/vnd.oasis.opendocument.text"
# Signs and rows of a table that is not torn apart.
SHORT, SHORT_ROWS = 1_500, 12
# The earliest that a ZIP can say: when a file was packed is nobody's business.
_PACKED = (1980, 1, 1, 0, 0, 0)
# What XML cannot hold, and what no text means: controls, surrogates, and the two that are no characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# Signs that turn the direction of what follows them. A text gets its own from its first letter, and ends with it.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_ISOLATED = "\u2068{}\u2069"


class Style(StrEnum):
    TITLE = "Title"
    # What the document is and as at when, under its title.
    SUBTITLE = "Subtitle"
    # What is to be known before all else.
    INSET = "Inset"
    HEADING = "Heading_20_1"
    ITEM = "Heading_20_2"
    TEXT = "Text_20_body"
    # Over a table, where its heading does not say what it tells.
    CAPTION = "Caption"
    BULLET = "Bullet"


@dataclass(frozen=True)
class Block:
    style: Style
    text: str


@dataclass(frozen=True)
class Column:
    heading: str
    # Its part of the width, beside the others'.
    share: int = 1
    # Numbers stand under each other at the right.
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    # What it tells, for who cannot see it.
    title: str
    columns: tuple[Column, ...]
    # As many texts in each as there are columns.
    rows: tuple[tuple[str, ...], ...]

    @property
    def is_short(self) -> bool:
        """Whether it certainly stands on one page."""
        return sum(len(text) for row in self.rows for text in row) < SHORT and len(self.rows) <= SHORT_ROWS


def written(
    blocks: Sequence[Block | Table], *, title: str, made_at: datetime, subject: str = "", foot: str = ""
) -> bytes:
    """The document as a file. `made_at` is when its content came about; `foot` stands at the foot of every page."""
    parts = {
        "content.xml": _content(blocks),
        "styles.xml": styles.document(foot=_text(foot)),
        "meta.xml": _meta(title=title, subject=subject, made_at=made_at),
        "META-INF/manifest.xml": _MANIFEST,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        # First and as it is, so that the file tells its kind by its first bytes.
        package.writestr(zipfile.ZipInfo("mimetype", _PACKED), MIMETYPE, zipfile.ZIP_STORED)
        for name, xml in parts.items():
            package.writestr(zipfile.ZipInfo(name, _PACKED), _PROLOGUE + xml, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _content(blocks: Sequence[Block | Table]) -> str:
    tables = [block for block in blocks if isinstance(block, Table)]
    looks = (
        styles.table(_name(tables, table), [each.share for each in table.columns], is_short=table.is_short)
        for table in tables
    )
    return (
        f"<office:document-content {styles.SPACES}>"
        f"<office:automatic-styles>{styles.LISTS}{styles.CELLS}{''.join(looks)}</office:automatic-styles>"
        f"<office:body><office:text>{''.join(_body(blocks, tables))}</office:text></office:body>"
        "</office:document-content>"
    )


def _body(blocks: Sequence[Block | Table], tables: Sequence[Table]) -> Iterator[str]:
    in_list = False
    for block in blocks:
        is_bullet = isinstance(block, Block) and block.style == Style.BULLET
        if is_bullet != in_list:
            yield '<text:list text:style-name="Bullets">' if is_bullet else "</text:list>"
        in_list = is_bullet
        if isinstance(block, Block):
            yield _element(block)
        else:
            yield from _table(block, _name(tables, block))
    if in_list:
        yield "</text:list>"


def _name(tables: Sequence[Table], table: Table) -> str:
    return f"Table{next(place for place, each in enumerate(tables, 1) if each is table)}"


def _element(block: Block) -> str:
    text = _text(block.text)
    if block.style in _LEVELS:
        level = _LEVELS[block.style]
        return f'<text:h text:style-name="{block.style}" text:outline-level="{level}">{text}</text:h>'
    if block.style == Style.BULLET:
        return f'<text:list-item><text:p text:style-name="{Style.TEXT}">{text}</text:p></text:list-item>'
    return f'<text:p text:style-name="{block.style}">{text}</text:p>'


def _table(table: Table, name: str) -> Iterator[str]:
    yield f'<table:table table:name="{name}" table:style-name="{name}"><table:title>{_text(table.title)}</table:title>'
    for place in range(len(table.columns)):
        yield f'<table:table-column table:style-name="{name}.{place}"/>'
    headings = tuple(column.heading for column in table.columns)
    yield f"<table:table-header-rows>{_row(headings, table.columns, 'Heading')}</table:table-header-rows>"
    for row in table.rows:
        yield _row(row, table.columns, "Contents")
    # So that what comes next keeps its distance.
    yield f'</table:table><text:p text:style-name="{styles.AFTER_TABLE}"/>'


def _row(texts: Sequence[str], columns: Sequence[Column], kind: str) -> str:
    cells = (
        f'<table:table-cell table:style-name="{kind}" office:value-type="string">'
        f'<text:p text:style-name="{styles.in_cell(kind, is_number=column.is_number)}">{_text(text)}</text:p>'
        "</table:table-cell>"
        for text, column in zip(texts, columns, strict=True)
    )
    return f'<table:table-row table:style-name="Row">{"".join(cells)}</table:table-row>'


def _text(value: str) -> str:
    """As XML, without what it cannot hold; lines and tabs are spaces."""
    whole = " ".join(_TURNING.sub("", _FORBIDDEN.sub("", value)).split())
    if any(unicodedata.bidirectional(sign) in _RIGHT_TO_LEFT for sign in whole):
        whole = _ISOLATED.format(whole)
    return escape(whole)


def _meta(*, title: str, subject: str, made_at: datetime) -> str:
    at = made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = {
        "dc:title": _text(title),
        "dc:subject": _text(subject),
        "dc:language": "en-GB",
        "meta:creation-date": at,
        "dc:date": at,
    }
    fields = "".join(f"<{name}>{text}</{name}>" for name, text in told.items() if text)
    return f"<office:document-meta {styles.SPACES}><office:meta>{fields}</office:meta></office:document-meta>"


_LEVELS = {Style.HEADING: 1, Style.ITEM: 2}
_PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>\n'
_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{MIMETYPE}"/>'
    + "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml"/>'
        for name in ("content.xml", "styles.xml", "meta.xml")
    )
    + "</manifest:manifest>"
)
