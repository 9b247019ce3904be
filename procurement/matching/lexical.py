"""Sparse TF-IDF vectors over words and over characters, and over any other named features."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

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
    counts: defaultdict[str, float] = defaultdict(float)
    for part, weight in ((title, title_weight), (body, 1.0)):
        for sentence in text.sentences(part):
            stems = text.stems(sentence)
            for term in (*stems, *map(" ".join, pairwise(stems))):
                counts[term] += weight
    return dict(counts)


def character_counts(title: str, low: int = 3, high: int = 5) -> dict[str, float]:
    """Count character n-grams inside word boundaries, which bridges spellings ("e-forms", "eForms")."""
    counts: Counter[str] = Counter()
    for word in text.words(title):
        padded = f" {word.replace('-', '')} "
        for size in range(low, high + 1):
            counts.update(padded[i : i + size] for i in range(len(padded) - size + 1))
    return {term: float(count) for term, count in counts.items()}


def tfidf(counts: Sequence[Mapping[str, float]], *, least: int = 1, sublinear: bool = True) -> Lexicon:
    """Weigh counts by smoothed idf, ln((1 + n) / (1 + df)) + 1, and scale rows to unit length.

    Terms in fewer than ``least`` items are left out; columns are in the order of their names, so the result
    does not depend on the order of discovery. A row without terms stays zero.
    """
    frequency = Counter(term for row in counts for term in row)
    terms = tuple(sorted(term for term, df in frequency.items() if df >= least))
    column = {term: index for index, term in enumerate(terms)}
    idf = np.array([np.log((1 + len(counts)) / (1 + frequency[t])) + 1 for t in terms], dtype=np.float64)
    pointers: list[int] = [0]
    indices: list[int] = []
    data: list[float] = []
    for row in counts:
        known = sorted((column[t], value) for t, value in row.items() if t in column)
        values = np.array([value for _, value in known], dtype=np.float64)
        values = (
            (1 + np.log(np.maximum(values, 1e-9)) if sublinear else values).clip(min=0.1) if len(values) else values
        )
        weights = values * idf[[c for c, _ in known]] if known else values
        length = float(np.linalg.norm(weights))
        indices.extend(c for c, _ in known)
        data.extend((weights / length).tolist() if length else weights.tolist())
        pointers.append(len(indices))
    matrix = csr_matrix(
        (
            np.array(data, dtype=np.float32),
            np.array(indices, dtype=np.int32),
            np.array(pointers, dtype=np.int64),
        ),
        shape=(len(counts), len(terms)),
    )
    return Lexicon(matrix, terms, idf)
