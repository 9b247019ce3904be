import datetime

import pytest

from procurement.charts import columns, drawing
from tests.procurement.charts.drawn import NS, checked, rightmost, texts

D = datetime.date
PARTS = ("Without extra cost", "With a bridge or double running", "Boroughs whose dates you do not see")


def months(count: int, *parts: int) -> list[columns.Column]:
    """So many months from November 2027 on, all alike."""
    return [columns.Column(D(2027 + (10 + n) // 12, (10 + n) % 12 + 1, 1), parts) for n in range(count)]


def boxes(svg: str) -> list[tuple[float, float, str]]:
    """Upper edge, height and colour of each part, without the key."""
    found = [node for node in checked(svg).iter(f"{NS}rect") if node.attrib["stroke-width"] == "0.6"]
    return [(float(node.attrib["y"]), float(node.attrib["height"]), node.attrib["fill"]) for node in found]


@pytest.mark.parametrize("width", [drawing.WIDE, drawing.NARROW])
# The thirty-ninth is a January: the year stands at its column, which is the last.
@pytest.mark.parametrize("count", [1, 2, 36, 39, 120])
@pytest.mark.parametrize("marked", [0, -1])
def test_columns_fit_and_point_at_the_marked_month(width: float, count: int, marked: int) -> None:
    drawn = months(count, 1, 2, 3)
    root = checked(columns.svg(drawn, PARTS, title="Starts", marked=drawn[marked].month, width=width))
    assert f"{drawn[marked].month:%b %Y}: 6" in texts(root)
    assert rightmost(root) <= width
    assert set(PARTS) <= set(texts(root))


def test_parts_stand_on_each_other_in_proportion() -> None:
    (low, middle, high) = boxes(columns.svg([columns.Column(D(2028, 4, 1), (1, 2, 3))], PARTS, title="Starts"))
    assert middle[1] == pytest.approx(2 * low[1], abs=0.2)
    assert high[1] == pytest.approx(3 * low[1], abs=0.2)
    assert middle[0] + middle[1] == pytest.approx(low[0], abs=0.2)
    assert high[0] + high[1] == pytest.approx(middle[0], abs=0.2)
    assert len({low[2], middle[2], high[2]}) == 3


def test_part_of_nothing_is_not_drawn() -> None:
    assert len(boxes(columns.svg(months(3, 0, 2, 0), PARTS, title="Starts"))) == 3


def test_years_stand_under_their_januaries() -> None:
    found = texts(checked(columns.svg(months(36, 1), PARTS[:1], title="Starts")))
    # Two months of 2027 have no room for their year.
    assert [each for each in found if each.startswith("20")] == ["2028", "2029", "2030"]


@pytest.mark.parametrize("drawn", [[], months(5, 0, 0)])
def test_without_anybody_the_chart_says_so(drawn: list[columns.Column]) -> None:
    assert texts(checked(columns.svg(drawn, PARTS, title="Starts"))) == ["Nothing to show yet"]


def test_rows_hold_one_row_for_months_that_are_alike() -> None:
    drawn = [*months(3, 1, 2), columns.Column(D(2028, 2, 1), (0, 1))]
    table = columns.rows(drawn, PARTS[:2])
    assert table.head == ("Start", *PARTS[:2], "Together")
    assert table.rows == [("November 2027 to January 2028", "1", "2", "3"), ("February 2028", "0", "1", "1")]
    assert columns.rows(months(1, 4), PARTS[:1]).rows == [("November 2027", "4")]
