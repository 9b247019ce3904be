"""Contracts on a line of years: when each runs, when it ends, and how far it may be extended."""

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from procurement.charts import drawing, measure, palette
from procurement.charts.drawing import Svg, Table

SIZE = 15.0
ROW = 34.0
THICK = 16.0
HEAD = 30.0


# More lanes than these are no drawing to look at: whoever draws takes the first, and a table has them all.
LANES = 16


class Lane(NamedTuple):
    """One contract. `latest` is its end when every extension is used; `href` makes the label a link."""

    label: str
    start: datetime.date
    end: datetime.date
    latest: datetime.date | None = None
    href: str = ""


class _Frame(NamedTuple):
    """Where things stand. `beside`: labels left of the bars, else above them; `labels` is the room they have."""

    first: datetime.date
    last: datetime.date
    width: float
    beside: bool
    labels: float

    @property
    def left(self) -> float:
        return self.labels + 12 if self.beside else 0.0

    @property
    def right(self) -> float:
        # The month after the last bar needs room too.
        return self.width - 70

    @property
    def pitch(self) -> float:
        return ROW if self.beside else ROW + 14

    def x(self, date: datetime.date) -> float:
        share = (min(max(date, self.first), self.last) - self.first).days / max((self.last - self.first).days, 1)
        return self.left + share * (self.right - self.left)

    def top(self, index: int) -> float:
        """Upper edge of the bar of a lane."""
        return HEAD + index * self.pitch + ((ROW - THICK) / 2 if self.beside else 26)


def svg(
    lanes: Sequence[Lane],
    *,
    title: str,
    description: str = "",
    today: datetime.date | None = None,
    start: datetime.date | None = None,
    width: float = drawing.WIDE,
) -> Svg:
    """A bar for each contract, in the order given, from at most two years before `today` or the first end.

    `start` is when something new begins. Below a width of 520 the labels stand above their bars.
    """
    if not lanes:
        return drawing.nothing(title, width)
    frame = _frame(lanes, today, start, width)
    bottom = HEAD + len(lanes) * frame.pitch
    parts = [_years(frame, bottom)]
    parts += [_lane(lane, frame, index) for index, lane in enumerate(lanes)]
    if today and frame.first <= today <= frame.last:
        parts.append(_line(frame, today, "Today", len(lanes), bottom))
    if start:
        parts.append(_line(frame, start, "Start", len(lanes), bottom, dashes="6 4"))
    parts += [_month(lane, frame, index) for index, lane in enumerate(lanes)]
    linked = any(lane.href for lane in lanes)
    return drawing.document(parts, width=width, height=bottom + 22, title=title, description=description, linked=linked)


def rows(lanes: Sequence[Lane]) -> Table:
    return Table(
        ("Contract", "Starts", "Ends", "Ends at the latest"),
        [(lane.label, _words(lane.start), _words(lane.end), _words(lane.latest or lane.end)) for lane in lanes],
    )


def _words(date: datetime.date) -> str:
    return f"{date.day} {date:%B %Y}"


def _frame(lanes: Sequence[Lane], today: datetime.date | None, start: datetime.date | None, width: float) -> _Frame:
    beside = width >= 520
    longest = max(measure.width(lane.label, SIZE) for lane in lanes)
    anchor = min([lane.end for lane in lanes] + ([today] if today else []))
    earliest = max(min(lane.start for lane in lanes), datetime.date(max(anchor.year - 2, 1), 1, 1))
    latest = max([max(lane.end, lane.latest or lane.end) for lane in lanes] + ([start] if start else []))
    return _Frame(
        # A register may hold an end before its start.
        first=datetime.date(min(earliest, anchor).year, 1, 1),
        last=datetime.date(min(latest.year + 1, 9999), 1, 1),
        width=width,
        beside=beside,
        labels=min(longest, width * 0.3) + 2 if beside else width,
    )


