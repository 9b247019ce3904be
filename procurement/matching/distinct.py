"""Finds the different ones of many whole numbers in a fraction of the time of ``np.unique``: sorting whole numbers is
quick, sorting their places by them is not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

_BITS = 63  # of a whole number that is not negative


def distinct(numbers: Numbers) -> Numbers:
    """Return numbers, none of them negative, sorted and each once."""
    ordered = np.sort(numbers)
    return ordered[np.diff(ordered, prepend=-1) > 0]


def placed(numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Return the different ones of ``numbers``, none of them negative, sorted, and the place among them of each."""
    bits = len(numbers).bit_length()
    if int(numbers.max(initial=0)).bit_length() + bits > _BITS:
        known, place = np.unique(numbers, return_inverse=True)
        return known, place
    # Each number and where it stands in one whole number.
    keys = np.sort(numbers.astype(np.int64) << bits | np.arange(len(numbers)))
    ordered = keys >> bits
    new = np.diff(ordered, prepend=-1) > 0
    places = np.empty(len(numbers), dtype=np.int64)
    places[keys & ((1 << bits) - 1)] = np.cumsum(new) - 1
    return ordered[new], places
