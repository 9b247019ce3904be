"""All pairs of a labelled file from a score on, with whether they truly belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from procurement.matching import Config, calibration, match
from procurement.matching.calibration import Calibration
from procurement.matching.embed import Embedder
from procurement.matching.evaluation.labelled import Labelled

FROM: Final = 0.2  # the lowest score of the pairs that probabilities are judged on
# The lowest score of those that they are fitted to. Below it hardly a pair is right, and pairs without number there
# would bend the curve where it matters.
FITTED_FROM: Final = 0.29
# How much a pair of another file counts in a fit to this one: enough to hold the curve where a few families say little.
BESIDE: Final = 0.2


@dataclass(frozen=True, slots=True)
class ScoredPairs:
    """One entry a pair; ``scores`` from 0 to 1 and ``true`` have the shape (pairs,)."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    scores: NDArray[np.float64]
    true: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.left)

    def fitted(self, known: NDArray[np.bool_], beside: ScoredPairs | None = None) -> Calibration:
        """Fit a calibration to those of the ``known`` pairs that it is for, and a little to those of another file.

        Raises ``ValueError`` as ``calibration.fitted`` does, whatever there is beside.
        """
        used = known & (self.scores >= FITTED_FROM)
        alone = calibration.fitted(self.scores[used], self.true[used])
        if beside is None:
            return alone
        others = beside.scores >= FITTED_FROM
        return calibration.fitted(
            np.concatenate([self.scores[used], beside.scores[others]]),
            np.concatenate([self.true[used], beside.true[others]]),
            np.concatenate([np.ones(used.sum()), np.full(others.sum(), BESIDE)]),
        )


def joined(every: Sequence[ScoredPairs]) -> ScoredPairs:
    """Return the pairs of several files as one."""
    return ScoredPairs(
        tuple(id for each in every for id in each.left),
        tuple(id for each in every for id in each.right),
        np.concatenate([each.scores for each in every]),
        np.concatenate([each.true for each in every]),
    )


def scored_pairs(labelled: Labelled, config: Config, embedder: Embedder | None) -> ScoredPairs:
    """Score every pair of ``labelled`` and keep those from ``FROM`` on."""
    most = len(labelled.items)
    config = replace(config, partners=most, suggestions=most, floor=FROM)
    pairs = [pair for pair in match(labelled.items, (), config, embedder=embedder).pairs if pair.score >= FROM]
    return ScoredPairs(
        tuple(pair.left for pair in pairs),
        tuple(pair.right for pair in pairs),
        np.array([pair.score for pair in pairs], dtype=np.float64),
        np.array([labelled.gold[pair.left] == labelled.gold[pair.right] for pair in pairs], dtype=np.bool_),
    )
