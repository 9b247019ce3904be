import pytest

from procurement.charts import bar, drawing
from tests.procurement.charts.drawn import NS, checked, rightmost, texts

BARS = [bar.Bar("Housing management", 14), bar.Bar("Telephony & contact <centre>", 7, "£7 million"), bar.Bar("None", 0)]


@pytest.mark.parametrize("width", [drawing.WIDE, drawing.NARROW])
def test_bars_print_every_value_and_are_in_proportion(width: float) -> None:
    root = checked(bar.svg(BARS, title="Needs", width=width))
    found = texts(root)
    assert {"14", "£7 million", "0"} <= set(found)
    widths = [float(node.attrib["width"]) for node in root.iter(f"{NS}rect")]
    assert widths[0] == pytest.approx(widths[1] * 2, abs=0.2)
    assert rightmost(root) <= width


@pytest.mark.parametrize("width", [drawing.WIDE, drawing.NARROW])
def test_bars_with_very_long_labels_and_values_stay_inside(width: float) -> None:
    long = bar.Bar(
        "Integrated adult social care case management and finance system for everyone " * 3, 5, "£123.4 million"
    )
    assert rightmost(checked(bar.svg([long, *BARS], title="Needs", width=width))) <= width


def test_bars_all_nothing_or_below_nothing_can_be_drawn() -> None:
    checked(bar.svg([bar.Bar("a", 0), bar.Bar("b", -3)], title="Needs"))
    assert texts(checked(bar.svg([], title="Needs"))) == ["Nothing to show yet"]


def test_bars_with_links_are_a_group_that_can_be_reached() -> None:
    root = checked(bar.svg([bar.Bar("Housing", 1, href="/x?a=1&b=2")], title="Needs"))
    assert root.get("role") == "group"
    assert [node.get("href") for node in root.iter(f"{NS}a")] == ["/x?a=1&b=2"]


def test_rows_hold_what_is_printed() -> None:
    table = bar.rows(BARS, head=("Category", "Needs"))
    assert table.head == ("Category", "Needs")
    assert list(table.rows) == [
        ("Housing management", "14"),
        ("Telephony & contact <centre>", "£7 million"),
        ("None", "0"),
    ]
