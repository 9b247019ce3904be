"""Finds pairs of like rows among very many without comparing each with each: an inverted file (Sivic and Zisserman,
2003).

Rows are parted into cells of like ones, and a row is compared with those of its own cell and of the few cells to whose
rows it is most alike on average. A pair is missed where neither row visits the cell of the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from procurement.matching.score import Floats, Rows

_VISITS: Final = 16  # cells that each row is compared with
_ROUNDS: Final = 5
_SAMPLE: Final = 40  # rows a cell by which the cells are found
_AT_ONCE: Final = 8_192


@dataclass(frozen=True, slots=True)
class Cells:
    """``home`` is the cell of each row, ``visits`` tells which cells it is compared with, shape (rows, cells)."""

    home: Rows
    visits: NDArray[np.bool_]

    @classmethod
    def of(cls, rows: Floats, visits: int = _VISITS) -> Cells:
        """Part ``rows`` into about as many cells as each of them has rows."""
        centres = _centres(rows, max(1, round(len(rows) ** 0.5)))
        home = np.zeros(len(rows), dtype=np.intp)
        visited = np.zeros((len(rows), len(centres)), dtype=np.bool_)
        for start in range(0, len(rows), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            home[part] = _nearest(rows[part], centres)
            most = min(visits, len(centres))
            best = np.argpartition(rows[part] @ centres.T, -most, axis=1)[:, -most:]
            np.put_along_axis(visited[part], best, True, axis=1)
        visited[np.arange(len(rows)), home] = True
        return cls(home, visited)

    def __len__(self) -> int:
        return int(self.visits.shape[1])

    def new(self, cell: int, left: Rows, right: Rows) -> NDArray[np.bool_]:
        """Tell which pairs of a row of ``cell`` and one that visits it are not found from another cell before."""
        home = self.home[right]
        return np.where(home == cell, left < right, (home > cell) | ~self.visits[left, home])


def _centres(rows: Floats, number: int) -> Floats:
    """Return the means of ``number`` sets of like rows, by Lloyd's algorithm on a part of them."""
    some = rows[np.linspace(0, len(rows) - 1, min(len(rows), _SAMPLE * number)).astype(np.intp)]
    centres = some[np.linspace(0, len(some) - 1, number).astype(np.intp)].copy()
    for _ in range(_ROUNDS):
        nearest = _nearest(some, centres)
        sizes = np.bincount(nearest, minlength=number)
        ones = np.ones(len(some), dtype=np.float32)
        sums = csr_matrix((ones, (nearest, np.arange(len(some)))), shape=(number, len(some))) @ some
        held = sizes > 0
        centres[held] = sums[held] / sizes[held, None]
    return centres


def _nearest(rows: Floats, centres: Floats) -> Rows:
    nearest: Rows = (rows @ centres.T - (centres * centres).sum(axis=1) / 2).argmax(axis=1)
    return nearest
