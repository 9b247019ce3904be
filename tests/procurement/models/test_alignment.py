"""The key of what was aligned, and the shape that is stored."""

from dataclasses import fields

import pytest

from procurement.matching import align
from procurement.models.alignment import VERSION, key_of

MEMBERS = [("N-1", 1), ("N-2", 3)]


def test_key_does_not_depend_on_the_order() -> None:
    assert key_of(MEMBERS) == key_of(reversed(MEMBERS))


def test_key_changes_with_a_member_and_with_what_it_says() -> None:
    others = [[("N-1", 2), ("N-2", 3)], [("N-1", 1)], [*MEMBERS, ("N-3", 1)], [("N-11", 1), ("N-2", 3)], []]
    assert len({key_of(members) for members in [MEMBERS, *others]}) == 6


def test_key_changes_with_the_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = key_of(MEMBERS)
    monkeypatch.setattr("procurement.models.alignment.VERSION", VERSION + 1)
    assert key_of(MEMBERS) != before


def test_shape_that_is_stored_is_that_of_the_version() -> None:
    """A page reads what an earlier version of the code has stored: a new shape needs a new VERSION."""
    stored = (align.Alignment, align.Requirement, align.Line, align.Difference, align.StandingTerm)
    assert (VERSION, {each.__name__: [field.name for field in fields(each)] for each in stored}) == (
        1,
        {
            "Alignment": ["owners", "common", "shared", "specific", "standing"],
            "Requirement": ["text", "lines", "owners", "share", "strength", "priority", "differences", "against"],
            "Line": ["item", "owner", "place", "text", "prose", "priority", "opposes"],
            "Difference": ["what", "values"],
            "StandingTerm": ["topic", "lines", "owners"],
        },
    )
