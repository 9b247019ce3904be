import csv
from pathlib import Path

import pytest

from procurement.charts import palette, tiles
from tests.picture import made
from tests.procurement.charts.drawn import NS, checked, rightmost, texts

AUTHORITIES = Path(__file__).resolve().parents[3] / "boroughs" / "data" / "authorities.csv"


def london(**values: float) -> list[tiles.Cell]:
    with AUTHORITIES.open(encoding="utf-8", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["tile_row"]]
    return [
        tiles.Cell(
            line["abbreviation"],
            line["name"],
            int(line["tile_row"]),
            int(line["tile_column"]),
            values.get(line["abbreviation"], 0),
        )
        for line in lines
    ]


def test_tiles_draw_33_squares_that_do_not_meet() -> None:
    root = checked(tiles.svg(london(Camd=20, City=1), title="Needs"))
    squares = [node for node in root.iter(f"{NS}rect") if node.get("rx") == "6"]
    assert len(squares) == 33
    assert len({(node.get("x"), node.get("y")) for node in squares}) == 33


def test_tiles_print_values_and_fit_the_drawing() -> None:
    root = checked(tiles.svg(london(Camd=20, Swrk=1_234_567), title="Needs", unit="Needs of boroughs"))
    assert {"Camd", "20", "1,234,567"} <= set(texts(root))
    assert rightmost(root) <= float(root.attrib["width"]) + 0.5


def test_tiles_colour_by_fifths_with_readable_ink() -> None:
    cells = [tiles.Cell(str(n), str(n), 1, n + 1, n) for n in range(6)]
    root = checked(tiles.svg(cells, title="Needs"))
    fills = [node.get("fill") for node in root.iter(f"{NS}rect") if node.get("rx") == "6"]
    assert fills == [palette.NOTHING, *palette.STEPS]
    inks = [node.get("fill") for node in root.iter(f"{NS}text")][:12:2]
    assert inks == [palette.NOTHING_INK, *palette.STEP_INK]


def test_key_shows_only_steps_that_can_occur() -> None:
    root = checked(tiles.svg(london(Camd=3), title="Needs"))
    assert texts(root)[-4:] == ["0", "1", "2", "3"]


def test_tiles_without_any_value_have_a_key_of_nothing() -> None:
    assert texts(checked(tiles.svg(london(), title="Needs")))[-1] == "0"
    assert texts(checked(tiles.svg([], title="Needs"))) == ["Nothing to show yet"]


def test_tile_links_say_the_full_name() -> None:
    root = checked(tiles.svg([tiles.Cell("Camd", "Camden", 1, 1, 7, href="/camden")], title="Needs"))
    assert [node.get("aria-label") for node in root.iter(f"{NS}a")] == ["Camden: 7"]


def test_rows_are_by_name() -> None:
    names = [row[0] for row in tiles.rows(london(Camd=2)).rows]
    assert names == sorted(names)
    assert ("Camden", "2") in tiles.rows(london(Camd=2)).rows


@pytest.mark.parametrize(
    ("value", "step"), [(0.1, 0), (20, 0), (21, 1), (40, 1), (60, 2), (80, 3), (81, 4), (100, 4), (150, 4), (-1, 0)]
)
def test_step_takes_equal_shares(value: float, step: int) -> None:
    assert palette.step(value, 100) == step
    assert palette.step(value, 0) == 0


def test_spot_is_of_each_authority_that_has_a_place_on_the_map() -> None:
    camden, guest = made.authority("camden", tile_row=3, tile_column=4), made.authority("guest", tile_row=None)

    ((found, spot),) = tiles.spots([guest, camden])

    assert found is camden
    assert tiles.Cell(*spot, 7) == tiles.Cell(camden.abbreviation, "Camden", 3, 4, 7)
