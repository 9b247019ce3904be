"""The score of a pair: a fixed weighted sum of similarities.

Fixed weights, since a learned scorer does not carry over to kinds of technology that it was not trained on,
and since a sum can be said in words: each term's share of the score is the weight of a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from procurement.matching.features import Features, Floats

Rows = NDArray[np.intp]

SCALE: Final = 10_000  # scores are whole ten-thousandths from here on: sums are exact and ties are ties everywhere
_CHUNK: Final = 16_384
# Evidence that adds to the score where it is there, and takes nothing away where it is not.
BONUSES: Final = frozenset({"product"})


@dataclass(frozen=True, slots=True)
class Profile:
    """Weights by term, and the cuts that belong to them."""

    weights: Mapping[str, float]
    cut: float
    core: float
    floor: float

    @property
    def total(self) -> float:
        """What the weights of a pair alike in everything add up to, bonuses apart."""
        return sum(weight for term, weight in self.weights.items() if term not in BONUSES)


PROFILES: Final[Mapping[str, Profile]] = {
    "minilm": Profile(
        {
            "meaning": 3.0,
            "words": 1.5,
            "letters": 0.7,
            "concepts": 1.0,
            "topics": 2.0,
            "category": 0.5,
            "kind": 0.5,
            "product": 0.4,
        },
        cut=0.46,
        core=0.52,
        floor=0.30,
    ),
    # Without the sentence model.
    "degraded": Profile(
        {"words": 1.5, "letters": 0.7, "concepts": 1.5, "category": 0.5, "kind": 0.3, "product": 0.3},
        cut=0.32,
        core=0.40,
        floor=0.20,
    ),
    # What anybody would try first; there to be compared with.
    "tfidf": Profile({"words": 1.0}, cut=0.06, core=0.12, floor=0.04),
}


@dataclass(frozen=True, slots=True)
class Scored:
    """Scored pairs of rows, each once with left before right; scores in ten-thousandths."""

    left: Rows
    right: Rows
    scores: NDArray[np.int64]

    def where(self, keep: NDArray[np.bool_]) -> Scored:
        """Return the pairs that ``keep`` marks."""
        return Scored(self.left[keep], self.right[keep], self.scores[keep])


def terms(features: Features, profile: Profile, left: Rows, right: Rows) -> Floats:
    """Return each term's share of the score for pairs of rows: shape (pairs, terms), columns as
    ``profile.weights``.
    """
    shares = np.zeros((len(left), len(profile.weights)), dtype=np.float32)
    for start in range(0, len(left), _CHUNK):
        part = slice(start, start + _CHUNK)
        for column, (term, weight) in enumerate(profile.weights.items()):
            shares[part, column] = weight * _similarity(features, term, left[part], right[part])
    shares /= profile.total
    return shares


def rounded(values: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return scores in ten-thousandths, held between 0 and 1."""
    return np.rint(np.clip(values.astype(np.float64), 0.0, 1.0) * SCALE).astype(np.int64)


def scores(features: Features, profile: Profile, left: Rows, right: Rows) -> NDArray[np.int64]:
    """Return the score of pairs of rows in ten-thousandths, shape (pairs,)."""
    return rounded(terms(features, profile, left, right).sum(axis=1, dtype=np.float64))


def _similarity(features: Features, term: str, left: Rows, right: Rows) -> Floats:
    if term == "words":
        return _sparse(features.words.matrix, left, right)
    if term == "letters":
        return _sparse(features.letters.matrix, left, right)
    if term == "concepts":
        return _sparse(features.concepts.matrix, left, right)
    if term == "product":
        return np.minimum(_sparse(features.products, left, right), 1.0)
    dense = dense_terms(features).get(term)
    if dense is None:
        raise ValueError(f"The term {term!r} needs the sentence model.")
    products: Floats = np.einsum("ij,ij->i", dense[left], dense[right])
    return products


def dense_terms(features: Features) -> dict[str, Floats]:
    """Return the terms that are inner products of dense rows, by name."""
    every = {
        "meaning": features.meaning,
        "topics": features.topics,
        "category": features.category,
        "kind": features.kind,
    }
    return {term: rows for term, rows in every.items() if rows is not None}


def _sparse(matrix: csr_matrix, left: Rows, right: Rows) -> Floats:
    products = matrix[left].multiply(matrix[right])
    return np.asarray(products.sum(axis=1), dtype=np.float32).ravel()
