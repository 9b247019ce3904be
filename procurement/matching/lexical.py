"""Sparse TF-IDF vectors over words and over characters, and over any other named features."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

import numpy as np
from scipy.sparse import csr_matrix

from procurement.matching import text


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Unit rows of TF-IDF, shape (items, terms), with the names of the columns and their idf."""

    matrix: csr_matrix
    terms: tuple[str, ...]
    idf: np.ndarray


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


def character_counts(title: str) -> dict[str, float]:
    """Count sequences of 3 to 5 letters inside word boundaries, which bridges spellings ("e-forms", "eForms")."""
    counts: Counter[str] = Counter()
    for word in text.words(title):
        counts.update(_sequences(word))
    return dict(counts)


@lru_cache(maxsize=50_000)
def _sequences(word: str) -> tuple[str, ...]:
    padded = f" {word.replace('-', '')} "
    return tuple(padded[i : i + size] for size in (3, 4, 5) for i in range(len(padded) - size + 1))


def tfidf(counts: Sequence[Mapping[str, float]], *, least: int = 1, sublinear: bool = True) -> Lexicon:
    """Weigh counts by smoothed idf, ln((1 + n) / (1 + df)) + 1, and scale rows to unit length.

    Terms in fewer than ``least`` items are left out; columns are in the order of their names, so the result
    does not depend on the order of discovery. A row without terms stays zero.
    """
    sizes = np.array([len(row) for row in counts], dtype=np.int64)
    every = list(chain.from_iterable(counts))
    names = sorted(set(every))
    column = {term: index for index, term in enumerate(names)}
    found = np.fromiter(map(column.__getitem__, every), dtype=np.int64, count=len(every))
    values = np.fromiter(chain.from_iterable(row.values() for row in counts), dtype=np.float64, count=len(every))
    frequency = np.bincount(found, minlength=len(column))
    kept = np.flatnonzero(frequency >= least)
    place = np.full(len(column), -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    terms = tuple(names[index] for index in kept)
    idf = np.log((1 + len(counts)) / (1 + frequency[kept])) + 1
    rows = np.repeat(np.arange(len(counts)), sizes)
    known = place[found] >= 0
    rows, columns, values = rows[known], place[found][known], values[known]
    if sublinear:
        values = (1 + np.log(np.maximum(values, 1e-9))).clip(min=0.1)
    weights = values * idf[columns]
    sort = np.lexsort((columns, rows))
    rows, columns, weights = rows[sort], columns[sort], weights[sort]
    lengths = np.sqrt(np.bincount(rows, weights=weights * weights, minlength=len(counts)))
    data = weights / np.maximum(lengths[rows], 1e-300)
    pointers = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(counts)))])
    matrix = csr_matrix(
        (data.astype(np.float32), columns.astype(np.int32), pointers.astype(np.int64)),
        shape=(len(counts), len(terms)),
    )
    return Lexicon(matrix, terms, idf)
