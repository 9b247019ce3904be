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
from scipy.sparse import csr_matrix, hstack

from procurement.matching.features import Features
from procurement.matching.threads import in_turn, parts

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]
Scores = NDArray[np.int32]
Common = dict[str, Floats | csr_matrix]  # by term of the score

SCALE: Final = 10_000  # scores are whole ten-thousandths from here on: sums are exact and ties are ties everywhere
_CHUNK: Final = 16_384
_BLOCK_ROWS: Final = 512  # of a block's rows at a time: what is computed in passing stays small
# Evidence that adds to the score where it is there, and takes nothing away where it is not.
BONUSES: Final = frozenset({"product"})
_BROAD: Final = frozenset({"topics"})


@dataclass(frozen=True, slots=True)
class Profile:
    """Weights by term, and the cuts that belong to them.

    ``thin`` is taken from the score of two items that say only what they want, not why, for how many or in place of
    what: two such texts that name the same thing have little left in which they could differ. Where one of the two is
    so, half of it is taken.
    """

    weights: Mapping[str, float]
    cut: float
    floor: float
    thin: float = 0.0

    @property
    def total(self) -> float:
        """What the weights of a pair alike in everything add up to, bonuses apart."""
        return sum(weight for term, weight in self.weights.items() if term not in BONUSES)


PROFILES: Final[Mapping[str, Profile]] = {
    "minilm": Profile(
        {
            "meaning": 1.5,
            "words": 0.8,
            "concepts": 0.5,
            "topics": 5.0,
            "category": 0.3,
            "kind": 2.1,
            "product": 0.4,
        },
        cut=0.42,
        floor=0.18,
        thin=0.22,
    ),
    # Without the sentence model.
    "degraded": Profile(
        {"words": 1.5, "concepts": 1.5, "category": 0.5, "kind": 0.5, "product": 0.3},
        cut=0.32,
        floor=0.20,
        thin=0.10,
    ),
    # What anybody would try first; there to be compared with.
    "tfidf": Profile({"words": 1.0}, cut=0.06, floor=0.04),
}


@dataclass(frozen=True, slots=True)
class Stacked:
    """All terms at once: dense and sparse rows, the bonuses with their weights, and what each row takes from its
    scores. ``broad`` repeats those of the sparse rows in which almost any two needs that belong together are alike.
    """

    dense: Floats
    sparse: csr_matrix
    broad: csr_matrix
    bonuses: Mapping[str, tuple[float, csr_matrix]]
    taken: Floats

    def block(self, rows: Rows) -> Scores:
        """Return the scores among ``rows``: symmetric, shape (rows, rows), in ten-thousandths."""
        scores = np.zeros((len(rows), len(rows)), dtype=np.int32)
        # In double precision, so that the size of a block cannot show in a score.
        dense, sparse = self.dense[rows].astype(np.float64), self.sparse[rows].astype(np.float64)
        for start in range(0, len(rows), _BLOCK_ROWS):
            # What is left of these rows was computed with the rows above.
            part, rest = slice(start, start + _BLOCK_ROWS), slice(start, None)
            values = dense[part] @ dense[rest].T
            values += sparse[part] @ sparse[rest].T
            for weight, bonus in self.bonuses.values():
                values += weight * np.minimum((bonus[rows[part]] @ bonus[rows[rest]].T).toarray(), 1.0)
            values -= self.taken[rows[part], None].astype(np.float64) + self.taken[rows[rest]][None, :]
            scores[part, rest] = rounded(values)
            scores[rest, part] = scores[part, rest].T
        return scores

    def lexical(self, left: Rows, right: Rows) -> Floats:
        """Return for pairs of rows what all but their dense terms adds to the score, shape (pairs,)."""

        def some(part: slice) -> Floats:
            found = pairwise_products(self.sparse, left[part], right[part])
            for weight, bonus in self.bonuses.values():
                found += weight * np.minimum(pairwise_products(bonus, left[part], right[part]), 1.0)
            return found

        every = np.concatenate([np.zeros(0, dtype=np.float32), *in_turn(some, parts(len(left), _CHUNK))])
        every -= self.taken[left] + self.taken[right]
        return every


@dataclass(frozen=True, slots=True)
class Scored:
    """Scored pairs of rows, each once with left before right; scores in ten-thousandths."""

    left: Rows
    right: Rows
    scores: Scores

    def where(self, keep: NDArray[np.bool_]) -> Scored:
        """Return the pairs that ``keep`` marks."""
        return Scored(self.left[keep], self.right[keep], self.scores[keep])


