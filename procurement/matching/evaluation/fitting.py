"""Chooses settings on labels: by trying each of a grid."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final, TypeVar

from procurement.matching.embed import Embedder
from procurement.matching.engine import match
from procurement.matching.evaluation.figures import Figures, grouping, measured
from procurement.matching.evaluation.labelled import Labelled
from procurement.matching.items import Config

CUTS: Final = tuple(round(0.28 + 0.02 * step, 2) for step in range(17))
THIN: Final = (0.10, 0.16, 0.22, 0.28)
GRID: Final = tuple((cut, thin) for cut in CUTS for thin in THIN)
Setting = TypeVar("Setting")
Pair = tuple[float, float]  # a cut and what bare texts lose
# Of the sum that is aimed at, F1 + B-cubed F1. When the families of a file of 200 items are drawn anew, the difference
# between two cuts 0.04 apart varies by more than that: 0.02 to 0.16, mostly 0.06 (standard deviation).
CHANCE: Final = 0.04
_ALIKE: Final = 1e-9
_STEPS: Final = (0.02, 0.06)  # of the grid, in cuts and in losses


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


def near(
    labelled: Labelled,
    grid: Sequence[Pair],
    predict: Callable[[Pair], Mapping[str, str]],
    aim: Callable[[Figures], float],
    usual: Pair,
) -> Pair:
    """Return, of the values of ``grid`` that do as well by ``aim`` as the best but for ``CHANCE``, the one fewest steps
    from ``usual``; of several the best.

    A dozen families say little about a cut. What they say against the usual one counts where it is more than chance, as
    in the one-standard-error rule (Breiman et al., 1984).
    """
    reached = {value: aim(measured(labelled, predict(value))) for value in grid}
    least = max(reached.values()) - CHANCE

    def steps(value: Pair) -> float:
        return round(sum(abs(a - b) / step for a, b, step in zip(value, usual, _STEPS, strict=True)), 6)

    return min((value for value in grid if reached[value] >= least), key=lambda value: (steps(value), -reached[value]))


def once(predict: Callable[[Setting], Mapping[str, str]]) -> Callable[[Setting], Mapping[str, str]]:
    """Return ``predict`` with its groupings kept: every fold tries the same grid."""
    return lru_cache(maxsize=None)(predict)


def matched(labelled: Labelled, config: Config, embedder: Embedder | None) -> Callable[[Pair], Mapping[str, str]]:
    """Return what groups all items under a cut and a loss of bare texts, each grouping made once. No label goes in."""

    def predict(setting: Pair) -> Mapping[str, str]:
        changed = replace(config, cut=setting[0], thin=setting[1])
        return grouping(labelled, match(labelled.items, (), changed, embedder=embedder))

    return once(predict)


def careful(figures: Figures) -> float:
    """The aim of our own settings: pairwise F1, which large groups rule, and B-cubed F1, which all items do, less what
    recall is ahead of precision. A wrong partner costs a borough more than a missing one, whom review still finds.
    """
    ahead = max(0.0, figures.pairwise.recall - figures.pairwise.precision)
    return figures.pairwise.f1 + figures.bcubed.f1 - ahead


def f1(figures: Figures) -> float:
    """The aim of the peers' thresholds."""
    return figures.pairwise.f1
