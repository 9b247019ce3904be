"""What becomes of things, level by level: bars whose parts flow down to the next level, as wide as they are many.

Read from top to bottom, so that wide pages and phones get the same drawing. Each bar has its number and its name above
it, on the band that comes in.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from procurement.charts import drawing, measure, palette
from procurement.charts.drawing import Svg, Table

SIZE = 15.0
LINE = SIZE * 1.25
BAR = 14.0
GAP = 16.0
# Between a bar and the words of the next level.
FALL = 40.0
# So wide a place has every bar at least, for its words.
ROOM = 150.0
# What is there is drawn so wide at least.
LEAST = 2.0


class Node(NamedTuple):
    """`label` names it, once in the drawing. `goes_on` is on the way that is drawn strongly."""

    label: str
    value: int
    goes_on: bool = True


class Flow(NamedTuple):
    """So many go from the node of one label to that of another, on the next level."""

    source: str
    target: str
    value: int


class _Place(NamedTuple):
    """Where a node stands: its bar from `x` on, `wide`, and its words above, as many lines as its level has at most."""

    node: Node
    x: float
    wide: float
    words: list[str]
    top: float
    bar: float


def svg(levels: Sequence[Sequence[Node]], flows: Sequence[Flow], *, title: str, width: float = drawing.WIDE) -> Svg:
    """The drawing. Flows of nothing are not drawn; a bar of nothing is its words alone."""
    if not any(node.value for level in levels for node in level):
        return drawing.nothing(title, width)
    scale = min(_scale(level, width) for level in levels)
    places: dict[str, _Place] = {}
    y = 0.0
    for level in levels:
        placed = _placed(level, y, scale, width)
        places.update((each.node.label, each) for each in placed)
        y = placed[0].bar + BAR + FALL
    parts = [*_bands(flows, places, scale), *(_node(place) for place in places.values())]
    return drawing.document(parts, width=width, height=y - FALL + 2, title=title, description=_description(levels))


def rows(flows: Sequence[Flow], *, head: Sequence[str] = ("From", "To", "How many")) -> Table:
    return Table(tuple(head), [(each.source, each.target, drawing.plain(each.value)) for each in flows])


def _scale(level: Sequence[Node], width: float) -> float:
    """The width of one, as large as may be, so that the level's bars and the places of the small ones have room."""
    free, wide = width - GAP * (len(level) - 1), [node.value for node in level]
    while total := sum(wide):
        scale = free / total
        small = [value for value in wide if value * scale < ROOM]
        if not small:
            return scale
        free -= ROOM * len(small)
        wide = [value for value in wide if value * scale >= ROOM]
    return max(width, 1)


def _description(levels: Sequence[Sequence[Node]]) -> str:
    """ "Open needs: 7. In a joint demand: 5, in none: 2." """
    return " ".join(
        ", ".join(f"{node.label}: {drawing.plain(node.value)}" for node in level) + "." for level in levels if level
    )


def _placed(level: Sequence[Node], top: float, scale: float, width: float) -> list[_Place]:
    wide = [max(node.value * scale, LEAST) if node.value else 0.0 for node in level]
    # The last one may use all that is left.
    lefts = [0.0]
    for each in wide[:-1]:
        lefts.append(lefts[-1] + max(each, ROOM) + GAP)
    rights = [*(left - GAP for left in lefts[1:]), width]
    words = [_words(node, right - left) for node, left, right in zip(level, lefts, rights, strict=True)]
    bar = top + max(len(each) for each in words) * LINE + 6
    return [_Place(*each, top, bar) for each in zip(level, lefts, wide, words, strict=True)]


def _words(node: Node, room: float) -> list[str]:
    """The number stands in bold before them, and is no part of them."""
    return measure.wrap(node.label, SIZE, room - _number_room(node))


def _number_room(node: Node) -> float:
    return measure.width(drawing.plain(node.value), SIZE, bold=True) + 7


def _node(place: _Place) -> str:
    node = place.node
    fill = palette.MAIN if node.goes_on else palette.STEPS[2]
    first = place.bar - 8 - (len(place.words) - 1) * LINE
    content = drawing.element("title", drawing.escape(f"{node.label}: {drawing.plain(node.value)}"))
    if place.wide:
        content += drawing.element("rect", x=place.x, y=place.bar, width=place.wide, height=BAR, rx=2, fill=fill)
    content += drawing.text(drawing.plain(node.value), place.x + 4, first, size=SIZE, font_weight="700")
    content += drawing.lines(place.words, place.x + 4 + _number_room(node), first, size=SIZE)
    return drawing.element("g", content)


def _bands(flows: Iterable[Flow], places: Mapping[str, _Place], scale: float) -> Iterable[str]:
    """Side by side from left to right in the order given, at either end."""
    left = {label: place.x for label, place in places.items()}
    entered = dict(left)
    for flow in flows:
        if not flow.value:
            continue
        source, target = places[flow.source], places[flow.target]
        wide = max(flow.value * scale, LEAST)
        out, into = left[flow.source], entered[flow.target]
        left[flow.source] += wide
        entered[flow.target] += wide
        fill = palette.PALE if target.node.goes_on else palette.STEPS[0]
        shape = _band(out, source.bar + BAR, into, target.top, target.bar, wide)
        words = f"{flow.source} to {flow.target}: {drawing.plain(flow.value)}"
        yield drawing.element(
            "g", drawing.element("title", drawing.escape(words)) + drawing.element("path", d=shape, fill=fill)
        )


def _band(out: float, start: float, into: float, top: float, end: float, wide: float) -> str:
    """From one bar down to the words of another in a curve, and behind them straight to the bar."""
    middle = (start + top) / 2
    x, y, number = (out, out + wide), (into, into + wide), drawing.number
    return " ".join(
        (
            f"M{number(x[0])} {number(start)}",
            f"C{number(x[0])} {number(middle)} {number(y[0])} {number(middle)} {number(y[0])} {number(top)}",
            f"V{number(end)} H{number(y[1])} V{number(top)}",
            f"C{number(y[1])} {number(middle)} {number(x[1])} {number(middle)} {number(x[1])} {number(start)} Z",
        )
    )
