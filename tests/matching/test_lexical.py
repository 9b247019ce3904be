from __future__ import annotations

import numpy as np
import pytest

from procurement.matching import lexical


def test_rows_have_unit_length_and_rare_terms_weigh_more():
    lexicon = lexical.tfidf([{"parking": 1.0, "permit": 1.0}, {"parking": 1.0, "kiosk": 1.0}, {"parking": 1.0}])
    np.testing.assert_allclose(np.linalg.norm(lexicon.matrix.toarray(), axis=1), 1, atol=1e-6)
    first = dict(zip(lexicon.terms, lexicon.matrix.toarray()[0], strict=True))
    assert first["permit"] > first["parking"] > 0
    assert lexicon.idf[lexicon.terms.index("parking")] == pytest.approx(1.0)
    assert lexicon.idf[lexicon.terms.index("permit")] == pytest.approx(np.log(4 / 2) + 1)


def test_an_item_without_terms_stays_zero():
    lexicon = lexical.tfidf([{}, {"parking": 2.0}])
    assert lexicon.matrix.toarray()[0].sum() == 0
    assert lexical.tfidf([]).matrix.shape == (0, 0)


def test_the_title_weighs_double_and_pairs_stay_within_a_sentence():
    counts = lexical.word_counts("Parking permits", "Residents park. Visitors pay.")
    assert counts["parking permit" if "parking permit" in counts else "park permit"] == 2.0
    assert "resident park" in counts
    assert "park visitor" not in counts


def test_letters_bridge_spellings():
    one, two, other = (lexical.character_counts(t) for t in ("e-forms", "eForms", "payroll"))
    assert one == two
    assert not one.keys() & other.keys()
