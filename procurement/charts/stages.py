"""The map of London as tiles, by how far each authority goes: a colour, and a mark that says the same without it."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from procurement.charts import drawing, measure, palette
from procurement.charts.drawing import Svg, Table
from procurement.charts.tiles import CELL, GAP

SIDE = CELL - GAP
RUNGS = 4


class Look(NamedTuple):
    """How a stage is drawn. `rungs` of four bars are filled; None stands for a question mark or a cross."""

    words: str
    fill: str
    ink: str
    rungs: int | None = None
    sign: str = ""


# From the top of the ladder down.
LOOKS = {
    "COMMITTED": Look("Committed", palette.STEPS[4], palette.STEP_INK[4], rungs=4),
    "INTENDING": Look("Intending", palette.STEPS[3], palette.STEP_INK[3], rungs=3),
    "INTERESTED": Look("Interested", palette.STEPS[1], palette.STEP_INK[1], rungs=2),
    "WATCHING": Look("Watching", palette.STEPS[0], palette.STEP_INK[0], rungs=1),
    "SUGGESTED": Look("Not answered yet", "#ffffff", palette.INK, sign="?"),
    "DECLINED": Look("Declined", "#ffffff", palette.QUIET, sign="×"),
}
NO_PART = Look("No need here", palette.NOTHING, palette.NOTHING_INK)


class Place(NamedTuple):
    """An authority at `row` and `col`, both from 1. `stage` is a key of `LOOKS`, "" for one that has no part."""

    abbr: str
    name: str
    row: int
    col: int
    stage: str = ""
    leads: bool = False

    @property
    def words(self) -> str:
        said = _look(self).words
        return f"{said}, leads" if self.leads else said


def svg(places: Sequence[Place], *, title: str) -> Svg:
    """The map with a key of the stages that occur. Its description counts them."""
    if not places:
        return drawing.nothing(title, 8 * CELL)
    parts = [_tile(place) for place in places]
    width = max(place.col for place in places) * CELL - GAP
    bottom = max(place.row for place in places) * CELL
    key, tall = _key(places, bottom + 12, width)
    return drawing.document(
        [*parts, key], width=width, height=bottom + 12 + tall, title=title, description=_description(places)
    )


def rows(places: Sequence[Place]) -> Table:
    """Of those that have a part, by name."""
    having = sorted((place for place in places if place.stage), key=lambda place: place.name)
    return Table(("Borough", "Stage"), [(place.name, place.words) for place in having])


def _look(place: Place) -> Look:
    return LOOKS.get(place.stage, NO_PART)


def _description(places: Sequence[Place]) -> str:
    counted = Counter(place.stage for place in places if place.stage)
    found = [f"{LOOKS[stage].words}: {counted[stage]}" for stage in LOOKS if counted[stage]]
    return ". ".join(found) + "." if found else "No authority has a need here."


def _tile(place: Place) -> str:
    look = _look(place)
    x, y = (place.col - 1) * CELL, (place.row - 1) * CELL
    content = drawing.element("title", drawing.escape(f"{place.name}: {place.words}"))
    content += _square(look, x, y, SIDE)
    if place.leads:
        content += drawing.element(
            "rect",
            x=x + 2,
            y=y + 2,
            width=SIDE - 4,
            height=SIDE - 4,
            rx=5,
            fill="none",
            stroke=palette.ACCENT,
            stroke_width=4,
        )
    raised = 26 if place.stage else 36
    content += drawing.text(place.abbr, x + SIDE / 2, y + raised, size=17, fill=look.ink, text_anchor="middle")
    return drawing.element("g", content + _mark(look, x + SIDE / 2, y + 37, 1.0))


def _square(look: Look, x: float, y: float, side: float) -> str:
    if not look.sign:
        return drawing.element("rect", x=x, y=y, width=side, height=side, rx=6 * side / SIDE, fill=look.fill)
    outline = {"stroke": look.ink, "stroke_width": 1.5}
    dashes = {"stroke_dasharray": "4 3"} if look.sign == "?" else {}
    square = {"x": x + 1, "y": y + 1, "width": side - 2, "height": side - 2, "rx": 6 * side / SIDE, "fill": look.fill}
    return drawing.element("rect", **square, **outline, **dashes)  # type: ignore[arg-type]


def _mark(look: Look, middle: float, top: float, scale: float) -> str:
    """Four bars that rise, as many of them filled as rungs were climbed; or a sign. 16 high at full scale."""
    if look.sign:
        y = top + 14 * scale
        return drawing.text(
            look.sign, middle, y, size=20 * scale, fill=look.ink, text_anchor="middle", font_weight="700"
        )
    if look.rungs is None:
        return ""
    bars = []
    for rung in range(RUNGS):
        high = (4 + 4 * rung) * scale
        place = {
            "x": middle + (rung - 2) * 8 * scale + scale,
            "y": top + 16 * scale - high,
            "width": 6 * scale,
            "height": high,
        }
        drawn = {"fill": look.ink} if rung < look.rungs else {"fill": "none", "stroke": look.ink, "stroke_width": 0.8}
        bars.append(drawing.element("rect", **place, **drawn))  # type: ignore[arg-type]
    return "".join(bars)


def _key(places: Sequence[Place], top: float, width: float) -> tuple[str, float]:
    """The key and its height."""
    occurring = {place.stage for place in places}
    looks = [look for stage, look in LOOKS.items() if stage in occurring]
    if "" in occurring:
        looks.append(NO_PART)
    entries: list[tuple[str, str]] = [
        (_square(look, 0, 0, 26) + _mark(look, 13, 6, 0.75), look.words) for look in looks
    ]
    if any(place.leads for place in places):
        lead = drawing.element(
            "rect", x=2, y=2, width=22, height=22, rx=3, fill="none", stroke=palette.ACCENT, stroke_width=4
        )
        entries.append((lead, "Leads"))
    parts: list[str] = []
    x, y = 0.0, top
    for swatch, words in entries:
        wide = 34 + measure.width(words, 17) + 18
        if x + wide > width + 18:
            x, y = 0.0, y + 34
        parts.append(drawing.element("g", swatch, transform=f"translate({drawing.number(x)} {drawing.number(y)})"))
        parts.append(drawing.text(words, x + 34, y + 19, size=17))
        x += wide
    return "".join(parts), y - top + 30
