from __future__ import annotations

import numpy as np
import pytest

from procurement.matching import lexical


def named(*rows):
    """Weigh counts given as one mapping a row."""
    names = sorted({name for row in rows for name in row})
    entries = [(n, names.index(name), value) for n, row in enumerate(rows) for name, value in row.items()]
    columns = np.array(entries, dtype=np.float64).reshape(-1, 3).T
    counts = lexical.named(len(rows), names, columns[0].astype(int), columns[1].astype(int), columns[2])
    return lexical.tfidf(counts)


def words(forms, *entries):
    """Count (row, first form, second form or None, count)."""
    width = len(forms) + 1
    codes = [forms.index(a) * width + (forms.index(b) + 1 if b else 0) for _, a, b, _ in entries]
    rows, counts = np.array([e[0] for e in entries]), np.array([float(e[3]) for e in entries])
    return lexical.words(int(rows.max()) + 1, forms, rows, np.array(codes), counts)


def test_rows_have_unit_length_and_rare_terms_weigh_more():
    lexicon = named({"parking": 1.0, "permit": 1.0}, {"parking": 1.0, "kiosk": 1.0}, {"parking": 1.0})
    np.testing.assert_allclose(np.linalg.norm(lexicon.matrix.toarray(), axis=1), 1, atol=1e-6)
    first = dict(zip(lexicon.terms, lexicon.matrix.toarray()[0], strict=True))
    assert first["permit"] > first["parking"] > 0
    assert lexicon.idf[lexicon.terms.index("parking")] == pytest.approx(1.0)
    assert lexicon.idf[lexicon.terms.index("permit")] == pytest.approx(np.log(4 / 2) + 1)


def test_an_item_without_terms_stays_zero():
    lexicon = named({}, {"parking": 2.0})
    assert lexicon.matrix.toarray()[0].sum() == 0
    assert named().matrix.shape == (0, 0)


def test_forms_of_one_stem_are_counted_together():
    forms = ["permits", "permit", "kiosk"]
    lexicon = lexical.tfidf(words(forms, (0, "permits", None, 2), (0, "permit", None, 1), (1, "kiosk", None, 3)))
    assert list(lexicon.terms) == ["kiosk", "permit"]
    # Three of each, so both rows are one unit long in one column.
    np.testing.assert_allclose(lexicon.matrix.toarray(), [[0, 1], [1, 0]])


def test_columns_are_in_the_order_of_their_names():
    forms = ["zone", "on-street", "on", "park", "parking.app"]
    pairs = [("park", "zone"), ("park", None), ("on", "zone"), ("on-street", None), ("parking.app", None), ("on", None)]
    terms = list(words(forms, *((0, a, b, 1) for a, b in pairs)).terms)
    assert terms == sorted(terms)
    assert len(terms) == len(pairs)


def test_the_title_weighs_double_and_pairs_stay_within_a_sentence():
    counts = lexical.word_counts("Parking permits", "Residents park. Visitors pay.")
    assert counts["parking permit" if "parking permit" in counts else "park permit"] == 2.0
    assert "resident park" in counts
    assert "park visitor" not in counts


def test_what_comes_later_is_weighed_as_if_it_had_been_there():
    forms = ["park", "permit", "zone"]
    known = lexical.tfidf(words(forms, (0, "park", None, 1), (0, "park", "zone", 2), (1, "permit", None, 1)))
    again = lexical.tfidf_like(words(["zone", "park"], (0, "park", None, 1), (0, "park", "zone", 2)), known)
    np.testing.assert_allclose(again.matrix.toarray(), known.matrix.toarray()[:1], atol=1e-6)
    assert again.terms is known.terms


def test_a_word_unknown_until_then_only_takes_from_the_rest():
    known = lexical.tfidf(words(["park", "zone"], (0, "park", None, 1), (1, "zone", None, 1)))
    later = lexical.tfidf_like(words(["park", "kerb"], (0, "park", None, 1), (0, "kerb", None, 1)), known)
    assert later.matrix.toarray()[0, 0] == pytest.approx(2**-0.5)
    assert later.matrix.nnz == 1
    assert lexical.tfidf_like(words(["park"], (0, "park", None, 1)), named({})).matrix.nnz == 0


def test_within_known_terms_the_others_take_nothing():
    known = lexical.tfidf(words(["park", "zone"], (0, "park", None, 1), (1, "zone", None, 1)))
    counts = words(["park", "kerb"], (0, "park", None, 1), (0, "kerb", None, 1), (1, "kerb", None, 1))
    np.testing.assert_allclose(lexical.tfidf_within(counts, known).toarray(), [[1, 0], [0, 0]])


def test_what_is_counted_stays_as_it_is():
    # Two forms of one stem, the later column first: summed up in place they would change places.
    counts = np.array([5.0, 2.0, 1.0])
    lexical.words(1, ["zone", "parks", "park"], np.zeros(3, dtype=int), np.array([0, 4, 8]), counts)
    assert counts.tolist() == [5.0, 2.0, 1.0]
