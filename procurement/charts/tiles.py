"""The map of London as tiles: one square for each authority, coloured in five steps, with its value."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol, TypeVar

from procurement.charts import drawing, measure, palette
from procurement.charts.drawing import Svg, Table

CELL = 66.0
GAP = 4.0


class Authority(Protocol):
    """Whatever knows an authority's place on the map, counted from 1; a guest has none."""

    @property
    def abbreviation(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def tile_row(self) -> int | None: ...
    @property
    def tile_column(self) -> int | None: ...


Placed = TypeVar("Placed", bound=Authority)


class Cell(NamedTuple):
    """An authority at `row` and `col`, both from 1. `shown` is the value as printed; the plain number if empty."""

    abbr: str
    name: str
    row: int
    col: int
    value: float
    shown: str = ""
    href: str = ""


def spots(authorities: Iterable[Placed]) -> list[tuple[Placed, tuple[str, str, int, int]]]:
    """Each that has a place on the map, with what a `Cell` and a `stages.Place` begin with."""
    return [
        (each, (each.abbreviation, each.name, each.tile_row, each.tile_column))
        for each in authorities
        if each.tile_row and each.tile_column
    ]


def svg(
    cells: Sequence[Cell],
    *,
    title: str,
    description: str = "",
    unit: str = "",
    show: Callable[[float], str] = drawing.plain,
) -> Svg:
    """The map with its key. `unit` stands before the key: "Needs"; `show` prints the key's bounds."""
    if not cells:
        return drawing.nothing(title, 8 * CELL)
    largest = max(cell.value for cell in cells)
    parts = [_tile(cell, largest) for cell in cells]
    width = max(cell.col for cell in cells) * CELL - GAP
    bottom = max(cell.row for cell in cells) * CELL
    key, tall = _key(largest, unit, show, bottom + 14, width)
    linked = any(cell.href for cell in cells)
    return drawing.document(
        [*parts, key], width=width, height=bottom + 14 + tall, title=title, description=description, linked=linked
    )


def rows(cells: Sequence[Cell], *, head: Sequence[str] = ("Borough", "Value")) -> Table:
    return Table(tuple(head), [(cell.name, _shown(cell)) for cell in sorted(cells, key=lambda cell: cell.name)])


def _shown(cell: Cell) -> str:
    return cell.shown or drawing.plain(cell.value)


def _colours(value: float, largest: float) -> tuple[str, str]:
    if value <= 0:
        return palette.NOTHING, palette.NOTHING_INK
    step = palette.step(value, largest)
    return palette.STEPS[step], palette.STEP_INK[step]


def _tile(cell: Cell, largest: float) -> str:
    fill, ink = _colours(cell.value, largest)
    x, y, side = (cell.col - 1) * CELL, (cell.row - 1) * CELL, CELL - GAP
    shown = _shown(cell)
    size = min(22.0, 22.0 * (side - 6) / max(measure.width(shown, 22, bold=True), 1))
    words = f"{cell.name}: {shown}"
    content = (
        drawing.element("title", drawing.escape(words))
        + drawing.element("rect", x=x, y=y, width=side, height=side, rx=6, fill=fill)
        + drawing.text(cell.abbr, x + side / 2, y + 26, size=17, fill=ink, text_anchor="middle")
        + drawing.text(shown, x + side / 2, y + 50, size=size, fill=ink, text_anchor="middle", font_weight="700")
    )
    return drawing.link(drawing.element("g", content), cell.href, words)


def _key(largest: float, unit: str, show: Callable[[float], str], top: float, width: float) -> tuple[str, float]:
    """The key and its height: a swatch for nothing and one for each step that can occur."""
    entries = [(palette.NOTHING, show(0)), *_bounds(largest, show)]
    parts: list[str] = []
    x, y = 0.0, top
    if unit:
        parts.append(drawing.text(unit, x, y + 15, size=17, font_weight="700"))
        x += measure.width(unit, 17, bold=True) + 16
    for fill, words in entries:
        wide = 24 + measure.width(words, 17) + 16
        if x + wide > width + 16:
            x, y = 0.0, y + 28
        parts.append(drawing.element("rect", x=x, y=y, width=18, height=18, rx=4, fill=fill, stroke=palette.GRID))
        parts.append(drawing.text(words, x + 24, y + 15, size=17))
        x += wide
    return "".join(parts), y - top + 22


def _bounds(largest: float, show: Callable[[float], str]) -> list[tuple[str, str]]:
    if largest <= 0:
        return []
    if largest > 1000:
        # Sums of money: the bounds of whole pounds would be long and say no more.
        return [(fill, f"up to {show(largest * (index + 1) / 5)}") for index, fill in enumerate(palette.STEPS)]
    found: list[tuple[str, str]] = []
    for index, fill in enumerate(palette.STEPS):
        low, high = math.floor(largest * index / 5) + 1, math.floor(largest * (index + 1) / 5)
        if low <= high:
            found.append((fill, show(low) if low == high else f"{show(low)}–{show(high)}"))
    return found
