"""Several figures from 0 to 1 as they go with a count: quality against clicks."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from procurement.charts import drawing, palette
from procurement.charts.drawing import WIDE, Svg

_HEIGHT = 360
_X0, _X1 = 48, WIDE - 260
_Y0, _Y1 = _HEIGHT - 56, 24
_LINE = 20
# Told apart by dashes as well as by colour. Those after the second are the first and the second over again under other
# conditions, in their colours.
_LINES = (
    (palette.MAIN, ""),
    (palette.WARM, "8 4"),
    (palette.MAIN, "2 4"),
    (palette.WARM, "12 3 3 3"),
    (palette.MAIN, "14 3"),
    (palette.WARM, "3 7"),
)
_TICKS = 5


def svg(counts: Sequence[float], values: Mapping[str, Sequence[float]], *, title: str, of: str) -> Svg:
    """A line for each entry of `values`, six at most, over `counts`, which rise; `of` says what is counted. Each line
    is named at its end, with its last value."""
    if len(values) > len(_LINES):
        raise ValueError(f"{len(values)} lines cannot be told apart; {len(_LINES)} can.")
    if not counts:
        return drawing.nothing(title, WIDE)
    most = max(counts[-1], 1)
    parts = _grid(most, of)
    ends = _apart([_y(line[-1]) for line in values.values()])
    for (name, line), end, (colour, dashes) in zip(values.items(), ends, _LINES, strict=False):
        points = " ".join(
            f"{drawing.number(_x(count, most))},{drawing.number(_y(value))}"
            for count, value in zip(counts, line, strict=True)
        )
        look = {"stroke_dasharray": dashes} if dashes else {}
        parts.append(drawing.element("polyline", points=points, fill="none", stroke=colour, stroke_width=2.5, **look))
        parts.append(drawing.text(f"{name} {line[-1]:.2f}", _X1 + 8, end + 5, fill=colour, font_weight="bold"))
    said = "; ".join(f"{name} from {line[0]:.2f} to {line[-1]:.2f}" for name, line in values.items())
    return drawing.document(parts, width=WIDE, height=_HEIGHT, title=title, description=f"{said}.")


def _x(count: float, most: float) -> float:
    return _X0 + count / most * (_X1 - _X0)


def _y(value: float) -> float:
    return _Y0 + value * (_Y1 - _Y0)


def _grid(most: float, of: str) -> list[str]:
    parts = []
    for tick in range(_TICKS + 1):
        share = tick / _TICKS
        y, x = _y(share), _x(share * most, most)
        parts.append(drawing.element("line", x1=_X0, x2=_X1, y1=y, y2=y, stroke=palette.GRID, stroke_width=1))
        parts.append(drawing.text(f"{share:.1f}", _X0 - 8, y + 5, fill=palette.QUIET, text_anchor="end"))
        count = drawing.plain(round(share * most))
        parts.append(drawing.text(count, x, _Y0 + 20, fill=palette.QUIET, text_anchor="middle"))
    parts.append(drawing.text(of, (_X0 + _X1) / 2, _Y0 + 44, fill=palette.QUIET, text_anchor="middle"))
    return parts


def _apart(places: Sequence[float]) -> list[float]:
    """The places, moved down as far as needed for the text at each to be clear of the one above it."""
    moved = list(places)
    order = sorted(range(len(moved)), key=lambda index: (moved[index], index))
    for above, below in pairwise(order):
        moved[below] = max(moved[below], moved[above] + _LINE)
    return moved
