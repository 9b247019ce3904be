"""Every result says why it is one."""

import numpy as np

from procurement.search import query, reasons
from tests.search.scene import BOARD, index, unit, why


def test_words_are_named_with_where_they_stand() -> None:
    assert why("cloud telephony", index(*BOARD), 1) == ("“cloud” and “telephony” in the title",)
    assert why("wi-fi visitors", index(*BOARD), 3) == (
        "“visitors” in the summary",
        "“wi-fi” further down in the notice",
    )


def test_slip_is_named() -> None:
    assert why("telehpony", index(*BOARD), 1)[0] == "“telehpony” read as “telephony”, in the title"


def test_beginning_is_named() -> None:
    assert why("librar", index(*BOARD), 3)[0] == "“librar” begins “libraries”, in the title"


def test_synonym_is_named() -> None:
    (reason,) = why("VoIP", index(*BOARD), 5)
    assert reason.startswith("Similar: voip → ")


def test_meaning_is_named_where_the_model_was_asked() -> None:
    board = index(*BOARD, vectors={1: np.stack([unit(1)])})
    assert why("quux", board, 1, unit(1)) == ("Close in meaning",)
    assert why("cloud", board, 1) == ("“cloud” in the title",)


def test_what_must_be_there_is_named() -> None:
    board = index(*BOARD)
    assert why("tower hamlets", board, 3) == ("Tower Hamlets takes part",)
    assert why('"parking permits"', board, 4) == ("“parking permits” word for word",)
    assert why("48000000", board, 1) == ("The CPV code 48000000 or one below it",)
    assert why("nt-4", board, 4) == ("The reference NT-4",)


def test_what_is_not_in_the_index_has_no_reasons() -> None:
    board = index(*BOARD)
    assert reasons.why(query.read("cloud", board), board, id=77, near=0.0) == ()
