"""From a score to a probability, and from that to the word that is shown.

p = 1 / (1 + exp(-(slope * ln(score) - offset))), Platt's two-number form of the logarithm of a score: a score ranks
pairs, and only labels or people's answers can say how often a pair of that score is right. Of the logarithm because
the odds rise steeply where hardly a pair is right and slowly where nearly all are. The two numbers live in
``calibration.json`` and are changed by explicit command alone, so a page never changes its words overnight.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Band = Literal["strong", "likely", "possible"]
BANDS: Final[tuple[Band, ...]] = ("strong", "likely", "possible")

STRONG: Final = 0.8
LIKELY: Final = 0.5
_LEAST: Final = 0.1


@dataclass(frozen=True, slots=True)
class Calibration:
    """Two numbers which turn a score from 0 to 1 into the probability that a pair can be bought together."""

    slope: float
    offset: float

    def probabilities(self, scores: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the probability of each score, in the same shape."""
        values: NDArray[np.float64] = 1.0 / (1.0 + np.exp(self.offset - self.slope * _logarithms(scores)))
        return values

    def probability(self, score: float) -> float:
        """Return the probability of one score, rounded to 0.0001."""
        return round(float(self.probabilities(np.array([score]))[0]), 4)

    def band(self, score: float) -> Band:
        """Return the word for a score."""
        return band(self.probability(score))

    def as_dict(self) -> dict[str, float]:
        """Return the two numbers as JSON-safe values."""
        return asdict(self)


def band(probability: float) -> Band:
    """Return the word for a probability: strong from 0.8, likely from 0.5, else possible."""
    return "strong" if probability >= STRONG else "likely" if probability >= LIKELY else "possible"


def fitted(
    scores: NDArray[np.floating], right: NDArray[np.bool_], weights: NDArray[np.floating] | None = None
) -> Calibration:
    """Fit both numbers to scores and whether each pair was right, by Newton's method on the log-likelihood. Each pair
    counts once, or as often as ``weights`` say.

    Targets are smoothed as Platt (1999) does, so that answers which are all alike do not send the slope to infinity.
    Raises ``ValueError`` where either answer is missing altogether.
    """
    counts = np.ones(len(scores)) if weights is None else weights
    yes, no = float(counts[right].sum()), float(counts[~right].sum())
    if not yes or not no:
        raise ValueError("A calibration needs pairs that belong together and pairs that do not.")
    targets = np.where(right, (yes + 1) / (yes + 2), 1 / (no + 2))
    design = np.column_stack([_logarithms(scores), -np.ones(len(scores))])
    numbers = np.zeros(2)
    for _ in range(100):
        p = 1.0 / (1.0 + np.exp(-(design @ numbers)))
        gradient = design.T @ (counts * (targets - p))
        curvature = (design * (counts * p * (1 - p))[:, None]).T @ design + 1e-9 * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        numbers += step
        if float(np.abs(step).max()) < 1e-10:
            break
    return Calibration(round(float(numbers[0]), 4), round(float(numbers[1]), 4))


def _logarithms(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return ln(score); of nothing at all that of a score lower than any that is kept."""
    return np.log(np.maximum(scores.astype(np.float64), _LEAST))


@lru_cache(maxsize=1)
def shipped() -> Calibration:
    """Return the calibration that comes with the engine."""
    values = json.loads(files("procurement.matching").joinpath("calibration.json").read_text(encoding="utf-8"))
    return Calibration(float(values["slope"]), float(values["offset"]))
