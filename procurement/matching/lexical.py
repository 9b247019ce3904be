"""Sparse TF-IDF vectors over words and over characters, and over any other named features."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from procurement.matching import text
from procurement.matching.distinct import numbered

Numbers = NDArray[np.int64]


class Phrases(Sequence[str]):
    """Names of columns that are words and pairs of words, spelled out only when they are asked for.

    ``codes`` are ``first * (len(words) + 1) + second + 1``, with -1 as second for a single word; sorted, they are in
    the order of the names, as ``words`` are and since a space sorts before all that a word can hold.
    """

    def __init__(self, words: Sequence[str], codes: Numbers) -> None:
        self.words = words
        self.codes = codes
        self._place: dict[str, int] | None = None

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Phrases: ...
    def __getitem__(self, place: int | slice) -> str | Phrases:
        if isinstance(place, slice):
            return Phrases(self.words, self.codes[place])
        first, second = divmod(int(self.codes[place]), len(self.words) + 1)
        return f"{self.words[first]} {self.words[second - 1]}" if second else self.words[first]

    @classmethod
    def single(cls, names: Sequence[str]) -> Phrases:
        """Return columns that have one name each."""
        return cls(names, np.arange(len(names), dtype=np.int64) * (len(names) + 1))

    def places(self, others: Phrases) -> Numbers:
        """Return the place here of each of ``others``, -1 where it is not."""
        if not len(self.codes):
            return np.full(len(others), -1, dtype=np.int64)
        if self._place is None:
            self._place = {word: place for place, word in enumerate(self.words)}
        own = np.array([self._place.get(word, -2) for word in others.words], dtype=np.int64)
        first, second = others.parts(np.arange(len(others)))
        after = np.concatenate([own, [-1]])[second]  # the last stands for no second word, and is what -1 finds
        codes = own[first] * (len(self.words) + 1) + after + 1
        found = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        there = (own[first] >= 0) & (after >= -1) & (self.codes[found] == codes)
        return np.where(there, found, -1)

    def parts(self, columns: Numbers) -> tuple[Numbers, Numbers]:
        """Return the places of the first and the second word of ``columns``, -1 where there is no second."""
        if not len(self.codes):
            return np.zeros_like(columns), np.full_like(columns, -1)
        first, second = np.divmod(self.codes[columns], len(self.words) + 1)
        return first, second - 1


class Counts(NamedTuple):
    """How often each item has each term, shape (items, terms), and the names of the columns."""

    matrix: csr_matrix
    terms: Phrases


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Unit rows of TF-IDF, shape (items, terms), with the names of the columns and their idf; ``rare`` is the idf of
    a term that one item has.
    """

    matrix: csr_matrix
    terms: Phrases
    idf: NDArray[np.float64]
    rare: float


def word_counts(title: str, body: str, title_weight: float = 2.0) -> dict[str, float]:
    """Count stems and neighbouring pairs of stems; those of the title weigh ``title_weight``."""
    counts: Counter[str] = Counter()
    for sentence in text.sentences(body):
        stems = text.stems(sentence)
        counts.update(stems)
        counts.update(map(" ".join, pairwise(stems)))
    weighed: dict[str, float] = dict(counts)
    for sentence in text.sentences(title):
        stems = text.stems(sentence)
        for term in (*stems, *map(" ".join, pairwise(stems))):
            weighed[term] = weighed.get(term, 0.0) + title_weight
    return weighed


def words(count: int, forms: Sequence[str], rows: Numbers, columns: Numbers, counts: NDArray[np.float64]) -> Counts:
    """Return counted forms and pairs of forms by their stems; ``columns`` are as in ``gathering.Gathered.terms``.

    Columns are in the order of their names. Every form that is counted must have a stem.
    """
    stem_of = [text.stem(word) if (word := text.content(form)) else "" for form in forms]
    stems = sorted(set(stem_of))
    place = {stem: index for index, stem in enumerate(stems)}
    places = np.array([place[stem] for stem in stem_of], dtype=np.int64)
    first, second = np.divmod(columns, len(forms) + 1)
    after = np.concatenate([np.zeros(1, dtype=np.int64), places + 1])
    codes, column = numbered(places[first] * (len(stems) + 1) + after[second])
    return Counts(_counted(count, len(codes), rows, column, counts), Phrases(stems, codes))


def named(count: int, names: Sequence[str], rows: Numbers, columns: Numbers, counts: NDArray[np.float64]) -> Counts:
    """Return ``counts`` of ``names``, which are sorted; those that no row has are left out."""
    used, column = np.unique(columns, return_inverse=True)
    terms = Phrases.single([names[place] for place in used.tolist()])
    return Counts(_counted(count, len(used), rows, column, counts), terms)


def _counted(
    count: int, width: int, rows: Numbers, columns: Numbers, counts: NDArray[np.float64] | None = None
) -> csr_matrix:
    """Return counts, one for each, as a matrix without double entries, its columns in order; ``rows`` is sorted."""
    # A copy: double entries are summed up in place, and another thread may read the counts meanwhile.
    values = np.ones(len(rows)) if counts is None else counts.copy()
    pointers = np.searchsorted(rows, np.arange(count + 1))
    matrix = csr_matrix((values, columns.astype(np.int32), pointers.astype(np.int64)), shape=(count, width))
    matrix.sum_duplicates()
    return matrix


def tfidf(counts: Counts) -> Lexicon:
    """Weigh 1 + ln(count) by smoothed idf, ln((1 + n) / (1 + df)) + 1, and scale rows to unit length.

    A row without terms stays zero.
    """
    matrix, terms = counts
    matrix.sort_indices()
    size = matrix.shape[0]
    idf = np.log((1 + size) / (1 + np.bincount(matrix.indices, minlength=matrix.shape[1]))) + 1
    return Lexicon(_unit(matrix, idf), terms, idf, float(np.log((1 + size) / 2) + 1))


def tfidf_like(counts: Counts, known: Lexicon) -> Lexicon:
    """Return the rows of items which came later, weighed by the idf and in the columns of ``known``. A term that it
    does not have takes its part of a row's length, as a rare one does, and has no column.
    """
    matrix, terms = counts
    matrix.sort_indices()
    place = known.terms.places(terms)
    has = place >= 0
    idf = np.full(len(terms), known.rare)
    idf[has] = known.idf[place[has]]
    unit = _unit(matrix, idf)[:, np.flatnonzero(has)]
    placed = csr_matrix((unit.data, place[has][unit.indices], unit.indptr), shape=(unit.shape[0], len(known.terms)))
    placed.sort_indices()
    return Lexicon(placed, known.terms, known.idf, known.rare)


def tfidf_within(counts: Counts, known: Lexicon) -> csr_matrix:
    """Return unit rows of the terms of ``known`` alone, weighed by its idf and in its columns."""
    matrix, terms = counts
    place = known.terms.places(terms)
    has = np.flatnonzero(place >= 0)
    own = csr_matrix(matrix[:, has])
    own = csr_matrix((own.data, place[has][own.indices], own.indptr), shape=(own.shape[0], len(known.terms)))
    own.sort_indices()
    return _unit(own, known.idf)


def _unit(counts: csr_matrix, idf: NDArray[np.float64]) -> csr_matrix:
    weights = (1 + np.log(np.maximum(counts.data, 1e-9))).clip(min=0.1) * idf[counts.indices]
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    lengths = np.sqrt(np.bincount(rows, weights=weights * weights, minlength=counts.shape[0]))
    data = weights / np.maximum(lengths[rows], 1e-300)
    return csr_matrix((data.astype(np.float32), counts.indices, counts.indptr), shape=counts.shape)
