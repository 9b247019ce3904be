"""An index that has changed says the same as one that is built from the start."""

import random
from dataclasses import replace

import numpy as np

from procurement.search import query, ranking
from procurement.search.document import Document
from procurement.search.index import Index
from tests.search.scene import BOARD, document, found, index, unit

WORDS = ["cloud", "telephone", "system", "housing", "repairs", "parking", "permit", "wi-fi", "library", "visitor"]


def made_up(id: int, rng: random.Random) -> Document:
    def text() -> str:
        return " ".join(rng.choices(WORDS, k=8))

    return document(id, text(), summary=text(), problem=text(), category_slug=rng.choice(["", "telephony"]))


def ranked(q: str, of: Index) -> tuple[list[int], list[float]]:
    hits = ranking.rank(query.read(q, of), of, unit(1, 0.2))
    return hits.ids.tolist(), hits.scores.tolist()


def test_changed_index_answers_like_one_that_is_built_anew() -> None:
    rng = random.Random(0)
    vectors = {id: np.stack([unit(1, rng.random()), unit(rng.random(), 1)]) for id in range(1, 80)}
    documents = {id: made_up(id, rng) for id in range(1, 31)}
    changed = index(*documents.values(), vectors=vectors)
    for turn in range(6):
        gone = rng.sample(sorted(documents), 4)
        new = [made_up(31 + turn * 5 + place, rng) for place in range(5)]
        documents = {id: each for id, each in documents.items() if id not in gone} | {each.id: each for each in new}
        changed = changed.changed(new=new, gone=gone, vectors={each.id: vectors[each.id] for each in new})
    anew = index(*documents.values(), vectors=vectors)
    for q in ("telephone system", "parking", "wi-fi visitors online", "phone system", '"cloud telephone"'):
        assert ranked(q, changed) == ranked(q, anew)
        assert found(q, changed), q


def test_correction_takes_the_place_of_what_it_corrects() -> None:
    board = index(*BOARD).changed(new=[document(9, "Telephony without clouds")], gone=[1])
    assert found("cloud telephony council", board)[0] == 9
    assert 1 not in found("council offices", board)


def test_what_is_gone_leaves_no_word_behind() -> None:
    board = index(*BOARD).changed(gone=[4])
    assert found("permits", board) == []
    assert board.written("permits") == 0


def test_index_that_others_read_does_not_change() -> None:
    board = index(*BOARD)
    board.changed(new=[document(9, "Zebra crossings")], gone=[1, 2, 3])
    assert found("zebra", board) == []
    assert found("housing repairs", board) == [2]


def test_document_of_a_known_id_is_read_anew() -> None:
    board = index(*BOARD).changed(new=[replace(BOARD[3], fields=("Skips", *BOARD[3].fields[1:]))])
    assert found("skips", board) == [4]


def test_empty_board_finds_nothing() -> None:
    assert found("telephony", index()) == []
    assert found('"cloud" NT-1 48000000', index()) == []


def test_vectors_that_come_later_are_taken_in() -> None:
    board = index(*BOARD)
    assert len(board.without_vectors) == len(BOARD)
    later = board.changed(vectors={1: np.stack([unit(1)])})
    assert [each.id for each in later.without_vectors] == [2, 3, 4, 5]
    assert later.nearness(unit(1)).tolist() == [1, 0, 0, 0, 0]
    # Of another model: not to be compared.
    assert later.nearness(np.ones(7, dtype=np.float32)).tolist() == [0, 0, 0, 0, 0]
