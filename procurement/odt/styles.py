"""How an OpenDocument text looks: A4, the sizes of the house, quiet tables, and the number of each page at its foot."""

from collections.abc import Sequence

SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
    'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3"'
)
# Millimetres of an A4 page between its margins.
WIDTH = 170
AFTER_TABLE = "After_20_table"
LISTS = (
    '<text:list-style style:name="Bullets"><text:list-level-style-bullet text:level="1" text:bullet-char="•">'
    '<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">'
    '<style:list-level-label-alignment text:label-followed-by="listtab" fo:text-indent="-5mm" fo:margin-left="8mm"/>'
    "</style:list-level-properties></text:list-level-style-bullet></text:list-style>"
)
_LINE = "0.5pt solid #b1b4b6"
# A row that is longer than its page breaks even so.
CELLS = (
    '<style:style style:name="Row" style:family="table-row">'
    '<style:table-row-properties fo:keep-together="always"/></style:style>'
    '<style:style style:name="Heading" style:family="table-cell">'
    '<style:table-cell-properties fo:padding="1.2mm" fo:border="none" fo:border-bottom="1pt solid #0b0c0c" '
    'style:vertical-align="bottom"/></style:style>'
    '<style:style style:name="Contents" style:family="table-cell">'
    f'<style:table-cell-properties fo:padding="1.2mm" fo:border="none" fo:border-bottom="{_LINE}"/></style:style>'
)


def table(name: str, shares: Sequence[int], *, is_short: bool) -> str:
    """The styles of a table of this name and of its columns, which share the width of the page. A short one stays on
    one page."""
    columns = "".join(
        f'<style:style style:name="{name}.{place}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{WIDTH * share / sum(shares):.1f}mm"/></style:style>'
        for place, share in enumerate(shares)
    )
    whole = ' style:may-break-between-rows="false"' if is_short else ""
    return (
        f'<style:style style:name="{name}" style:family="table"><style:table-properties style:width="{WIDTH}mm" '
        f'table:align="left" table:border-model="collapsing"{whole}/></style:style>{columns}'
    )


def in_cell(kind: str, *, is_number: bool) -> str:
    """The style of the text in a cell of a kind, "Heading" or "Contents"."""
    return f"Table_20_{kind}{'_20_right' if is_number else ''}"


def document(*, foot: str) -> str:
    """The part of the file that says how all of it looks. `foot` is XML already."""
    words = f"{foot}<text:tab/>" if foot else "<text:tab/>"
    return (
        f"<office:document-styles {SPACES}><office:styles>{_DEFAULT}{_NAMED}</office:styles>"
        f"<office:automatic-styles>{_PAGE}</office:automatic-styles>"
        '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="Page">'
        f'<style:footer><text:p text:style-name="Footer">{words}Page <text:page-number text:select-page="current"/> '
        "of <text:page-count/></text:p></style:footer></style:master-page></office:master-styles>"
        "</office:document-styles>"
    )


def _style(name: str, paragraph: str, text: str, *, level: int = 0, tab: str = "") -> str:
    outline = f' style:default-outline-level="{level}"' if level else ""
    return (
        f'<style:style style:name="{name}" style:display-name="{name.replace("_20_", " ")}" '
        f'style:family="paragraph" style:parent-style-name="Standard"{outline}>'
        f"<style:paragraph-properties {paragraph}>{tab}</style:paragraph-properties>"
        f"<style:text-properties {text}/></style:style>"
    )


_DEFAULT = (
    '<style:default-style style:family="paragraph">'
    '<style:paragraph-properties fo:orphans="2" fo:widows="2" fo:line-height="120%"/>'
    '<style:text-properties fo:font-family="Arial" style:font-family-generic="swiss" fo:font-size="11pt" '
    'fo:language="en" fo:country="GB" fo:color="#0b0c0c"/></style:default-style>'
    '<style:style style:name="Standard" style:family="paragraph"/>'
)
_KEPT = 'fo:keep-with-next="always"'
_RIGHT_TAB = f'<style:tab-stops><style:tab-stop style:position="{WIDTH}mm" style:type="right"/></style:tab-stops>'
_NAMED = "".join(
    (
        _style(
            "Title",
            f'fo:margin-bottom="2mm" fo:line-height="110%" {_KEPT}',
            'fo:font-size="22pt" fo:font-weight="bold"',
        ),
        _style("Subtitle", f'fo:margin-bottom="4mm" {_KEPT}', 'fo:font-size="12pt" fo:color="#505a5f"'),
        _style(
            "Inset",
            'fo:margin-top="2mm" fo:margin-bottom="4mm" fo:padding-left="4mm" fo:padding-top="1mm" '
            'fo:padding-bottom="1mm" fo:border="none" fo:border-left="4pt solid #b1b4b6"',
            'fo:font-size="11pt"',
        ),
        _style(
            "Heading_20_1",
            f'fo:margin-top="8mm" fo:margin-bottom="2mm" {_KEPT}',
            'fo:font-size="16pt" fo:font-weight="bold"',
            level=1,
        ),
        _style(
            "Heading_20_2",
            f'fo:margin-top="4mm" fo:margin-bottom="1mm" {_KEPT}',
            'fo:font-size="12pt" fo:font-weight="bold"',
            level=2,
        ),
        _style(
            "Caption", f'fo:margin-top="2mm" fo:margin-bottom="1mm" {_KEPT}', 'fo:font-size="10pt" fo:color="#505a5f"'
        ),
        _style("Text_20_body", 'fo:margin-bottom="2mm"', 'fo:font-size="11pt"'),
        _style("Table_20_Heading", f'fo:line-height="110%" {_KEPT}', 'fo:font-size="9.5pt" fo:font-weight="bold"'),
        _style(
            "Table_20_Heading_20_right",
            f'fo:line-height="110%" fo:text-align="end" {_KEPT}',
            'fo:font-size="9.5pt" fo:font-weight="bold"',
        ),
        _style("Table_20_Contents", 'fo:line-height="110%"', 'fo:font-size="9.5pt"'),
        _style("Table_20_Contents_20_right", 'fo:line-height="110%" fo:text-align="end"', 'fo:font-size="9.5pt"'),
        _style(AFTER_TABLE, 'fo:line-height="3mm"', 'fo:font-size="4pt"'),
        _style("Footer", 'fo:margin-top="2mm"', 'fo:font-size="8.5pt" fo:color="#505a5f"', tab=_RIGHT_TAB),
    )
)
_PAGE = (
    '<style:page-layout style:name="Page"><style:page-layout-properties fo:page-width="210mm" '
    'fo:page-height="297mm" style:print-orientation="portrait" fo:margin="20mm"/><style:footer-style>'
    '<style:header-footer-properties fo:min-height="8mm" fo:margin-top="4mm"/></style:footer-style></style:page-layout>'
)
