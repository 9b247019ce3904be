"""What a misspelt word may stand for."""

import pytest

from procurement.search import spelling
from tests.search.scene import BOARD, document, index


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("telehpony", "telephony"),
        ("hosuing", "housing"),
        ("permts", "permits"),
        ("appoitnmnt", "appointment"),
    ],
)
def test_nearest_word_comes_first(word: str, expected: str) -> None:
    assert spelling.nearest(word, index(*BOARD))[0] == expected


@pytest.mark.parametrize("word", ["zzzzzz", "abc", "", "4810000", "x" * 40])
def test_what_is_like_no_word_stays_what_it_is(word: str) -> None:
    assert spelling.nearest(word, index(*BOARD)) == []


def test_of_words_as_near_the_one_that_is_written_most_comes_first() -> None:
    board = index(document(1, "Quilts quilts"), document(2, "Quills"), document(3, "Quilts"))
    assert spelling.nearest("quilzs", board)[:1] == ["quilts"]


def test_two_words_that_were_written_together_are_parted() -> None:
    assert spelling.parted("parkingpermits", index(*BOARD)) == ["parking", "permits"]
    assert spelling.parted("permits", index(*BOARD)) == []