def terms(features: Features, profile: Profile, left: Rows, right: Rows) -> Floats:
    """Return each term's share of the score for pairs of rows: shape (pairs, terms), columns as
    ``profile.weights``.
    """
    every = np.zeros((len(left), len(profile.weights)), dtype=np.float32)
    for part in parts(len(left), _CHUNK):
        every[part] = shares(profile, common(features, profile, left[part], right[part]))
    return every


def common(features: Features, profile: Profile, left: Rows, right: Rows) -> Common:
    """Return for each term what pairs of rows have in common: entry by entry where its rows are sparse, else as inner
    products, shape (pairs,).
    """
    found: Common = {}
    for term in profile.weights:
        rows = representation(features, term)
        if isinstance(rows, csr_matrix):
            found[term] = elementwise(rows, left, right)
        else:
            found[term] = np.einsum("ij,ij->i", rows[left], rows[right])
    return found


def shares(profile: Profile, found: Common) -> Floats:
    """Return each term's share of the score for pairs with this in ``common``, as ``terms`` does."""
    every = np.zeros((next(iter(found.values())).shape[0], len(profile.weights)), dtype=np.float32)
    for column, (term, weight) in enumerate(profile.weights.items()):
        shared = found[term]
        similar = summed(shared) if isinstance(shared, csr_matrix) else shared
        every[:, column] = weight * (np.minimum(similar, 1.0) if term in BONUSES else similar)
    every /= profile.total
    return every


def rounded(values: NDArray[np.floating]) -> Scores:
    """Return scores in ten-thousandths, held between 0 and 1."""
    return np.rint(np.clip(values.astype(np.float64), 0.0, 1.0) * SCALE).astype(np.int32)


def scores(features: Features, profile: Profile, left: Rows, right: Rows) -> Scores:
    """Return the score of pairs of rows in ten-thousandths, shape (pairs,)."""
    every = terms(features, profile, left, right).sum(axis=1, dtype=np.float64)
    lost = taken(features, profile)
    return rounded(every - lost[left] - lost[right])


def taken(features: Features, profile: Profile) -> Floats:
    """Return what each row takes from its scores, shape (rows,)."""
    return features.thin * np.float32(profile.thin / 2)


def stacked(features: Features, profile: Profile) -> Stacked:
    """Return the terms of ``profile`` side by side, scaled so that one inner product sums up their shares."""
    dense: list[Floats] = []
    sparse: list[csr_matrix] = []
    broad: list[csr_matrix] = []
    for term, weight in profile.weights.items():
        if term not in BONUSES:
            rows, scale = representation(features, term), np.float32((weight / profile.total) ** 0.5)
            if isinstance(rows, csr_matrix):
                sparse.append(rows * scale)
                broad.extend(sparse[-1:] if term in _BROAD else ())
            else:
                dense.append(rows * scale)
    empty = np.zeros((len(features), 0), dtype=np.float32)
    bonuses = {t: representation(features, t) for t in sorted(BONUSES & profile.weights.keys())}
    return Stacked(
        np.hstack([empty, *dense]),
        csr_matrix(hstack([csr_matrix(empty), *sparse])),
        csr_matrix(hstack([csr_matrix(empty), *broad])),
        {t: (profile.weights[t] / profile.total, rows) for t, rows in bonuses.items() if isinstance(rows, csr_matrix)},
        taken(features, profile),
    )


def representation(features: Features, term: str) -> Floats | csr_matrix:
    """Return the rows whose inner products are the similarities of ``term``."""
    every: dict[str, Floats | csr_matrix | None] = {
        "meaning": features.meaning,
        "words": features.words.matrix,
        "concepts": features.concepts.matrix,
        "topics": features.topics,
        "category": features.category,
        "kind": features.kind,
        "product": features.products,
    }
    rows = every[term]
    if rows is None:
        raise ValueError(f"The term {term!r} needs the sentence model.")
    return rows


def pairwise_products(matrix: csr_matrix, left: Rows, right: Rows) -> Floats:
    """Return the inner products of pairs of rows, shape (pairs,)."""
    return summed(elementwise(matrix, left, right))


def elementwise(matrix: csr_matrix, left: Rows, right: Rows) -> csr_matrix:
    """Return the products of pairs of rows, entry by entry."""
    return csr_matrix(matrix[left].multiply(matrix[right]))


def summed(matrix: csr_matrix) -> Floats:
    """Return the sum of each row, shape (rows,)."""
    return np.asarray(matrix.sum(axis=1), dtype=np.float32).ravel()
