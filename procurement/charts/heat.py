"""Boroughs against categories: how much of what is wanted where."""

import math
from collections.abc import Mapping, Sequence

from procurement.charts import drawing, measure, palette
from procurement.charts.drawing import Svg, Table

SIZE = 14.0
ROW = 26.0
FIGURE = 13.0
# The headings lean: cosine and sine of 55 degrees.
LEAN = 55
COS, SIN = 0.574, 0.819
# On a phone so many cells stand beside each other, under the name of their row.
ACROSS = 5
LABEL = 15.0
GAP = 12.0


def svg(
    names: Sequence[str],
    columns: Sequence[str],
    values: Mapping[tuple[str, str], float],
    *,
    title: str,
    description: str = "",
    width: float = drawing.WIDE,
) -> Svg:
    """A cell for each row and column, its figure printed; missing or 0 leaves it empty."""
    if not names or not columns:
        return drawing.nothing(title, width)
    room = 190.0
    headings = [measure.shorten(column, SIZE, room) for column in columns]
    longest = max(measure.width(heading, SIZE) for heading in headings)
    head = longest * SIN + 18
    labels = min(max(measure.width(name, SIZE) for name in names), width * 0.3)
    left = labels + 10
    # The last heading leans out over the right edge.
    cell = min((width - left - longest * COS) / len(columns), 64.0)
    largest = max((values.get((name, column), 0) for name in names for column in columns), default=0)
    parts: list[str] = []
    for index, heading in enumerate(headings):
        x = left + (index + 0.5) * cell + 3
        turn = f"rotate(-{LEAN} {drawing.number(x)} {drawing.number(head - 8)})"
        parts.append(drawing.text(heading, x, head - 8, size=SIZE, fill=palette.QUIET, transform=turn))
    for index, name in enumerate(names):
        y = head + index * ROW
        label = measure.shorten(name, SIZE, labels)
        parts.append(drawing.text(label, labels, y + ROW / 2 + SIZE * 0.33, size=SIZE, text_anchor="end"))
        parts += [
            _cell(values.get((name, column), 0), largest, left + at * cell, y, cell)
            for at, column in enumerate(columns)
        ]
    height = head + len(names) * ROW + 2
    return drawing.document(parts, width=width, height=height, title=title, description=description)


def narrow(
    names: Sequence[str],
    columns: Sequence[str],
    values: Mapping[tuple[str, str], float],
    *,
    title: str,
    width: float = drawing.NARROW,
) -> Svg:
    """The same for a phone: under the name of each row its cells that are not 0, each with its column's heading."""
    if not names or not columns:
        return drawing.nothing(title, width)
    largest = max((values.get((name, column), 0) for name in names for column in columns), default=0)
    side = width / ACROSS
    parts: list[str] = []
    y = 0.0
    for name in names:
        words = measure.wrap(name, LABEL, width)
        parts.append(drawing.lines(words, 0, y + LABEL, size=LABEL))
        y += len(words) * LABEL * 1.25 + 4
        there = [(column, value) for column in columns if (value := values.get((name, column), 0)) > 0]
        parts += [
            _named_cell(column, value, largest, at % ACROSS * side, y + at // ACROSS * ROW, side)
            for at, (column, value) in enumerate(there)
        ]
        y += math.ceil(len(there) / ACROSS) * ROW + GAP
    return drawing.document(parts, width=width, height=y - GAP, title=title, description="")


def rows(
    names: Sequence[str], columns: Sequence[str], values: Mapping[tuple[str, str], float], *, corner: str = "Borough"
) -> Table:
    body = [(name, *(drawing.plain(values.get((name, column), 0)) for column in columns)) for name in names]
    return Table((corner, *columns), body)


def _cell(value: float, largest: float, x: float, y: float, side: float) -> str:
    if value <= 0:
        return drawing.element("rect", x=x, y=y, width=side - 2, height=ROW - 2, rx=3, fill=palette.NOTHING)
    ink, box = _box(value, largest, x, y, side)
    return box + drawing.text(
        drawing.plain(value),
        x + side / 2 - 1,
        y + ROW / 2 + 4,
        size=FIGURE,
        fill=ink,
        text_anchor="middle",
        font_weight="700",
    )


def _named_cell(heading: str, value: float, largest: float, x: float, y: float, side: float) -> str:
    ink, box = _box(value, largest, x, y, side)
    shown = drawing.plain(value)
    line = y + ROW / 2 + 4
    room = side - 16 - measure.width(shown, FIGURE, bold=True)
    return (
        box
        + drawing.text(measure.shorten(heading, FIGURE, room), x + 5, line, size=FIGURE, fill=ink)
        + drawing.text(shown, x + side - 7, line, size=FIGURE, fill=ink, text_anchor="end", font_weight="700")
    )


def _box(value: float, largest: float, x: float, y: float, side: float) -> tuple[str, str]:
    """The colour of what is printed on it, and the cell."""
    step = palette.step(value, largest)
    box = drawing.element("rect", x=x, y=y, width=side - 2, height=ROW - 2, rx=3, fill=palette.STEPS[step])
    return palette.STEP_INK[step], box
