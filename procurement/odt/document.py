"""An OpenDocument text (ODF 1.3) of headings, paragraphs and bullets: the same blocks give the same bytes.

Only what a specification needs. Headings are real ones, so that a screen reader and a table of contents find them.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from xml.sax.saxutils import escape

MIMETYPE = "application/vnd.oasis.opendocument.text"
# The earliest that a ZIP can say: when a file was packed is nobody's business.
_PACKED = (1980, 1, 1, 0, 0, 0)


class Style(StrEnum):
    TITLE = "Title"
    HEADING = "Heading_20_1"
    ITEM = "Heading_20_2"
    TEXT = "Text_20_body"
    BULLET = "Bullet"


@dataclass(frozen=True)
class Block:
    style: Style
    text: str


def written(blocks: Sequence[Block], *, title: str, made_at: datetime) -> bytes:
    """The document as a file. `made_at` is when its content came about."""
    parts = {
        "content.xml": _content(blocks),
        "styles.xml": _STYLES,
        "meta.xml": _META.format(title=_text(title), at=made_at.strftime("%Y-%m-%dT%H:%M:%S")),
        "META-INF/manifest.xml": _MANIFEST,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        # First and as it is, so that the file tells its kind by its first bytes.
        package.writestr(zipfile.ZipInfo("mimetype", _PACKED), MIMETYPE, zipfile.ZIP_STORED)
        for name, xml in parts.items():
            package.writestr(zipfile.ZipInfo(name, _PACKED), _PROLOGUE + xml, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _content(blocks: Sequence[Block]) -> str:
    body: list[str] = []
    previous: Style | None = None
    for block in blocks:
        if block.style == Style.BULLET and previous != Style.BULLET:
            body.append('<text:list text:style-name="Bullets">')
        if block.style != Style.BULLET and previous == Style.BULLET:
            body.append("</text:list>")
        body.append(_element(block))
        previous = block.style
    if previous == Style.BULLET:
        body.append("</text:list>")
    return (
        f"<office:document-content {_SPACES}>{_LISTS}<office:body><office:text>{''.join(body)}"
        "</office:text></office:body></office:document-content>"
    )


def _element(block: Block) -> str:
    text = _text(block.text)
    if block.style in _LEVELS:
        level = _LEVELS[block.style]
        return f'<text:h text:style-name="{block.style}" text:outline-level="{level}">{text}</text:h>'
    if block.style == Style.BULLET:
        return f'<text:list-item><text:p text:style-name="{Style.TEXT}">{text}</text:p></text:list-item>'
    return f'<text:p text:style-name="{block.style}">{text}</text:p>'


def _text(value: str) -> str:
    """Without what XML cannot hold."""
    return escape("".join(sign for sign in value if sign.isprintable() or sign == " "))


_LEVELS = {Style.HEADING: 1, Style.ITEM: 2}
_PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
    'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3"'
)
_LISTS = (
    '<office:automatic-styles><text:list-style style:name="Bullets">'
    '<text:list-level-style-bullet text:level="1" text:bullet-char="•">'
    '<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">'
    '<style:list-level-label-alignment text:label-followed-by="listtab" fo:text-indent="-0.5cm" '
    'fo:margin-left="1cm"/></style:list-level-properties></text:list-level-style-bullet>'
    "</text:list-style></office:automatic-styles>"
)


def _style(name: str, words: str, text: str, *, level: int = 0) -> str:
    outline = f' style:default-outline-level="{level}"' if level else ""
    return (
        f'<style:style style:name="{name}" style:display-name="{words}" style:family="paragraph"{outline}>'
        '<style:paragraph-properties fo:margin-top="0.2cm" fo:margin-bottom="0.15cm"/>'
        f"<style:text-properties {text}/></style:style>"
    )


_STYLES = (
    f"<office:document-styles {_SPACES}><office:styles>"
    '<style:default-style style:family="paragraph"><style:text-properties fo:font-size="11pt" fo:language="en" '
    'fo:country="GB"/></style:default-style>'
    + _style(Style.TITLE, "Title", 'fo:font-size="20pt" fo:font-weight="bold"')
    + _style(Style.HEADING, "Heading 1", 'fo:font-size="15pt" fo:font-weight="bold"', level=1)
    + _style(Style.ITEM, "Heading 2", 'fo:font-size="11pt" fo:font-weight="bold"', level=2)
    + _style(Style.TEXT, "Text body", 'fo:font-size="11pt"')
    + "</office:styles></office:document-styles>"
)
_META = (
    f"<office:document-meta {_SPACES}><office:meta><dc:title>{{title}}</dc:title><dc:language>en-GB</dc:language>"
    "<dc:date>{at}</dc:date></office:meta></office:document-meta>"
)
_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{MIMETYPE}"/>'
    + "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml"/>'
        for name in ("content.xml", "styles.xml", "meta.xml")
    )
    + "</manifest:manifest>"
)