def _years(frame: _Frame, bottom: float) -> str:
    years = range(frame.first.year, frame.last.year + 1)
    # Every year, or every second, fifth and so on, as far as their numbers fit.
    fitting = (n for n in (1, 2, 5, 10, 25, 100) if len(years) / n * 46 <= frame.right - frame.left)
    every = next(fitting, 1000)
    parts: list[str] = []
    for year in years:
        if year % every:
            continue
        x = frame.x(datetime.date(year, 1, 1))
        parts.append(drawing.element("line", x1=x, y1=22, x2=x, y2=bottom, stroke=palette.GRID, stroke_width=1))
        parts.append(drawing.text(str(year), x, 14, size=13, fill=palette.QUIET))
    return "".join(parts)


def _lane(lane: Lane, frame: _Frame, index: int) -> str:
    top = frame.top(index)
    start, end = frame.x(lane.start), frame.x(lane.end)
    solid, reach = _solid(lane, frame), _reach(lane, frame)
    bars = drawing.element("rect", x=start, y=top, width=solid, height=THICK, rx=3, fill=palette.MAIN)
    if lane.latest and lane.latest > lane.end:
        dashed = drawing.element(
            "rect",
            x=end,
            y=top + 1,
            width=reach - end,
            height=THICK - 2,
            fill=palette.STEPS[0],
            stroke=palette.MAIN,
            stroke_dasharray="4 3",
        )
        bars = dashed + bars
    return drawing.link(_label(lane, frame, top), lane.href, lane.label) + bars


def _solid(lane: Lane, frame: _Frame) -> float:
    """How long the bar is: never so short that nobody sees it."""
    return max(frame.x(lane.end) - frame.x(lane.start), 3)


def _reach(lane: Lane, frame: _Frame) -> float:
    """Where the bar ends, with what it may be extended by."""
    reach = frame.x(lane.start) + _solid(lane, frame)
    is_longer = lane.latest is not None and lane.latest > lane.end
    return max(frame.x(lane.latest or lane.end), reach + 3) if is_longer else reach


def _month(lane: Lane, frame: _Frame, index: int) -> str:
    """Drawn over the lines of the years, of today and of the start, which must not run through the words."""
    words, x, middle = f"{lane.end:%b %Y}", _reach(lane, frame) + 6, frame.top(index) + THICK / 2
    mask = drawing.element("rect", x=x - 2, y=middle - 9, width=measure.width(words, 13) + 4, height=18, fill="#ffffff")
    return mask + drawing.text(words, x, middle + 5, size=13)


def _label(lane: Lane, frame: _Frame, top: float) -> str:
    words = measure.shorten(lane.label, SIZE, frame.labels)
    if frame.beside:
        return drawing.text(words, frame.labels, top + THICK / 2 + 6, size=SIZE, text_anchor="end")
    # The lines of the years must not run through the words.
    mask = drawing.element("rect", x=0, y=top - 22, width=measure.width(words, SIZE) + 4, height=20, fill="#ffffff")
    return mask + drawing.text(words, 0, top - 6, size=SIZE)


def _line(frame: _Frame, day: datetime.date, word: str, count: int, bottom: float, *, dashes: str = "") -> str:
    x = frame.x(day)
    # With the labels above the bars a whole line would cross them out: there it is drawn over each bar alone.
    tops = [frame.top(index) - 3 for index in range(count)]
    spans = [(22.0, bottom)] if frame.beside else [(top, top + THICK + 6) for top in tops]
    look = {"stroke_dasharray": dashes} if dashes else {}
    drawn = [
        drawing.element("line", x1=x, y1=start, x2=x, y2=end, stroke=palette.WARM, stroke_width=2, **look)
        for start, end in spans
    ]
    at = min(max(x, 18), frame.width - 18)
    said = drawing.text(word, at, bottom + 16, size=13, fill=palette.WARM, text_anchor="middle", font_weight="700")
    return "".join(drawn) + said
