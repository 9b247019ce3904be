import datetime

import pytest

from procurement.charts import drawing, timeline
from tests.procurement.charts.drawn import NS, checked, rightmost, texts

D = datetime.date
TODAY = D(2026, 11, 24)
LANES = [
    timeline.Lane("Camden", D(2021, 4, 1), D(2027, 3, 31), D(2029, 3, 31)),
    timeline.Lane("Hammersmith and Fulham", D(2023, 7, 1), D(2028, 6, 30)),
    timeline.Lane("A borough <with> a very long name that never ends & goes on", D(2000, 1, 1), D(2026, 1, 1)),
]


@pytest.mark.parametrize("width", [drawing.WIDE, drawing.NARROW])
def test_timeline_prints_ends_and_fits(width: float) -> None:
    root = checked(timeline.svg(LANES, title="Ends", today=TODAY, width=width))
    assert {"Mar 2027", "Jun 2028", "Jan 2026", "Today"} <= set(texts(root))
    assert rightmost(root) <= width


def test_timeline_dashes_extensions_only() -> None:
    root = checked(timeline.svg(LANES, title="Ends", today=TODAY))
    assert len([node for node in root.iter(f"{NS}rect") if node.get("stroke-dasharray")]) == 1


def test_timeline_later_end_reaches_further_right() -> None:
    root = checked(timeline.svg(LANES[:2], title="Ends", today=TODAY))
    ends = [
        float(node.attrib["x"]) + float(node.attrib["width"])
        for node in root.iter(f"{NS}rect")
        if not node.get("stroke-dasharray")
    ]
    assert ends[0] < ends[1]


@pytest.mark.parametrize(
    "lane", [("x", D(1, 1, 1), D(9999, 12, 31), None), ("x", D(2030, 1, 1), D(2026, 1, 1), D(2020, 1, 1))]
)
def test_timeline_odd_dates_can_be_drawn(lane: tuple[str, D, D, D | None]) -> None:
    checked(timeline.svg([timeline.Lane(*lane)], title="Ends", today=TODAY))
    checked(timeline.svg([timeline.Lane(*lane)], title="Ends"))


def test_timeline_without_lanes_says_so() -> None:
    assert texts(checked(timeline.svg([], title="Ends"))) == ["Nothing to show yet"]


@pytest.mark.parametrize("width", [drawing.WIDE, drawing.NARROW])
def test_timeline_shows_a_start_even_after_the_last_end(width: float) -> None:
    root = checked(timeline.svg(LANES, title="Ends", today=TODAY, start=D(2034, 4, 1), width=width))
    assert {"Today", "Start"} <= set(texts(root))
    dashed = [node for node in root.iter(f"{NS}line") if node.get("stroke-dasharray")]
    assert len(dashed) == (1 if width == drawing.WIDE else len(LANES))
    assert all(float(node.attrib["x1"]) <= width for node in dashed)


@pytest.mark.parametrize("width", [drawing.WIDE, drawing.NARROW])
def test_no_line_runs_through_the_month_of_a_lane(width: float) -> None:
    """The months are drawn last, each over a ground of its own."""
    lanes = [timeline.Lane("Camden", D(2021, 4, 1), D(2027, 12, 31)), timeline.Lane("Brent", TODAY, D(2028, 1, 31))]

    root = checked(timeline.svg(lanes, title="Ends", today=TODAY, start=D(2028, 2, 14), width=width))

    nodes = list(root.iter())
    lines = [place for place, node in enumerate(nodes) if node.tag == f"{NS}line"]
    months = [place for place, node in enumerate(nodes) if node.text in ("Dec 2027", "Jan 2028")]
    assert len(months) == 2
    assert max(lines) < min(months)
    for place in months:
        mask, words = nodes[place - 1], nodes[place]
        assert (mask.tag, mask.get("fill")) == (f"{NS}rect", "#ffffff")
        assert float(mask.attrib["x"]) < float(words.attrib["x"])


def test_rows_write_dates_out() -> None:
    assert timeline.rows(LANES[:2]).rows == [
        ("Camden", "1 April 2021", "31 March 2027", "31 March 2029"),
        ("Hammersmith and Fulham", "1 July 2023", "30 June 2028", "30 June 2028"),
    ]
