"""Horizontal bars with their values."""

from collections.abc import Sequence
from typing import NamedTuple

from procurement.charts import drawing, measure, palette
from procurement.charts.drawing import Svg, Table

SIZE = 15.0
THICK = 22.0
GAP = 14.0


class Bar(NamedTuple):
    """`shown` is the value as it is printed, "£1.2 million"; the plain number if empty. `href` links the label."""

    label: str
    value: float
    shown: str = ""
    href: str = ""


def svg(bars: Sequence[Bar], *, title: str, description: str = "", width: float = drawing.WIDE) -> Svg:
    """Bars from zero, in the order given. Below a width of 520 the labels stand above their bars."""
    if not bars:
        return drawing.nothing(title, width)
    largest = max(0, *(bar.value for bar in bars)) or 1
    beside = width >= 520
    room = max(measure.width(_shown(bar), SIZE, bold=True) for bar in bars) + 10
    labels = min(max(measure.width(bar.label, SIZE) for bar in bars), width * 0.38) + 2 if beside else 0.0
    left = labels + 12 if beside else 0.0
    scale = (width - left - room) / largest
    parts: list[str] = []
    y = 2.0
    for bar in bars:
        words = measure.wrap(bar.label, SIZE, labels if beside else width)
        tall = len(words) * SIZE * 1.25
        row = max(THICK, tall) if beside else tall + 4 + THICK
        top = y + (row - THICK) / 2 if beside else y + tall + 4
        first = y + (row - tall) / 2 + SIZE if beside else y + SIZE
        anchor = {"text_anchor": "end"} if beside else {}
        label = drawing.lines(words, labels if beside else 0, first, size=SIZE, **anchor)
        parts.append(drawing.link(label, bar.href, bar.label))
        long = max(bar.value, 0) * scale
        parts.append(drawing.element("rect", x=left, y=top, width=max(long, 2), height=THICK, rx=3, fill=palette.MAIN))
        parts.append(
            drawing.text(
                _shown(bar), left + max(long, 2) + 8, top + THICK / 2 + SIZE * 0.36, size=SIZE, font_weight="700"
            )
        )
        y += row + GAP
    if beside:
        axis = drawing.element("line", x1=left, y1=0, x2=left, y2=y - GAP + 2, stroke=palette.GRID, stroke_width=1)
        parts.insert(0, axis)
    linked = any(bar.href for bar in bars)
    return drawing.document(parts, width=width, height=y - GAP + 4, title=title, description=description, linked=linked)


def rows(bars: Sequence[Bar], *, head: Sequence[str] = ("What", "Value")) -> Table:
    return Table(tuple(head), [(bar.label, _shown(bar)) for bar in bars])


def _shown(bar: Bar) -> str:
    return bar.shown or drawing.plain(bar.value)
