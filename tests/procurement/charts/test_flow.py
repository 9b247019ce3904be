"""The flow: every number is printed, bars and bands are as wide as they are many, and nothing leaves the drawing."""

import re

import pytest

from procurement.charts import drawing, flow
from procurement.charts.flow import Flow, Node
from tests.procurement.charts.drawn import NS, checked, rightmost, texts

LEVELS = (
    (Node("Open needs", 1_300),),
    (Node("In a joint demand", 700), Node("In none <yet>", 600, goes_on=False)),
    (Node("In one that is confirmed", 200), Node("In one that is suggested", 500, goes_on=False)),
    (Node("On the board", 0), Node("Not on the board", 700, goes_on=False)),
)
FLOWS = (
    Flow("Open needs", "In a joint demand", 700),
    Flow("Open needs", "In none <yet>", 600),
    Flow("In a joint demand", "In one that is confirmed", 200),
    Flow("In a joint demand", "In one that is suggested", 500),
    Flow("In one that is confirmed", "On the board", 0),
    Flow("In one that is confirmed", "Not on the board", 200),
    Flow("In one that is suggested", "Not on the board", 500),
)


@pytest.mark.parametrize("width", [drawing.WIDE, drawing.NARROW])
def test_every_bar_has_its_number_and_its_words(width: float) -> None:
    root = checked(flow.svg(LEVELS, FLOWS, title="Flow", width=width))

    shown = " ".join(texts(root))
    for node in (node for level in LEVELS for node in level):
        assert f"{drawing.plain(node.value)} {node.label}" in shown
    assert rightmost(root) <= width


@pytest.mark.parametrize("width", [drawing.WIDE, drawing.NARROW])
def test_bars_are_in_proportion_and_inside(width: float) -> None:
    root = checked(flow.svg(LEVELS, FLOWS, title="Flow", width=width))

    wide = [float(node.attrib["width"]) for node in root.iter(f"{NS}rect")]
    # What nothing comes to has no bar.
    assert len(wide) == 6
    assert wide[1] / wide[3] == pytest.approx(700 / 200, abs=0.1)
    for path in root.iter(f"{NS}path"):
        assert all(-0.6 <= float(x) <= width + 0.6 for x in re.findall(r"[MH](-?[\d.]+)", path.attrib["d"]))


def test_each_band_that_is_drawn_says_from_where_to_where() -> None:
    root = checked(flow.svg(LEVELS, FLOWS, title="Flow"))

    named = [group[0].text for group in root.iter(f"{NS}g") if group[-1].tag == f"{NS}path"]
    assert named == [f"{each.source} to {each.target}: {each.value}" for each in FLOWS if each.value]


def test_description_tells_the_levels_in_their_order() -> None:
    root = checked(flow.svg(LEVELS, FLOWS, title="Flow"))

    assert (root[1].text or "").startswith("Open needs: 1,300. In a joint demand: 700, In none <yet>: 600. In one")


def test_table_has_every_flow_also_that_of_nothing() -> None:
    table = flow.rows(FLOWS, head=("From", "To", "Needs"))

    assert table.head == ("From", "To", "Needs")
    assert table.rows[0] == ("Open needs", "In a joint demand", "700")
    assert [row[2] for row in table.rows] == ["700", "600", "200", "500", "0", "200", "500"]


def test_few_beside_very_many_can_still_be_seen() -> None:
    levels = ((Node("All", 9_901),), (Node("Some", 1), Node("Rest", 9_900)))
    flows = (Flow("All", "Some", 1), Flow("All", "Rest", 9_900))

    root = checked(flow.svg(levels, flows, title="Flow", width=drawing.NARROW))

    assert min(float(node.attrib["width"]) for node in root.iter(f"{NS}rect")) == flow.LEAST
    assert rightmost(root) <= drawing.NARROW


def test_nothing_can_be_drawn() -> None:
    assert texts(checked(flow.svg([[Node("Open needs", 0)]], [], title="Flow"))) == ["Nothing to show yet"]
