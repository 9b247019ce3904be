"""Coverage as a sentence and as a map."""

from datetime import UTC, datetime
from typing import Any

import pytest

from boroughs.queries.coverage import BoroughCoverage, Coverage
from boroughs.queries.register_age import RegisterAge
from procurement.pdf import coverage

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def row(number: int, *, register: bool = False, needs: int = 0, **more: Any) -> BoroughCoverage:
    values: dict[str, Any] = {
        "pk": number,
        "slug": f"borough-{number}",
        "name": f"Borough {number}",
        "abbreviation": f"B{number}",
        "tile_row": 1,
        "tile_column": number,
        "is_own": False,
        "contracts": 3 if register else 0,
        "kept_at": NOW if register else None,
        "register": RegisterAge.FRESH if register else RegisterAge.ABSENT,
        "contracts_without_end": 0,
        "contracts_ended": 0,
        "needs": {"OPEN": needs} if needs else {},
        "needs_changed_at": None,
        "needs_to_confirm": 0,
        "unconfirmed_since": None,
        "has_people": False,
        "has_editors": False,
        "has_approvers": False,
    }
    return BoroughCoverage(**(values | more))


def of(*rows: BoroughCoverage) -> Coverage:
    return Coverage(at=NOW, boroughs=rows)


def test_summary_agrees_with_its_numbers() -> None:
    both, register, neither = row(1, register=True, needs=2), row(2, register=True), row(3)
    assert coverage.summary(of(both, register, neither)) == (
        "2 of 3 authorities have a contract register here, and 1 has an open need."
    )
    assert coverage.summary(of(neither)) == "0 of 1 authority have a contract register here, and 0 have an open need."


def test_tiles_say_in_words_what_is_here() -> None:
    drawn = str(
        coverage.coverage_map(of(row(1, register=True, needs=2), row(2, register=True), row(3, needs=1), row(4)))
    )
    for words in ("Borough 1: Both", "Borough 2: Register", "Borough 3: Needs", "Borough 4: –"):
        assert words in drawn
    for words in coverage.KEY.values():
        assert f">{words}<" in drawn


@pytest.mark.parametrize(
    "rows",
    [
        (row(1), row(2)),
        (row(1, needs=1), row(2)),
        (row(1, register=True), row(2, needs=9)),
        (row(1, register=True, needs=1),),
        (row(1, tile_row=None, tile_column=None),),
    ],
    ids=["nothing", "one has needs", "one each", "both", "not on the map"],
)
def test_map_can_be_drawn_of_whatever_is_here(rows: tuple[BoroughCoverage, ...]) -> None:
    assert "</svg>" in str(coverage.coverage_map(of(*rows)))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "Not here yet"),
        ({"has_people": True}, "Readers"),
        ({"has_people": True, "has_editors": True}, "Editors"),
        ({"has_people": True, "has_approvers": True}, "Approvers"),
        ({"has_people": True, "has_editors": True, "has_approvers": True}, "Editors and approvers"),
    ],
)
def test_people_in_words(more: dict[str, bool], words: str) -> None:
    assert coverage.people(row(1, **more)) == words
