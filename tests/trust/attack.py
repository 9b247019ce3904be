"""Somebody who reads all that two notices have published, and works out what single boroughs stated.

It knows which needs stand behind each total and which were amended when, which is more than the pages say. It knows
nothing of how the totals were let through: it is written apart from procurement/disclosure on purpose.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_diag

from tests.trust.rolling import ORDERS, World

# So many programmes are solved as one.
TOGETHER = 24
# quantity, need, state
Name = tuple[str, str, int]


@dataclass(frozen=True)
class Recovered:
    reader: str | None
    names: tuple[Name, ...]
    how: str
    guess: float
    truth: int


class Attacker:
    """One reader, or anybody (None), with its equations. The amounts that it knows itself are filled in."""

    def __init__(self, world: World, reader: str | None) -> None:
        self.world = world
        self.reader = reader
        told = {(said.quantity, *state) for said in world.statements for state in said.states}
        self.own = {name for name in told if world.owners[name[1]] == reader}
        self.names = sorted(told - self.own)
        self.place = {name: number for number, name in enumerate(self.names)}
        self.asked: set[tuple[tuple[Name, ...], int]] = set()
        self.points: list[np.ndarray] = [np.array([world.truth[name] for name in self.names], dtype=float)]
        rows = [*self._totals(), *self._orders()]
        self.matrix = np.array([row[0] for row in rows])
        self.low = np.array([row[1] for row in rows])
        self.high = np.array([row[2] for row in rows])

    def _totals(self) -> Iterator[tuple[np.ndarray, float, float]]:
        for said in self.world.statements:
            row = np.zeros(len(self.names))
            known = 0
            for state in said.states:
                name = (said.quantity, *state)
                if name in self.own:
                    known += self.world.truth[name]
                else:
                    row[self.place[name]] = 1
            yield row, said.low - known, said.high - known

    def _orders(self) -> Iterator[tuple[np.ndarray, float, float]]:
        for lower, upper in ORDERS:
            for quantity, need, state in self.names:
                other = (upper, need, state)
                if quantity == lower and other in self.place:
                    row = np.zeros(len(self.names))
                    row[self.place[other]], row[self.place[lower, need, state]] = 1, -1
                    yield row, 0, np.inf

    def search(self) -> dict[tuple[Name, ...], tuple[float, float]]:
        """How little and how much each target can come to, as far as it matters: ten per cent either way is enough."""
        targets = list(dict.fromkeys(self.targets()))
        self.spread(1)
        self.spread(-1)
        while wanted := [
            (names, sign)
            for names in targets
            for sign in (1, -1)
            if (names, sign) not in self.asked and self._is_near(names, sign)
        ]:
            self._go_far(wanted[:TOGETHER])
            self.asked.update(wanted[:TOGETHER])
        seen = {names: [self._sum(point, names) for point in self.points] for names in targets}
        return {names: (min(sums), max(sums)) for names, sums in seen.items()}

    def _sum(self, point: np.ndarray, names: Sequence[Name]) -> float:
        return float(point[[self.place[name] for name in names]].sum())

    def _is_near(self, names: Sequence[Name], sign: int) -> bool:
        """Whether no amounts that have been found so far lie ten per cent to this side."""
        truth = self._sum(self.points[0], names)
        return all(sign * (self._sum(point, names) - truth) < 0.1 * truth for point in self.points)

    def _go_far(self, wanted: Sequence[tuple[Sequence[Name], int]]) -> None:
        """For each target the amounts that take it as far as ten per cent, or else as far as it can go."""
        aims = np.zeros((len(wanted), len(self.names)))
        for aim, (names, _) in zip(aims, wanted, strict=True):
            aim[[self.place[name] for name in names]] = 1
        signs = np.array([sign for _, sign in wanted])
        ends = (aims @ self.points[0]) * (1 + 0.1 * signs)
        # One programme of as many parts, none of which has to do with another.
        matrix = block_diag([self.matrix] * len(wanted), format="csc")
        stops = block_diag([aim[None, :] for aim in aims], format="csc")
        found = self._solve(
            (-signs[:, None] * aims).ravel(),
            [
                LinearConstraint(matrix, np.tile(self.low, len(wanted)), np.tile(self.high, len(wanted))),
                LinearConstraint(stops, np.where(signs > 0, -np.inf, ends), np.where(signs > 0, ends, np.inf)),
            ],
        )
        self.points += list(found.reshape(len(wanted), -1))

    def spread(self, sign: int) -> None:
        """Amounts that all agree with what is published, each time as many as possible far from those before."""
        truth = self.points[0]
        size = len(truth)
        left = np.ones(size, dtype=bool)
        while left.any():
            # The second half of the variables says how far of the way each amount has gone, which is all that counts.
            far = np.hstack([np.eye(size), -sign * np.diag(0.1 * truth + 1e-3)])
            point = self._solve(
                np.append(np.zeros(size), -left.astype(float)),
                [
                    LinearConstraint(np.hstack([self.matrix, np.zeros_like(self.matrix)]), self.low, self.high),
                    LinearConstraint(far, *((truth, np.inf) if sign > 0 else (-np.inf, truth))),
                ],
                ceiling=np.append(np.full(size, np.inf), left.astype(float)),
            )[:size]
            self.points.append(point)
            reached = left & (sign * (point - truth) >= 0.1 * truth)
            if not reached.any():
                return
            left &= ~reached

    def _solve(
        self, cost: np.ndarray, constraints: list[LinearConstraint], ceiling: np.ndarray | float = np.inf
    ) -> np.ndarray:
        found = milp(cost, constraints=constraints, bounds=Bounds(0, ceiling), options={"presolve": False})
        assert found.x is not None, found.message
        return np.asarray(found.x)

    def targets(self) -> Iterator[tuple[Name, ...]]:
        """Single needs, and what a borough has in one total."""
        for name in self.names:
            yield (name,)
        for said in self.world.statements:
            shares: dict[str, list[Name]] = {}
            for state in sorted(said.states):
                shares.setdefault(self.world.owners[state[0]], []).append((said.quantity, *state))
            yield from (tuple(share) for owner, share in shares.items() if owner != self.reader and len(share) > 1)

    def by_bounds(self) -> Iterator[Recovered]:
        """A bound that comes within ten per cent is a guess that does; so is a guess between two that are so close."""
        for names, (low, high) in self.search().items():
            truth = sum(self.world.truth[name] for name in names)
            # A pound or a person: amounts are whole, and the solver is not exact.
            slack = 1e-6 * truth
            if high < 1.1 * truth - slack:
                yield Recovered(self.reader, names, "upper bound", high, truth)
            if low > 0.9 * truth + slack:
                yield Recovered(self.reader, names, "lower bound", low, truth)

    def by_difference(self) -> Iterator[Recovered]:
        """Two totals that differ by one borough alone, but for what the reader knows: from middle to middle."""
        for one, two in combinations(self.world.statements, 2):
            if one.quantity != two.quantity or one.states.isdisjoint(two.states):
                continue
            for more, less in ((one, two), (two, one)):
                plus = [(more.quantity, *state) for state in more.states - less.states]
                minus = [(more.quantity, *state) for state in less.states - more.states]
                strange = [name for name in plus if name not in self.own]
                if not strange or not self.own.issuperset(minus) or not self._are_of_one_borough(strange):
                    continue
                own = sum(self.world.truth[name] for name in plus if name in self.own)
                own -= sum(self.world.truth[name] for name in minus)
                guess = (more.low + more.high) / 2 - (less.low + less.high) / 2 - own
                truth = sum(self.world.truth[name] for name in strange)
                if abs(guess - truth) <= 0.1 * truth:
                    yield Recovered(self.reader, tuple(sorted(strange)), "difference", guess, truth)

    def _are_of_one_borough(self, names: Collection[Name]) -> bool:
        return len({self.world.owners[name[1]] for name in names}) == 1


def recovered(world: World) -> list[Recovered]:
    """By anybody, and by every borough that has a need in any total."""
    readers = sorted({world.owners[state[0]] for said in world.statements for state in said.states})
    found: list[Recovered] = []
    for reader in (None, *readers):
        attacker = Attacker(world, reader)
        if attacker.names:
            found += [*attacker.by_bounds(), *attacker.by_difference()]
    return found
