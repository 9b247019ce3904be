from itertools import pairwise

import pytest

from procurement.charts import curves
from tests.procurement.charts.drawn import NS, checked

CLICKS = [0, 2, 5]
VALUES = {"F1": [0.5, 0.7, 0.9], "B-cubed": [0.6, 0.8, 0.9], "Joint": [0.0, 0.4, 0.89]}


def test_curves_draw_every_value_inside_and_name_each_line_apart() -> None:
    root = checked(curves.svg(CLICKS, VALUES, title="Quality against clicks", of="clicks"))
    drawn = list(root.iter(f"{NS}polyline"))
    assert [len(line.attrib["points"].split()) for line in drawn] == [3, 3, 3]
    assert len({line.attrib.get("stroke-dasharray") for line in drawn}) == 3
    for line in drawn:
        xs = [float(point.split(",")[0]) for point in line.attrib["points"].split()]
        assert xs == sorted(xs)
    ends = {text.text: float(text.attrib["y"]) for text in root.iter(f"{NS}text") if text.get("font-weight") == "bold"}
    assert set(ends) == {"F1 0.90", "B-cubed 0.90", "Joint 0.89"}
    places = sorted(ends.values())
    assert min(after - before for before, after in pairwise(places)) >= 18
    assert root[1].text == "F1 from 0.50 to 0.90; B-cubed from 0.60 to 0.90; Joint from 0.00 to 0.89."


def test_curves_without_figures_say_so_and_a_single_point_is_drawn() -> None:
    assert "Nothing to show yet" in curves.svg([], {}, title="Quality", of="clicks")
    checked(curves.svg([0], {"F1": [0.5]}, title="Quality", of="clicks"))


def test_a_line_shorter_than_the_counts_or_too_many_to_tell_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        curves.svg([0, 1], {"F1": [0.5]}, title="Quality", of="clicks")
    with pytest.raises(ValueError, match="7 lines cannot be told apart"):
        curves.svg([0], {name: [0.5] for name in "abcdefg"}, title="Quality", of="clicks")
