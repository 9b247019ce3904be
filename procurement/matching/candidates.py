"""Which pairs are worth scoring: all of them in a small run, those found by an exact join in a large one."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from procurement.matching.features import Features
from procurement.matching.score import Profile, Rows, dense_terms

_BLOCK: Final = 2_048  # rows of a float32 block against all others: 80 MB at 10,000 items
_SHARE_OF_CUT: Final = 0.62  # the dense terms alone must reach this share of the cut
_PER_ITEM: Final = 50
_RARE: Final = 12  # a term in at most so many items makes each two of them a candidate


def all_pairs(count: int) -> tuple[Rows, Rows]:
    """Return every pair of ``count`` rows, left before right."""
    left, right = np.triu_indices(count, k=1)
    return left, right


def joined(features: Features, profile: Profile, cut: float) -> tuple[Rows, Rows]:
    """Return pairs whose dense terms come near the cut, and pairs which share a rare word; left before
    right, sorted.

    The first join is exact and blocked, so memory grows with the number of items and not with its square.
    It keeps the best fifty pairs an item on average.
    """
    count = len(features)
    codes = [_rare_pairs(features.words.matrix, count)]
    stacked = _stacked(features, profile)
    if stacked is not None:
        codes.append(_near_pairs(stacked, _SHARE_OF_CUT * cut, _PER_ITEM * count))
    else:
        codes.append(_rare_pairs(features.concepts.matrix, count, 10 * _RARE))
    merged = np.unique(np.concatenate(codes))
    return merged // count, merged % count


def _stacked(features: Features, profile: Profile) -> NDArray[np.float32] | None:
    """Return dense terms side by side, scaled so that one inner product is their share of the score."""
    dense = dense_terms(features)
    parts = [
        rows * np.float32((profile.weights[term] / profile.total) ** 0.5)
        for term, rows in dense.items()
        if term in profile.weights
    ]
    return np.hstack(parts) if "meaning" in dense and "meaning" in profile.weights else None


def _near_pairs(rows: NDArray[np.float32], least: float, limit: int) -> NDArray[np.int64]:
    count = len(rows)
    codes: list[NDArray[np.int64]] = []
    values: list[NDArray[np.float32]] = []
    for start in range(0, count, _BLOCK):
        block = rows[start : start + _BLOCK] @ rows[start:].T
        # Only the part above the diagonal: the join is symmetric.
        left, right = np.nonzero(np.triu(block >= least, k=1))
        values.append(block[left, right])
        codes.append((left + start).astype(np.int64) * count + right + start)
    code, value = np.concatenate(codes), np.round(np.concatenate(values), 4)
    if len(code) > limit:
        code = code[value >= np.partition(value, len(value) - limit)[len(value) - limit]]
    return code


def _rare_pairs(matrix: csr_matrix, count: int, most: int = _RARE) -> NDArray[np.int64]:
    columns = matrix.tocsc()
    sizes = np.diff(columns.indptr)
    codes: list[NDArray[np.int64]] = [np.zeros(0, dtype=np.int64)]
    for column in np.flatnonzero((sizes > 1) & (sizes <= most)):
        rows = np.sort(columns.indices[columns.indptr[column] : columns.indptr[column + 1]]).astype(np.int64)
        left, right = np.triu_indices(len(rows), k=1)
        codes.append(rows[left] * count + rows[right])
    return np.unique(np.concatenate(codes))
