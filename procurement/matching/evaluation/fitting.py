"""Chooses settings on labels: by trying each of a grid."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final, TypeVar

from procurement.matching.evaluation.figures import Figures, measured
from procurement.matching.evaluation.labelled import Labelled

CUTS: Final = tuple(round(0.28 + 0.02 * step, 2) for step in range(17))
THIN: Final = (0.10, 0.16, 0.22, 0.28)
Setting = TypeVar("Setting")
_ALIKE: Final = 1e-9


def best_of(
    labelled: Labelled,
    grid: Sequence[Setting],
    predict: Callable[[Setting], Mapping[str, str]],
    aim: Callable[[Figures], float],
) -> Setting:
    """Return the value of ``grid`` whose grouping does best by ``aim`` on the labels; of several the middle one."""
    reached = [aim(measured(labelled, predict(value))) for value in grid]
    best = [value for value, score in zip(grid, reached, strict=True) if score >= max(reached) - _ALIKE]
    return best[(len(best) - 1) // 2]


def once(predict: Callable[[Setting], Mapping[str, str]]) -> Callable[[Setting], Mapping[str, str]]:
    """Return ``predict`` with its groupings kept: every fold tries the same grid."""
    return lru_cache(maxsize=None)(predict)


def careful(figures: Figures) -> float:
    """The aim of our own settings: pairwise F1, which large groups rule, and B-cubed F1, which all items do, less what
    recall is ahead of precision. A wrong partner costs a borough more than a missing one, whom review still finds.
    """
    ahead = max(0.0, figures.pairwise.recall - figures.pairwise.precision)
    return figures.pairwise.f1 + figures.bcubed.f1 - ahead


def f1(figures: Figures) -> float:
    """The aim of the peers' thresholds."""
    return figures.pairwise.f1
