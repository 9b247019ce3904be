"""What stands before what."""

import numpy as np

from tests.search.scene import BOARD, document, found, index, unit


def test_title_counts_more_than_what_follows() -> None:
    board = index(document(1, "Other", problem="Scanning of post"), document(2, "Scanning"), document(3, "Unlike"))
    assert found("scanning", board) == [2, 1]


def test_more_of_the_words_come_first() -> None:
    board = index(
        document(1, "Post scanning"), document(2, "Scanning"), document(3, "Unlike"), document(4, "Post room")
    )
    assert found("scanning of post", board)[0] == 1


def test_of_equals_the_newest_comes_first() -> None:
    board = index(document(1, "Same"), document(2, "Same"), document(3, "Unlike"))
    assert found("same", board) == [2, 1]


def test_meaning_finds_what_shares_no_word() -> None:
    vectors = {1: np.stack([unit(1)]), 2: np.stack([unit(0, 1)])}
    board = index(document(1, "Alpha"), document(2, "Beta"), vectors=vectors)
    assert found("quux", board) == []
    assert found("quux", board, unit(1, 0.1)) == [1]


def test_nearest_passage_of_a_notice_counts() -> None:
    vectors = {1: np.stack([unit(0, 0, 1), unit(1)]), 2: np.stack([unit(0, 1)])}
    assert found("quux", index(document(1, "Alpha"), document(2, "Beta"), vectors=vectors), unit(1)) == [1]


def test_meaning_does_not_override_what_must_be_there() -> None:
    vectors = {each.id: np.stack([unit(1)]) for each in BOARD}
    board = index(*BOARD, vectors=vectors)
    assert found("tower hamlets quux", board, unit(1)) == [3]


def test_one_word_of_many_is_no_answer() -> None:
    board = index(*BOARD)
    assert found("online zebra giraffe elephant crossing", board) == []
