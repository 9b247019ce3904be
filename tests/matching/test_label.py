from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix

from procurement.matching import Config, features, match
from procurement.matching.distinct import UNKNOWN
from procurement.matching.heaviest import heaviest
from procurement.matching.label import Surfaces
from procurement.matching.lexical import Phrases
from tests.matching.builders import CAPABILITIES, NEEDS


def test_headings_and_terms_are_words_people_wrote():
    clusters = match(NEEDS, (), Config(capabilities=CAPABILITIES)).clusters
    assert [c.label for c in clusters] == ["PCN processing system", "Payroll system"]
    written = " ".join(f"{n.title} {n.body}" for n in NEEDS).casefold()
    for cluster in clusters:
        assert 0 < len(cluster.terms) <= 5
        assert all(word.casefold() in written for term in cluster.terms for word in term.split())


def test_without_categories_there_is_none():
    assert {c.category for c in match(NEEDS, (), Config()).clusters} == {None}


def surfaces(terms: Phrases) -> Surfaces:
    """Surfaces of a run that has these terms."""
    built = features.build(NEEDS, (), (), None, lambda done, total: None)
    return Surfaces(replace(built, words=replace(built.words, terms=terms)))


def test_words_to_show_are_looked_for_further_down_where_the_heaviest_repeat_each_other():
    # Three stems and their pairs, so that "b a" and the rest of the first six add nothing to "a" and "b".
    codes = [(a, b) for a in range(4) for b in range(-1, 4)]
    terms = Phrases(["a", "b", "c", "d"], np.array([a * 5 + b + 1 for a, b in codes], dtype=np.int64))
    wanted = [(0, -1), (0, 0), (0, 1), (1, 0), (0, 2), (2, 0), (0, 3), (1, -1), (2, 3)]
    row = np.zeros(len(codes), dtype=np.float32)
    for place, pair in enumerate(wanted):
        row[codes.index(pair)] = 0.9 - place / 10
    assert surfaces(terms).shown(csr_matrix([row]), 3) == ["a, b, c d"]


def test_words_to_show_of_many_rows_are_those_of_each_on_its_own():
    rng = np.random.default_rng(7)
    terms = Phrases(list("abcdef"), np.arange(42, dtype=np.int64))
    weights = csr_matrix(rng.random((400, 42)) * (rng.random((400, 42)) < 0.3))
    columns = heaviest(weights.copy(), 9)
    shown = surfaces(terms)
    alone = [", ".join(shown.best([terms[c] for c in row if c != UNKNOWN], 3)) for row in columns.tolist()]
    assert shown.shown(weights, 3) == alone
