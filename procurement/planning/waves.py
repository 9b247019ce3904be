"""The fewest starts that hold everybody, and of these the ones that weigh least: exactly.

With more than one possible end a borough has several months that suit it, and worse ones between them. Two starts far
apart may be as good for it as each other, so starts do not divide the boroughs into runs of neighbours, and neither a
sweep nor a shortest path over the months is exact. What is left is the problem of opening few depots and sending every
customer to its nearest (the p-median problem), with at most 120 depots and some 33 customers. It is searched through,
branch and bound (docs/adr/0015-exact-waves.md).

For one start, then for two, three and so on, the search looks for the set that holds everybody and for which

    weight · scale + the sum of its places

is least, where `scale` is more than any such sum: the lightest set, and of equally light ones one that lies early. The
first number of starts that has such a set is the least.

It is complete. Some borough that the taken starts do not hold has to join one of those that it can join, so each of
these is tried in turn; a start that has been tried is not tried again beside its siblings, because the sets that hold
it have been seen. Where everybody is held, each further start is tried in this way. A branch is left only where no set
in it can be better than the best one known, by one of four bounds:

- Boroughs without a start, no two of which can join the same one, need a start each. More of them than starts that are
  missing: no set.
- As many of them as starts that are missing: each further start holds exactly one of them. Others are no longer tried.
- Nobody ends up better than with the best of the taken starts and all that may still be tried.
- Further starts together improve by no more than the sum of what each improves alone, because each borough joins but
  one of them: the best single improvements are added up, one for each start that is missing (in the second case the
  best for each of those boroughs).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Heavier than any set of starts that holds everybody.
NEVER = 1_000_000

Whole = NDArray[np.int64]
Truth = NDArray[np.bool_]


def fewest_starts(weights: Sequence[Sequence[int | None]]) -> list[int]:
    """Rows of `weights` (a start each) to take, in order. A column is a borough; None where it cannot join.

    [] where nobody can join anything.
    """
    table = np.array([[NEVER if each is None else each for each in row] for row in weights], dtype=np.int64)
    table = table[:, (table < NEVER).any(axis=0)]
    count, found = 0, list[int]()
    while table.size and not found:
        count += 1
        found = _Search(table, count).best
    return found


class _Search:
    """Of all sets of `count` starts that hold everybody, the lightest and earliest; [] where there is none."""

    def __init__(self, table: Whole, count: int) -> None:
        scale = count * len(table)
        self._weights = table * scale
        self._joins = table < NEVER
        # Pairs of boroughs that can join no start together.
        self._apart = self._joins.T.astype(int) @ self._joins.astype(int) == 0
        self._never = NEVER * scale
        # What the best set weighs. Whoever is not held weighs as much, so only sets that hold everybody are better.
        self._least = self._never
        self.best: list[int] = []
        self._extend([], np.full(table.shape[1], self._never), np.arange(len(table)), count)

    def _extend(self, taken: list[int], reached: Whole, rows: Whole, missing: int) -> None:
        """Try all sets of the taken starts and `missing` of `rows`. `reached` is each borough's weight so far."""
        if missing == 1:
            self._finish(taken, reached, rows)
            return
        separate = self._separate(reached, rows, missing)
        if len(separate) > missing:
            return
        if len(separate) == missing:
            rows = rows[self._joins[rows][:, separate].any(axis=1)]
        if len(rows) < missing or self._bound(taken, reached, rows, missing, separate) >= self._least:
            return
        tried = np.flatnonzero(self._joins[rows, separate[0]]) if separate else np.arange(len(rows))
        with_each = np.minimum(reached, self._weights[rows[tried]])
        bounds = np.minimum(with_each, self._weights[rows].min(axis=0)).sum(axis=1) + rows[tried] + sum(taken)
        left = np.ones(len(rows), dtype=bool)
        for place in np.argsort(bounds, kind="stable"):
            if bounds[place] >= self._least:
                return
            left[tried[place]] = False
            self._extend([*taken, int(rows[tried[place]])], with_each[place], rows[left], missing - 1)

    def _finish(self, taken: list[int], reached: Whole, rows: Whole) -> None:
        """Take the best last start."""
        if len(rows):
            sums = np.minimum(reached, self._weights[rows]).sum(axis=1) + rows + sum(taken)
            place = int(sums.argmin())
            if sums[place] < self._least:
                self._least, self.best = int(sums[place]), sorted([*taken, int(rows[place])])

    def _separate(self, reached: Whole, rows: Whole, missing: int) -> list[int]:
        """Boroughs that are not held, no two of which can join the same start: one by one, the most bound first."""
        waiting = np.flatnonzero(reached >= self._never)
        open_to = self._joins[rows][:, waiting].sum(axis=0)
        waiting = waiting[np.argsort(open_to, kind="stable")]
        found: list[int] = []
        while len(waiting) and len(found) <= missing:
            found.append(int(waiting[0]))
            waiting = waiting[self._apart[waiting[0], waiting]]
        return found

    def _bound(self, taken: list[int], reached: Whole, rows: Whole, missing: int, separate: list[int]) -> int:
        """No set in this branch weighs less."""
        gains = np.maximum(reached - self._weights[rows], 0).sum(axis=1) - rows
        if len(separate) == missing:
            each = np.where(self._joins[rows][:, separate], gains[:, None], -len(self._weights)).max(axis=0)
        else:
            each = np.partition(gains, -missing)[-missing:]
        return int(reached.sum() - each.sum()) + sum(taken)
