"""How far stated probabilities are from what came true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 10
LEAST = 0.1


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs with a probability from ``low`` to ``high``: how many, their mean probability, the share that is right."""

    low: float
    high: float
    count: int
    stated: float
    right: float


def bins(
    probabilities: NDArray[np.floating], right: NDArray[np.bool_], *, least: float = LEAST, count: int = BINS
) -> tuple[Bin, ...]:
    """Return the bins that hold a pair: ``count`` of equal width from 0 to 1, pairs below ``least`` left out.

    Both arrays have the shape (pairs,).
    """
    kept = probabilities >= least
    probabilities, right = probabilities[kept], right[kept]
    place = np.minimum((probabilities * count).astype(np.intp), count - 1)
    return tuple(
        Bin(
            number / count,
            (number + 1) / count,
            int(inside.sum()),
            float(probabilities[inside].mean()),
            float(right[inside].mean()),
        )
        for number in range(count)
        if (inside := place == number).any()
    )


def expected_calibration_error(
    probabilities: NDArray[np.floating], right: NDArray[np.bool_], *, least: float = LEAST, count: int = BINS
) -> float:
    """Return the mean distance of stated and true share over the bins, weighted by their pairs (Naeini et al., 2015,
    here without the many pairs below ``least``); 0 where no pair is left.
    """
    found = bins(probabilities, right, least=least, count=count)
    pairs = sum(b.count for b in found)
    return sum(b.count * abs(b.stated - b.right) for b in found) / pairs if pairs else 0.0
