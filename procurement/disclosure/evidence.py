"""Everything that is published, as inequalities over what is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from procurement.disclosure.unknowns import Release, Unknown

# (lower, upper): in one and the same need the first quantity is never more than the second.
Order = tuple[str, str]
T = TypeVar("T")
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
# A set of unknowns is published to come to so much at least, so much at most.
Row = tuple[Mapping[Unknown, int], float, float]


@dataclass(frozen=True)
class Evidence:
    """By how much each unknown may be off its true amount while everything that is published stays true.

    The true amounts are the origin: every row holds where nothing is off. A row is a published total, or the order of
    two quantities of a need; a column is an unknown.
    """

    unknowns: tuple[Unknown, ...]
    matrix: Floats
    low: Floats
    high: Floats

    @cached_property
    def amounts(self) -> Floats:
        return np.array([unknown.amount for unknown in self.unknowns], dtype=float)

    @cached_property
    def place(self) -> Mapping[Unknown, int]:
        return {unknown: number for number, unknown in enumerate(self.unknowns)}

    @cached_property
    def alike(self) -> NDArray[np.int64]:
        """By unknown, the number of its class: what is published says of all in a class only what they add up to."""
        _, classes = np.unique(self.matrix.T, axis=0, return_inverse=True)
        return np.asarray(classes, dtype=np.int64).reshape(-1)

    def owned_by(self, boroughs: frozenset[str]) -> Flags:
        return np.array([unknown.borough in boroughs for unknown in self.unknowns], dtype=bool)

    def holds(self, shifts: Floats) -> Flags:
        """By column, whether every row holds when it is shifted so."""
        inside = (shifts >= self.low[:, None]) & (shifts <= self.high[:, None])
        return np.asarray(inside.all(axis=0))


def gather(
    releases: Sequence[Release], waived: frozenset[str], *, about: Release | None, orders: Sequence[Order]
) -> Evidence:
    """The evidence of these releases, without what is open to everybody; with `about`, what touches that release."""
    opened = _opened(releases, waived)
    hidden = [frozenset(release.unknowns - opened) for release in releases]
    pairs = _pairs(frozenset(chain.from_iterable(release.unknowns for release in releases)), orders)
    if about is not None:
        near = connected(about.unknowns - opened, [*hidden, *(frozenset(pair) - opened for pair in pairs)])
    else:
        near = frozenset(chain.from_iterable(hidden))
    rows = [*_totals(releases, hidden, near), *_order_rows(pairs, near)]
    return _evidence(near, rows)


def _opened(releases: Sequence[Release], waived: frozenset[str]) -> frozenset[Unknown]:
    return frozenset(
        unknown
        for release in releases
        for unknown in release.unknowns
        if unknown.borough in waived or unknown.borough in release.waived
    )


def _pairs(unknowns: frozenset[Unknown], orders: Sequence[Order]) -> list[tuple[Unknown, Unknown]]:
    """What is known to be no more than what. A reader may not know which states of a need were so at one time, and is
    told it wherever it is true."""
    by_need: dict[tuple[str, str, str], list[Unknown]] = {}
    for unknown in unknowns:
        by_need.setdefault((unknown.quantity, unknown.borough, unknown.need), []).append(unknown)
    return [
        (lower, upper)
        for low_name, high_name in orders
        for (quantity, borough, need), lowers in by_need.items()
        if quantity == low_name
        for lower in lowers
        for upper in by_need.get((high_name, borough, need), ())
        if lower.amount <= upper.amount
    ]


def connected(start: frozenset[T], groups: Sequence[frozenset[T]]) -> frozenset[T]:
    """All that hangs together with `start` through one group or a chain of them."""
    near, left = start, list(groups)
    while touching := [group for group in left if not near.isdisjoint(group)]:
        left = [group for group in left if near.isdisjoint(group)]
        near = near.union(*touching)
    return near


def _totals(releases: Sequence[Release], hidden: Sequence[frozenset[Unknown]], near: frozenset[Unknown]) -> list[Row]:
    """What is published twice of the same needs counts once, as both together say it."""
    rows: dict[frozenset[Unknown], tuple[int, int]] = {}
    for release, unknowns in zip(releases, hidden, strict=True):
        if near.isdisjoint(unknowns):
            continue
        low, high = release.low - release.total, release.high - 1 - release.total
        before = rows.get(unknowns, (low, high))
        rows[unknowns] = max(low, before[0]), min(high, before[1])
    return [(dict.fromkeys(unknowns, 1), low, high) for unknowns, (low, high) in rows.items()]


def _order_rows(pairs: Sequence[tuple[Unknown, Unknown]], near: frozenset[Unknown]) -> list[Row]:
    return [
        ({lower: 1, upper: -1}, -np.inf, upper.amount - lower.amount)
        for lower, upper in pairs
        if lower in near or upper in near
    ]


def _evidence(unknowns: frozenset[Unknown], rows: Sequence[Row]) -> Evidence:
    ordered = tuple(sorted(unknowns))
    place = {unknown: number for number, unknown in enumerate(ordered)}
    matrix = np.zeros((len(rows), len(ordered)))
    for number, (factors, _, _) in enumerate(rows):
        for unknown, factor in factors.items():
            # What is open to everybody is off by nothing, and has no column.
            if unknown in place:
                matrix[number, place[unknown]] = factor
    low = np.array([row[1] for row in rows], dtype=float)
    high = np.array([row[2] for row in rows], dtype=float)
    return Evidence(ordered, matrix, low, high)
