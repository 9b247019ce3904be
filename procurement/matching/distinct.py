"""Numbers what is alike: ``np.unique`` with its inverse, for whole numbers that leave room for their own place."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

UNKNOWN: Final = -1  # the number of what has none
_BITS: Final = 63


def numbered(codes: NDArray[np.integer[Any]]) -> tuple[Numbers, Numbers]:
    """Return the different ``codes`` in order, and the place among them of each; none may be negative.

    Code and place in one whole number are sorted several times as fast as the places by their codes.
    """
    bits = len(codes).bit_length()
    if not len(codes) or int(codes.max()).bit_length() + bits > _BITS:
        return np.unique(codes, return_inverse=True)
    keys = np.sort((codes.astype(np.int64) << bits) | np.arange(len(codes)))
    ordered = keys >> bits
    new = np.diff(ordered, prepend=-1) > 0
    places = np.empty(len(codes), dtype=np.int64)
    places[keys & ((1 << bits) - 1)] = np.cumsum(new) - 1
    return ordered[new], places
