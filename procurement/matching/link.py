"""Groups rows by average link over scored pairs, under the rulings of people.

Average link joins the two groups whose members score best on average, until no average reaches the cut.
Pairs that were never scored count with a fixed low score. Two rows ruled to belong together start as one
group; two groups that hold rows ruled apart are never joined. Scores are whole ten-thousandths, so sums are
exact, and equal averages go to the lowest rows: the outcome depends on nothing but the input.
"""

from __future__ import annotations

import heapq
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
    count: int,
    left: NDArray[np.intp],
    right: NDArray[np.intp],
    scores: NDArray[np.int64],
    *,
    cut: int,
    unseen: int,
    together: Sequence[tuple[int, int]] = (),
    apart: Sequence[tuple[int, int]] = (),
) -> list[int]:
    """Return the group of each of ``count`` rows, named by its lowest row.

    ``left``, ``right`` and ``scores`` are the scored pairs, each once; scores, ``cut`` and ``unseen`` are
    ten-thousandths. Raises ``ContradictoryDecisions`` where ``together`` and ``apart`` clash.
    """
    start = contracted(count, together)
    linker = _Linker(start, cut, unseen)
    for a, b in apart:
        if start[a] == start[b]:
            raise ContradictoryDecisions("Rulings contradict each other.", (a, b))
        linker.forbid(start[a], start[b])
    linker.add(np.array(start)[left].tolist(), np.array(start)[right].tolist(), scores.tolist())
    return linker.run(start)


class _Linker:
    """Groups with their neighbours, and a heap of joins; entries of the heap that are out of date are
    skipped.
    """

    def __init__(self, start: Sequence[int], cut: int, unseen: int) -> None:
        self.cut = cut
        self.unseen = unseen
        self.size: dict[int, int] = {}
        for group in start:
            self.size[group] = self.size.get(group, 0) + 1
        self.near: dict[int, dict[int, list[int]]] = {group: {} for group in self.size}
        self.forbidden: dict[int, set[int]] = {group: set() for group in self.size}
        self.heap: list[tuple[float, int, int, int, int]] = []

    def forbid(self, a: int, b: int) -> None:
        self.forbidden[a].add(b)
        self.forbidden[b].add(a)

    def add(self, left: Sequence[int], right: Sequence[int], scores: Sequence[int]) -> None:
        near = self.near
        for a, b, score in zip(left, right, scores, strict=True):
            if a == b:
                continue
            entry = near[a].get(b)
            if entry is None:
                near[a][b] = near[b][a] = [score, 1]
            else:
                entry[0] += score
                entry[1] += 1

    def offer(self, a: int, b: int, entry: Sequence[int]) -> None:
        every = self.size[a] * self.size[b]
        total, scored = entry
        average = (total + self.unseen * (every - scored)) / every
        if average >= self.cut and b not in self.forbidden[a]:
            low, high = (a, b) if a < b else (b, a)
            heapq.heappush(self.heap, (-average, low, high, self.size[low], self.size[high]))

    def run(self, start: Sequence[int]) -> list[int]:
        for group in sorted(self.near):
            for other, entry in self.near[group].items():
                if group < other:
                    self.offer(group, other, entry)
        into: dict[int, int] = {}
        while self.heap:
            _, low, high, size_low, size_high = heapq.heappop(self.heap)
            # A group only ever grows, so an unchanged size means an unchanged group.
            if self.size.get(low) != size_low or self.size.get(high) != size_high or high in self.forbidden[low]:
                continue
            self.join(low, high)
            into[high] = low
        return [_final(group, into) for group in start]

    def join(self, low: int, high: int) -> None:
        near, gone = self.near[low], self.near.pop(high)
        near.pop(high, None)
        gone.pop(low, None)
        for other, (total, scored) in gone.items():
            del self.near[other][high]
            if other in near:
                entry = near[other]
                entry[0] += total
                entry[1] += scored
            else:
                near[other] = self.near[other][low] = [total, scored]
        for other in self.forbidden.pop(high):
            self.forbidden[other].discard(high)
            self.forbid(low, other)
        self.size[low] += self.size.pop(high)
        for other, entry in near.items():
            self.offer(low, other, entry)


def _final(group: int, into: dict[int, int]) -> int:
    while group in into:
        group = into[group]
    return group
