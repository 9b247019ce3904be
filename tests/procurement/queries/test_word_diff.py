"""What changed from one text to another."""

from hypothesis import given
from hypothesis import strategies as st

from procurement.queries.word_diff import Kept, pieces

WORDS = st.lists(st.sampled_from(["must", "keep", "calls", "for", "30", "90", "days."]), max_size=12).map(" ".join)


def side(found: object, *kept: Kept) -> str:
    return " ".join(piece.text for piece in found if piece.kept in kept)  # type: ignore[attr-defined]


@given(WORDS, WORDS)
def test_either_text_can_be_read_out_of_the_pieces(before: str, after: str) -> None:
    found = pieces(before, after)
    assert side(found, Kept.SAME, Kept.GONE) == before
    assert side(found, Kept.SAME, Kept.NEW) == after
    assert all(piece.text for piece in found)


@given(WORDS)
def test_the_same_text_has_no_change(text: str) -> None:
    assert {piece.kept for piece in pieces(text, text)} <= {Kept.SAME}


def test_one_word_that_changes_is_gone_and_new() -> None:
    found = [(piece.kept.value, piece.text) for piece in pieces("Keep calls for 30 days.", "Keep calls for 90 days.")]
    assert found == [("same", "Keep calls for"), ("gone", "30"), ("new", "90"), ("same", "days.")]
