"""Groups rows by average link over a full matrix of scores, under the rulings of people.

Average link joins the two groups whose members score best on average, until no average reaches the cut. Two
rows ruled to belong together start as one group; two groups that hold rows ruled apart are never joined.
Scores are whole ten-thousandths, so sums are exact, and of equal averages the group with the lower row is
taken: the outcome depends on nothing but the input.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


class ContradictoryDecisions(ValueError):
    """Rulings that cannot all hold: some rows are to be together and apart. ``rows`` are the two at odds."""

    def __init__(self, message: str, rows: tuple[int, int]) -> None:
        super().__init__(message)
        self.rows = rows


@dataclass(frozen=True, slots=True)
class Rulings:
    """Decisions as pairs of rows."""

    together: tuple[tuple[int, int], ...]
    apart: tuple[tuple[int, int], ...]

    def among(self, rows: NDArray[np.intp]) -> Rulings:
        """Return the rulings whose rows are both in ``rows`` (sorted), as places in it."""
        place = {row: index for index, row in enumerate(rows.tolist())}
        return Rulings(
            *(
                tuple((place[a], place[b]) for a, b in pairs if a in place and b in place)
                for pairs in (self.together, self.apart)
            )
        )


def contracted(count: int, together: Iterable[tuple[int, int]]) -> list[int]:
    """Return for each row the lowest row it must be with, itself where there is none (union-find)."""
    parent = list(range(count))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for left, right in together:
        low, high = sorted((root(left), root(right)))
        parent[high] = low
    return [root(row) for row in range(count)]


def average_link(
    scores: NDArray[np.integer],
    *,
    cut: int,
    together: Sequence[tuple[int, int]] = (),
    apart: Sequence[tuple[int, int]] = (),
) -> NDArray[np.intp]:
    """Return the group of each row, named by its lowest row.

    ``scores`` is symmetric, shape (rows, rows), in ten-thousandths as ``cut`` is; its diagonal is not read.
    Raises ``ContradictoryDecisions`` where ``together`` and ``apart`` clash.
    """
    linker = _Linker(scores, cut)
    root = contracted(len(scores), together)
    for a, b in apart:
        if root[a] == root[b]:
            raise ContradictoryDecisions("Rulings contradict each other.", (a, b))
        linker.total[a, b] = linker.total[b, a] = -np.inf
    for row, low in enumerate(root):
        if row != low:
            linker.join(low, row)
    for row in range(len(scores)):
        linker.follow(row)
    return linker.group


class _Linker:
    """Nearest-neighbour chains (Murtagh, 1983): for average link, joining two groups that are each other's
    nearest gives the same groups as always joining the nearest two of all, and needs no search through all.

    ``total`` holds the summed scores of two groups, at the places of their lowest rows; minus infinity where
    they may not be joined, which stays so through every sum. ``rows`` says which row is at which place: rows that
    have joined others, and groups that no other can join any more, lose theirs from time to time. Until then
    ``gone`` is minus infinity for those that have joined others: to write that into their columns takes longer.
    """

    def __init__(self, scores: NDArray[np.integer], cut: int) -> None:
        self.cut = cut
        self.total = scores.astype(np.float64)  # whole numbers below 2 ** 53, hence exact
        np.fill_diagonal(self.total, -np.inf)
        self.size = np.ones(len(scores))
        self.group = np.arange(len(scores))
        self.rows = np.arange(len(scores))
        self.open = np.ones(len(scores), dtype=np.bool_)
        self.gone = np.zeros(len(scores))

    def follow(self, row: int) -> None:
        """Join along the chain from ``row`` until its group has no neighbour above the cut."""
        if self.group[row] != row:
            return
        chain = [int(np.searchsorted(self.rows, row))]
        while True:
            last = chain[-1]
            averages = self.total[last] / (self.size[last] * self.size)
            averages += self.gone
            nearest = int(averages.argmax())
            if averages[nearest] < self.cut:
                # By symmetry only the start of a chain can be without a neighbour. None can come, for the average to
                # a group that two have joined in lies between those to the two.
                self.open[last] = False
                self._close_ranks()
                return
            if len(chain) > 1 and averages[chain[-2]] >= averages[nearest]:
                low, high = sorted((last, chain[-2]))
                self.join(low, high)
                del chain[-2:]
                if not chain:
                    chain.append(low)
            else:
                chain.append(nearest)

    def join(self, low: int, high: int) -> None:
        self.total[low] += self.total[high]
        self.total[:, low] = self.total[low]
        self.gone[high] = -np.inf
        self.size[low] += self.size[high]
        self.group[self.group == self.rows[high]] = self.rows[low]
        self.open[high] = False

    def _close_ranks(self) -> None:
        """Give up the places of closed rows once they are half of all: a smaller table is quicker."""
        if 2 * np.count_nonzero(self.open) <= len(self.open):
            kept = np.flatnonzero(self.open)
            self.total, self.size = self.total[np.ix_(kept, kept)], self.size[kept]
            self.rows, self.open, self.gone = self.rows[kept], self.open[kept], self.gone[kept]
