import pytest

from procurement.charts import sparkline
from tests.procurement.charts.drawn import NS, checked


@pytest.mark.parametrize("values", [[1], [5, 5, 5], [1, 2, 9, 4], [-3, 0, 1e9]])
def test_sparkline_stays_inside_and_says_first_and_last(values: list[float]) -> None:
    root = checked(sparkline.svg(values, title="Needs a month"))
    points = next(root.iter(f"{NS}polyline")).attrib["points"].split()
    assert len(points) == len(values)
    for x, y in (map(float, point.split(",")) for point in points):
        assert 0 <= x <= 120
        assert 0 <= y <= 28
    assert root[1].text is not None
    assert root[1].text.startswith("From ")


def test_rows_pair_values_with_their_labels() -> None:
    assert sparkline.rows([1, 2], ["May", "June"]).rows == [("May", "1"), ("June", "2")]
    with pytest.raises(ValueError, match="shorter"):
        sparkline.rows([1], ["May", "June"])
