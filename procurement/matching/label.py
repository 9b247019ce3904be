"""Says what a group is about: its category, and the words that set it apart, as people wrote them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix

from procurement.matching import text
from procurement.matching.distinct import UNKNOWN, Numbers, numbered
from procurement.matching.features import Features
from procurement.matching.heaviest import heaviest
from procurement.matching.lexical import Phrases
from procurement.matching.score import Rows

_TERMS: Final = 5
_FIRST: Final = 2  # times the terms to show: looked at first
_LOOKED_AT: Final = 3  # times the terms to show: looked at where those are not enough
# On their own these words say nothing of what two have in common.
_EMPTY_WORDS: Final = """
    data digital management new online platform product project service services staff system systems team teams work
    working
"""
_EMPTY: Final = frozenset(map(text.stem, _EMPTY_WORDS.split()))


class Surfaces:
    """The commonest written form of each stem and of each product, and by these the terms of ``features.words``."""

    def __init__(self, features: Features) -> None:
        forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for form, count in features.forms.items():
            forms[text.stem(form.casefold())][form] += count
        written: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for (name, spelling), count in features.mentions.items():
            written[name][spelling] += count
        self._terms = features.words.terms
        empty = [place for place, word in enumerate(self._terms.words) if word in _EMPTY]
        first, second = self._terms.parts(np.arange(len(self._terms)))
        self._tells = ~np.isin(first, empty) | (second != UNKNOWN)
        self._readable: dict[str, tuple[list[str], str]] = {}
        self._columns: dict[int, str] = {}
        self._forms = {stem: _commonest(counts) for stem, counts in forms.items()}
        self._products = {name: _commonest(counts) for name, counts in written.items()}

    def product(self, name: str) -> str:
        """Return the name of a product as people write it."""
        return self._products.get(name, name.title())

    def best(self, terms: Sequence[str], most: int) -> list[str]:
        """Return the first ``most`` of ``terms`` in readable form, no word twice."""
        chosen: list[str] = []
        used: set[str] = set()
        for term in terms:
            stems, readable = self._readable.get(term) or self._read(term)
            if used.isdisjoint(stems):
                chosen.append(readable)
                if len(chosen) == most:
                    break
                used.update(stems)
        return chosen

    def telling(self, weights: csr_matrix) -> csr_matrix:
        """Return ``weights``, whose columns are the terms, without those that say nothing on their own."""
        weights = weights.copy()
        weights.data *= self._tells[weights.indices]
        weights.eliminate_zeros()
        return weights

    def shown(self, weights: csr_matrix, most: int) -> list[str]:
        """Return for each row of ``weights``, whose columns are the terms, what ``best`` gives of its heaviest, in one
        text. No more than ``_LOOKED_AT`` times ``most`` are looked at.
        """
        chosen = _chosen(self._terms, heaviest(weights, _FIRST * most), most)
        # Nearly all rows are done: to sort so many more of all of them takes half as long again.
        short = np.flatnonzero((chosen[:, -1] == UNKNOWN) & (np.diff(weights.indptr) > _FIRST * most))
        chosen[short] = _chosen(self._terms, heaviest(csr_matrix(weights[short]), _LOOKED_AT * most), most)
        used, number = np.unique(chosen, return_inverse=True)
        readable = np.array([self._columns.get(c) or self._column(c) for c in used.tolist()], dtype=object)
        # Many rows have the same, so each is spelled out once. Three of a million terms fit in one number.
        digits = len(used) ** np.arange(most)
        different, place = numbered(number.reshape(chosen.shape) @ digits)
        spelled = readable[different[:, None] // digits % max(len(used), 1)].tolist()
        texts = [", ".join(filter(None, row)) for row in spelled]
        return [texts[index] for index in place.tolist()]

    def term(self, term: str) -> str:
        """Return the readable form of a term of stems."""
        return (self._readable.get(term) or self._read(term))[1]

    def _column(self, column: int) -> str:
        self._columns[column] = found = "" if column == UNKNOWN else self.term(self._terms[column])
        return found

    def _read(self, term: str) -> tuple[list[str], str]:
        stems = term.split(" ")
        self._readable[term] = found = (stems, " ".join(self._forms.get(stem, stem) for stem in stems))
        return found


def terms(features: Features, surfaces: Surfaces, rows: Rows) -> tuple[str, ...]:
    """Return up to five words or phrases typical of the group: mean TF-IDF, of terms that two or more
    members use.
    """
    part = features.words.matrix[rows]
    columns, place = numbered(part.indices)
    weights = np.bincount(place, weights=part.data) / len(rows)
    found = np.flatnonzero(np.bincount(place, minlength=len(columns)) >= 2)
    order = columns[found[np.lexsort((found, -np.round(weights[found], 6)))][: 6 * _TERMS]]
    return tuple(surfaces.best([features.words.terms[c] for c in order], _TERMS))


def category(features: Features, count: int, rows: Rows) -> int:
    """Return the place of the likeliest of ``count`` categories, ``UNKNOWN`` where none stands out."""
    if not count:
        return UNKNOWN
    shares = (features.category[rows] ** 2).mean(axis=0)
    best = int(np.argmax(np.round(shares, 4)))
    return best if shares[best] > 1.5 / count else UNKNOWN


def _chosen(terms: Phrases, columns: Numbers, most: int) -> Numbers:
    """Return of each row's ``columns`` the first ``most`` none of which has a word of another, ``UNKNOWN`` where there
    are fewer; so it may be in ``columns``, behind the others.
    """
    nothing = UNKNOWN - 1
    first, second = terms.parts(columns)
    chosen = np.full((len(columns), most), UNKNOWN)
    count = np.zeros(len(columns), dtype=np.int64)
    taken = np.full((2 * most, len(columns)), nothing)  # words of what is chosen: two each, or one and nothing
    for place in range(columns.shape[1]):
        rows = np.flatnonzero((columns[:, place] != UNKNOWN) & (count < most))
        one, two = first[rows, place], second[rows, place]
        clash = np.zeros(len(rows), dtype=np.bool_)
        for words in taken[: 2 * place]:
            clash |= (words[rows] == one) | (words[rows] == two)
        rows, one, two = rows[~clash], one[~clash], two[~clash]
        chosen[rows, count[rows]] = columns[rows, place]
        taken[2 * count[rows], rows] = one
        taken[2 * count[rows] + 1, rows] = np.where(two == UNKNOWN, nothing, two)
        count[rows] += 1
    return chosen


def _commonest(counts: Counter[str]) -> str:
    return min(counts, key=lambda form: (-counts[form], form))
