"""Columns a month each, in up to three parts: how many could do something, month by month."""

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from procurement.charts import drawing, measure, palette
from procurement.charts.drawing import Svg, Table

SIZE = 14.0
ROOM = 170.0
LEFT = 34.0
# Told apart without colour: full, half-toned, and white with an edge.
_LOOKS = (
    {"fill": palette.MAIN, "stroke": palette.MAIN},
    {"fill": palette.STEPS[2], "stroke": palette.STEPS[2]},
    {"fill": "#ffffff", "stroke": palette.QUIET},
)


class Column(NamedTuple):
    """A month, by its first day, and the parts of its column from the bottom."""

    month: datetime.date
    parts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.parts)


class _Frame(NamedTuple):
    top: float
    pitch: float
    most: int

    @property
    def bottom(self) -> float:
        return self.top + ROOM

    def x(self, place: int) -> float:
        return LEFT + place * self.pitch

    def y(self, count: int) -> float:
        return self.bottom - count / self.most * ROOM


def svg(
    columns: Sequence[Column],
    parts: Sequence[str],
    *,
    title: str,
    marked: datetime.date | None = None,
    width: float = drawing.WIDE,
) -> Svg:
    """A column for each month, which follow each other; `parts` names the parts, `marked` is pointed at."""
    if not columns or not max(column.total for column in columns):
        return drawing.nothing(title, width)
    key, tall = _key(parts, width)
    most = max(column.total for column in columns)
    frame = _Frame(tall + 30, (width - LEFT - 10) / len(columns), most)
    drawn = [key, *_grid(frame, width), *_years(frame, columns, width)]
    for place, column in enumerate(columns):
        drawn += _column(frame, place, column)
    drawn += [_mark(frame, place, column, width) for place, column in enumerate(columns) if column.month == marked]
    largest = next(column for column in columns if column.total == most)
    said = f"{_span(columns[0].month, columns[-1].month)}. The most are {most}, first in {_words(largest.month)}."
    return drawing.document(drawn, width=width, height=frame.bottom + 26, title=title, description=said)


def rows(columns: Sequence[Column], parts: Sequence[str], *, head: str = "Start") -> Table:
    """One row for each run of months that are alike."""
    runs: list[tuple[Column, Column]] = []
    for column in columns:
        if runs and runs[-1][0].parts == column.parts:
            runs[-1] = (runs[-1][0], column)
        else:
            runs.append((column, column))
    total = ("Together",) if len(parts) > 1 else ()
    return Table(
        (head, *parts, *total),
        [
            (
                _span(first.month, last.month),
                *map(drawing.plain, first.parts),
                *((drawing.plain(first.total),) if total else ()),
            )
            for first, last in runs
        ],
    )


def _span(first: datetime.date, last: datetime.date) -> str:
    return _words(first) if first == last else f"{_words(first)} to {_words(last)}"


def _words(month: datetime.date) -> str:
    return f"{month:%B %Y}"


def _key(parts: Sequence[str], width: float) -> tuple[str, float]:
    """The names of the parts beside their looks, and the height that they take."""
    drawn: list[str] = []
    x, y = 0.0, 0.0
    for name, look in zip(parts, _LOOKS, strict=False):
        wide = 22 + measure.width(name, SIZE) + 18
        if x and x + wide > width:
            x, y = 0.0, y + 24
        drawn.append(drawing.element("rect", x=x + 1, y=y + 2, width=14, height=14, stroke_width=1, **look))
        drawn.append(drawing.text(name, x + 22, y + 14, size=SIZE))
        x += wide
    return "".join(drawn), y + 24


def _grid(frame: _Frame, width: float) -> list[str]:
    """A line for every count, or for every second, fifth and so on, as far as there is room."""
    every = next((n for n in (1, 2, 5, 10, 20) if frame.most / n <= 8), 50)
    drawn = []
    for count in range(0, frame.most + 1, every):
        y = frame.y(count)
        drawn.append(drawing.element("line", x1=LEFT, x2=width - 10, y1=y, y2=y, stroke=palette.GRID, stroke_width=1))
        drawn.append(drawing.text(str(count), LEFT - 8, y + 5, size=SIZE, fill=palette.QUIET, text_anchor="end"))
    return drawn


def _years(frame: _Frame, columns: Sequence[Column], width: float) -> list[str]:
    """The year under its January; of the first year under its first month where there is room."""
    drawn, free = [], 0.0
    for place, column in enumerate(columns):
        if column.month.month != 1 and place:
            continue
        x = frame.x(place)
        january = next((n for n, each in enumerate(columns) if each.month.month == 1 and n > place), len(columns))
        if x < free or (place == 0 and column.month.month != 1 and frame.x(january) - x < 44):
            continue
        drawn.append(drawing.element("line", x1=x, x2=x, y1=frame.bottom, y2=frame.bottom + 6, stroke=palette.QUIET))
        year = str(column.month.year)
        # The last one may begin so near to the edge that it would be cut.
        left = min(x + 3, width - measure.width(year, SIZE) - 1)
        drawn.append(drawing.text(year, left, frame.bottom + 19, size=SIZE, fill=palette.QUIET))
        free = x + 44
    return drawn


def _column(frame: _Frame, place: int, column: Column) -> list[str]:
    drawn, below = [], 0
    gap = min(frame.pitch * 0.2, 3.0)
    for count, look in zip(column.parts, _LOOKS, strict=False):
        if count:
            top, bottom = frame.y(below + count), frame.y(below)
            box: dict[str, str | float] = {"width": frame.pitch - gap, "height": bottom - top, **look}
            drawn.append(drawing.element("rect", x=frame.x(place) + gap / 2, y=top, stroke_width=0.6, **box))  # type: ignore[arg-type]
        below += count
    return drawn


def _mark(frame: _Frame, place: int, column: Column, width: float) -> str:
    """A pointer from above the highest column, with the month and its count."""
    words = f"{column.month:%b %Y}: {column.total}"
    x, y = frame.x(place) + frame.pitch / 2, frame.top
    half = measure.width(words, SIZE, bold=True) / 2
    at = min(max(x, half + 1), width - half - 1)
    corners = ((x - 5, y - 9), (x + 5, y - 9), (x, y - 1))
    points = " ".join(f"{drawing.number(left)},{drawing.number(top)}" for left, top in corners)
    line = drawing.element("line", x1=x, x2=x, y1=y, y2=frame.y(column.total), stroke=palette.WARM, stroke_width=1.5)
    pointer = drawing.element("polygon", points=points, fill=palette.WARM)
    said = drawing.text(words, at, y - 13, size=SIZE, fill=palette.WARM, text_anchor="middle", font_weight="700")
    return line + pointer + said
