"""Finds the heaviest entries of each row of a matrix."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from procurement.matching.distinct import UNKNOWN, Numbers

_MULTIPLES: Final = (1.0, 1.5, 2.0, 2.5, 3.0)  # of a row's mean weight
_NEARLY: Final = 2e-6


def heaviest(matrix: csr_matrix, most: int) -> Numbers:
    """Return the ``most`` heaviest columns of each row, of equal ones the first: shape (rows, most), ``UNKNOWN`` where
    a row has fewer.
    """
    matrix.sort_indices()
    entries = np.flatnonzero(_heavy(matrix, most))
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(np.searchsorted(entries, matrix.indptr)))
    millionths = np.rint(matrix.data[entries].clip(0.0, 1.0) * 1_000_000).astype(np.int64)
    # Row, then weight from the heaviest on, then column in one whole number: sorting those is quick.
    bits = max(int(matrix.nnz).bit_length(), 1)
    keys = np.sort((((rows << 20) | (1_000_000 - millionths)) << bits) | entries)
    place = np.arange(len(rows)) - np.searchsorted(rows, np.arange(matrix.shape[0]))[rows]
    kept = place < most
    found = np.full((matrix.shape[0], most), UNKNOWN, dtype=np.int64)
    found[rows[kept], place[kept]] = matrix.indices[keys[kept] & ((1 << bits) - 1)]
    return found


def highest(values: NDArray[np.float32], most: int) -> Numbers:
    """Return the columns of the ``most`` highest values of each row in the order of the columns, of equal ones the
    first: shape (rows, most). Each row has at least ``most`` values, and none is NaN.
    """
    width = values.shape[1]
    # Values are parted in half the time of their places.
    least = np.partition(values, width - most, axis=1)[:, width - most]
    rows, columns = np.divmod(np.flatnonzero(values >= least[:, None]), width)
    if len(rows) > len(values) * most:
        order = np.lexsort((columns, -values[rows, columns], rows))
        rank = np.arange(len(rows)) - np.searchsorted(rows, rows)
        columns = columns[np.sort(order[rank < most])]
    return columns.reshape(-1, most)


def _heavy(matrix: csr_matrix, most: int) -> NDArray[np.bool_]:
    """Tell which entries are worth sorting: where ``most`` of a row reach a multiple of its mean, only these."""
    lengths = np.diff(matrix.indptr)
    mean = np.asarray(matrix.sum(axis=1)).ravel() / np.maximum(lengths, 1)
    least = np.zeros(len(lengths), dtype=np.float32)
    for multiple in _MULTIPLES:
        level = np.minimum(multiple * mean, 1.0).astype(np.float32)
        reached = np.cumsum(matrix.data >= np.repeat(level, lengths), dtype=np.int32)
        before = np.concatenate([np.zeros(1, dtype=np.int32), reached])[matrix.indptr]
        least = np.where(np.diff(before) >= most, level, least)
    # Weights are compared in millionths, so those just below are let in too.
    heavy: NDArray[np.bool_] = matrix.data >= np.repeat(least - np.float32(_NEARLY), lengths)
    return heavy
