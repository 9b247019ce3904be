"""A line the size of a word: how a figure went."""

from collections.abc import Sequence

from procurement.charts import drawing, palette
from procurement.charts.drawing import Svg, Table


def svg(values: Sequence[float], *, title: str, width: float = 120, height: float = 28) -> Svg:
    """The values from first to last, with a dot on the last."""
    if not values:
        return drawing.nothing(title, width)
    low, high = min(values), max(values)
    span = (high - low) or 1
    step = (width - 12) / max(len(values) - 1, 1)
    points = [
        (6 + index * step, height - 6 - (value - low) / span * (height - 12)) for index, value in enumerate(values)
    ]
    path = " ".join(f"{drawing.number(x)},{drawing.number(y)}" for x, y in points)
    last_x, last_y = points[-1]
    parts = [
        drawing.element(
            "polyline",
            points=path,
            fill="none",
            stroke=palette.MAIN,
            stroke_width=2,
            stroke_linejoin="round",
            stroke_linecap="round",
        ),
        drawing.element("circle", cx=last_x, cy=last_y, r=4, fill=palette.ACCENT, stroke="#ffffff", stroke_width=1.5),
    ]
    said = f"From {drawing.plain(values[0])} to {drawing.plain(values[-1])}."
    return drawing.document(parts, width=width, height=height, title=title, description=said)


def rows(values: Sequence[float], labels: Sequence[str], *, head: Sequence[str] = ("When", "Value")) -> Table:
    return Table(tuple(head), [(label, drawing.plain(value)) for label, value in zip(labels, values, strict=True)])
