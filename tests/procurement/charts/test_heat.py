from procurement.charts import heat
from tests.procurement.charts.drawn import NS, checked, rightmost, texts

NAMES = ["Camden", "Barking and Dagenham"]
COLUMNS = ["Housing management", "Telephony & more"]
VALUES = {("Camden", "Housing management"): 4.0, ("Barking and Dagenham", "Telephony & more"): 1.0}


def test_heat_prints_what_there_is() -> None:
    root = checked(heat.svg(NAMES, COLUMNS, VALUES, title="Needs"))
    assert texts(root).count("4") == 1
    assert "0" not in texts(root)
    assert len(list(root.iter(f"{NS}rect"))) == 4


def test_heat_of_33_boroughs_and_14_categories_fits() -> None:
    names = [f"Borough number {n}" for n in range(33)]
    columns = [f"A long category name {n}" for n in range(14)]
    root = checked(heat.svg(names, columns, {(n, c): 12.0 for n in names for c in columns}, title="Needs"))
    assert rightmost(root) <= 720


def test_heat_has_room_for_the_widest_of_its_names() -> None:
    """Whatever its width comes to in the arithmetic of a computer."""
    for name in (f"Place {n}" for n in range(100)):
        assert name in texts(checked(heat.svg([name], COLUMNS, {}, title="Needs")))


def test_heat_without_rows_or_columns_says_so() -> None:
    assert texts(checked(heat.svg([], COLUMNS, {}, title="Needs"))) == ["Nothing to show yet"]
    assert texts(checked(heat.svg(NAMES, [], {}, title="Needs"))) == ["Nothing to show yet"]


def test_rows_have_every_cell() -> None:
    table = heat.rows(NAMES, COLUMNS, VALUES)
    assert table.head == ("Borough", *COLUMNS)
    assert table.rows == [("Camden", "4", "0"), ("Barking and Dagenham", "0", "1")]


def test_narrow_names_what_there_is_and_leaves_out_the_rest() -> None:
    root = checked(heat.narrow([*NAMES, "None here"], COLUMNS, VALUES, title="Needs"))
    camden, housing, four, barking, telephony, one, none = texts(root)
    assert (camden, four, barking, one, none) == ("Camden", "4", "Barking and Dagenham", "1", "None here")
    assert (housing[:3], telephony[:3]) == ("Hou", "Tel")


def test_narrow_of_33_boroughs_fits_a_phone() -> None:
    names, columns = [f"A long category name, of its own kind {n}" for n in range(14)], [f"TH{n}" for n in range(33)]
    root = checked(heat.narrow(names, columns, {(n, c): 12.0 for n in names for c in columns}, title="Needs"))
    assert rightmost(root) <= 340
    assert texts(root).count("12") == 14 * 33
    assert {*columns} < {*texts(root)}


def test_narrow_without_rows_or_columns_says_so() -> None:
    assert texts(checked(heat.narrow([], COLUMNS, {}, title="Needs"))) == ["Nothing to show yet"]
    assert texts(checked(heat.narrow(NAMES, [], {}, title="Needs"))) == ["Nothing to show yet"]
