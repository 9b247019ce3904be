"""The few elements that the charts are made of."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape as _escape
from xml.sax.saxutils import quoteattr

from procurement.charts import palette

WIDE = 720
NARROW = 340


class Table(NamedTuple):
    """A chart's figures: column headings, and rows whose first cell is their heading."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


class Svg(str):
    """Finished markup. Every text in it was escaped by `element` or `text`, so templates print it as it is."""

    __slots__ = ()

    def __html__(self) -> "Svg":
        return self


def number(value: float) -> str:
    """A coordinate: at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def escape(text: str) -> str:
    """Text as the content of an element."""
    return _escape(_allowed(text))


def _allowed(text: str) -> str:
    # XML 1.0 has no place for control characters, not even escaped.
    return "".join(
        char for char in text if char >= " " and not "\ud800" <= char <= "\udfff" and char not in "\ufffe\uffff"
    )


def element(name: str, content: str = "", **attributes: str | float) -> str:
    """An element; underscores in attribute names stand for hyphens. `content` is markup, attribute values are text."""
    shown = "".join(
        f" {key.replace('_', '-')}={quoteattr(_allowed(value) if isinstance(value, str) else number(value))}"
        for key, value in attributes.items()
    )
    return f"<{name}{shown}>{content}</{name}>" if content else f"<{name}{shown}/>"


def text(
    words: str, x: float, y: float, *, size: float = 15, fill: str = palette.INK, **attributes: str | float
) -> str:
    """One line of text on its baseline."""
    return element("text", escape(words), x=x, y=y, font_size=size, fill=fill, **attributes)


def lines(words: Iterable[str], x: float, y: float, *, size: float = 15, **attributes: str | float) -> str:
    """Lines of text, the first on the baseline `y`."""
    return "".join(text(line, x, y + index * size * 1.25, size=size, **attributes) for index, line in enumerate(words))  # type: ignore[arg-type]


def link(content: str, href: str, label: str) -> str:
    """The content as a link, where there is an address."""
    return element("a", content, href=href, aria_label=label) if href else content


def document(
    parts: Iterable[str], *, width: float, height: float, title: str, description: str, linked: bool = False
) -> Svg:
    """The drawing. A drawing with links is a group, because the parts of an image cannot be reached."""
    named = element("title", escape(title) or "Chart")
    if description:
        named += element("desc", escape(description))
    return Svg(
        element(
            "svg",
            named + "".join(parts),
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {number(width)} {number(height)}",
            width=width,
            height=height,
            role="group" if linked else "img",
            font_family=palette.FACE,
        )
    )


def nothing(title: str, width: float) -> Svg:
    """What stands in place of a chart without figures."""
    words = text("Nothing to show yet", 0, 20, fill=palette.QUIET)
    return document([words], width=width, height=30, title=title, description="Nothing to show yet.")


def plain(value: float) -> str:
    """A figure with thousands separated: 1234.0 → "1,234"."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
