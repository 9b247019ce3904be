"""The map of stages: what is drawn for each, and that colour is never all that says it."""

import pytest

from procurement.charts import stages
from procurement.charts.stages import LOOKS, Place
from procurement.models import Participation
from tests.procurement.charts.drawn import checked


def test_every_stage_of_the_ladder_has_a_look() -> None:
    assert set(LOOKS) == set(Participation.Stage.values)


@pytest.mark.parametrize("stage", LOOKS)
def test_tile_says_its_stage_in_words_and_by_a_mark(stage: str) -> None:
    drawn = str(stages.svg([Place("Camd", "Camden", 1, 1, stage)], title="Map"))
    assert f"<title>Camden: {LOOKS[stage].words}</title>" in drawn
    bars = [rung for rung in (1, 2, 3, 4) if LOOKS[stage].rungs == rung]
    assert bars or LOOKS[stage].sign in drawn


def test_marks_of_the_stages_are_all_different() -> None:
    assert len({(look.rungs, look.sign) for look in LOOKS.values()}) == len(LOOKS)


def test_key_has_what_occurs_and_the_description_counts_it() -> None:
    places = [
        Place("Camd", "Camden", 1, 1, "COMMITTED", leads=True),
        Place("Bren", "Brent", 1, 2, "COMMITTED"),
        Place("Barn", "Barnet", 2, 1, "DECLINED"),
        Place("Enfi", "Enfield", 2, 2),
    ]
    drawn = str(stages.svg(places, title="Map"))
    checked(drawn)
    assert "<desc>Committed: 2. Declined: 1.</desc>" in drawn
    for words in ("Committed</text>", "Declined</text>", "No need here</text>", "Leads</text>"):
        assert words in drawn
    assert "Watching</text>" not in drawn
    assert "<title>Camden: Committed, leads</title>" in drawn


def test_table_has_those_with_a_part_by_name() -> None:
    places = [Place("Camd", "Camden", 1, 1, "WATCHING", leads=True), Place("Bren", "Brent", 1, 2, "SUGGESTED")]
    found = stages.rows([*places, Place("Enfi", "Enfield", 2, 2)])
    assert found.rows == [("Brent", "Not answered yet"), ("Camden", "Watching, leads")]


def test_names_are_text() -> None:
    drawn = str(stages.svg([Place("<b>", "<script>", 1, 1, "WATCHING")], title="<i>"))
    assert "<script>" not in drawn
    assert "<b>" not in drawn
    assert "<i>" not in drawn


def test_nothing_to_show_is_said() -> None:
    assert "Nothing to show yet" in stages.svg([], title="Map")
