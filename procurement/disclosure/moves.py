"""Whether a figure could be another one, as far as a reader can tell.

A move says by how much each unknown is off its true amount while everything that is published stays true. It serves
every reader that does not know what it moves, so few are enough: most can be seen, and the rest are found one by one by
a linear programme and tried again on every other figure.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from procurement.disclosure.evidence import Evidence, Flags, Floats

# What the solver may be off by, as a part of what is moved.
TOLERANCE = 1e-7
Readers = Mapping[str | None, Flags]


class Moves:
    """Moves for one body of evidence; it learns from each figure that it is asked about."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        # A move in each column, as large as it can be.
        self._found: Floats = np.zeros((len(evidence.unknowns), 0))

    def stuck(self, columns: Sequence[int], distance: int, readers: Readers) -> list[str | None]:
        """The readers for whom the sum of these unknowns cannot be off by the signed `distance`."""
        if not readers or self._alone(columns, distance):
            return []
        partners = self._partners(columns, distance)
        left = {
            name: knows
            for name, knows in readers.items()
            if not (partners & ~knows).any() and not self._pooled(columns, distance, knows)
        }
        left = self._unserved(left, columns, distance)
        lost: list[str | None] = []
        while left:
            name, knows = next(iter(left.items()))
            if not self._search(columns, distance, knows):
                lost.append(name)
                del left[name]
            left = self._unserved(left, columns, distance)
        return lost

    def _alone(self, columns: Sequence[int], distance: int) -> bool:
        """Whether one of the unknowns can move by itself."""
        able = [column for column in columns if self.evidence.amounts[column] + distance >= 0]
        return bool(self.evidence.holds(self.evidence.matrix[:, able] * distance).any())

    def _partners(self, columns: Sequence[int], distance: int) -> Flags:
        """The other unknowns against which one of these can move."""
        evidence = self.evidence
        partners = np.zeros(len(evidence.unknowns), dtype=bool)
        for column in columns:
            if evidence.amounts[column] + distance >= 0:
                partners |= evidence.holds((evidence.matrix[:, [column]] - evidence.matrix) * distance)
        partners &= evidence.amounts - distance >= 0
        partners[list(columns)] = False
        return partners

    def _pooled(self, columns: Sequence[int], distance: int, knows: Flags) -> bool:
        """Whether others of the same classes can give up so much, or take it."""
        evidence, classes = self.evidence, self.evidence.alike
        others = ~knows
        others[list(columns)] = False
        if distance > 0:
            return bool(evidence.amounts[others & np.isin(classes, classes[list(columns)])].sum() >= distance)
        takers = np.unique(classes[others])
        return bool(sum(evidence.amounts[column] for column in columns if classes[column] in takers) >= -distance)

    def _unserved(
        self, readers: dict[str | None, Flags], columns: Sequence[int], distance: int
    ) -> dict[str | None, Flags]:
        """The readers that know something of each move that has been found and goes far enough."""
        reach = self._found[list(columns)].sum(axis=0) * np.sign(distance)
        moved = self._found[:, reach >= abs(distance) * (1 - 10 * TOLERANCE)] != 0
        return {name: knows for name, knows in readers.items() if not (~moved[knows].any(axis=0)).any()}

    def _search(self, columns: Sequence[int], distance: int, knows: Flags) -> bool:
        """The least move that takes the figure so far; false where there is none. It is kept, and its reverse."""
        # Imported here, for it takes a fifth of a second, which every command's start would pay.
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csc_array

        evidence = self.evidence
        free = np.flatnonzero(~knows)
        aim = np.isin(free, columns).astype(float)
        matrix = evidence.matrix[:, free]
        # Up and down apart, so that what is least is a sum; no integers are asked for.
        answer = milp(
            np.ones(2 * len(free)),
            constraints=LinearConstraint(
                csc_array(np.block([[matrix, -matrix], [aim, -aim]])),
                np.append(evidence.low, distance),
                np.append(evidence.high, distance),
            ),
            bounds=Bounds(0, np.concatenate([np.full(len(free), np.inf), evidence.amounts[free]])),
            # It takes longer than it saves on programmes as small as these.
            options={"presolve": False},
        )
        # Where the solver gives up nothing is proved, and the figure counts as exposed.
        if answer.x is None:
            return False
        move = np.zeros(len(evidence.unknowns))
        move[free] = answer.x[: len(free)] - answer.x[len(free) :]
        move[np.abs(move) <= TOLERANCE * np.abs(move).max()] = 0
        self._found = np.column_stack([self._found, self._stretched(move, at_least=1), self._stretched(-move)])
        return True

    def _stretched(self, move: Floats, *, at_least: float = 0) -> Floats:
        """As far in this direction as everything that is published stays true."""
        evidence = self.evidence
        shift = evidence.matrix @ move
        room = [at_least + np.inf]
        size = TOLERANCE * np.abs(move).max()
        room += list(evidence.high[shift > size] / shift[shift > size])
        room += list(evidence.low[shift < -size] / shift[shift < -size])
        room += list(evidence.amounts[move < 0] / -move[move < 0])
        return np.asarray(move * max(at_least, min(room)))
