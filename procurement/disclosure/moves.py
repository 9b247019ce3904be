"""Whether a figure could be another one, as far as a reader can tell: by a move that can be seen, or by a programme."""

from collections.abc import Mapping, Sequence

import numpy as np

from procurement.disclosure.evidence import Evidence, Flags, Floats

# What the solver may fall short of the distance by, as a part of it.
TOLERANCE = 1e-6
Readers = Mapping[str | None, Flags]


def stuck(evidence: Evidence, columns: Sequence[int], distance: int, readers: Readers) -> list[str | None]:
    """The readers for whom the sum of these unknowns cannot be off by the signed `distance`.

    Most can be told without a programme: the figure moves alone within the bands, or against one other unknown, or
    against others that are always told together with it. A move serves every reader that does not know what it moves.
    """
    if not readers or _alone(evidence, columns, distance):
        return []
    partners = _partners(evidence, columns, distance)
    left = {
        name: knows
        for name, knows in readers.items()
        if not (partners & ~knows).any() and not _pooled(evidence, columns, distance, knows)
    }
    found: list[str | None] = []
    while left:
        name = next(iter(left))
        moved = _solved(evidence, columns, distance, left[name])
        if moved is None:
            found.append(name)
            del left[name]
        else:
            left = {other: knows for other, knows in left.items() if (moved & knows).any()}
    return found


def _alone(evidence: Evidence, columns: Sequence[int], distance: int) -> bool:
    """Whether one of the unknowns can move by itself."""
    able = [column for column in columns if evidence.amounts[column] + distance >= 0]
    return bool(evidence.holds(evidence.matrix[:, able] * distance).any()) if able else False


def _partners(evidence: Evidence, columns: Sequence[int], distance: int) -> Flags:
    """The other unknowns against which one of these can move."""
    partners = np.zeros(len(evidence.unknowns), dtype=bool)
    free = evidence.amounts - distance >= 0
    free[list(columns)] = False
    for column in columns:
        if evidence.amounts[column] + distance >= 0:
            partners |= evidence.holds((evidence.matrix[:, [column]] - evidence.matrix) * distance)
    return np.asarray(partners & free)


def _pooled(evidence: Evidence, columns: Sequence[int], distance: int, knows: Flags) -> bool:
    """Whether others of the same classes can give up so much, or take it."""
    others = ~knows
    others[list(columns)] = False
    classes = evidence.alike
    if distance > 0:
        return bool(evidence.amounts[others & np.isin(classes, classes[list(columns)])].sum() >= distance)
    takers = np.unique(classes[others])
    return bool(sum(evidence.amounts[column] for column in columns if classes[column] in takers) >= -distance)


def _solved(evidence: Evidence, columns: Sequence[int], distance: int, knows: Flags) -> Flags | None:
    """What moves where the figure does; None where it cannot."""
    # Imported here, for it takes a fifth of a second, which every command's start would pay.
    from scipy.optimize import Bounds, LinearConstraint, milp

    sign = 1 if distance > 0 else -1
    aim: Floats = np.zeros(len(evidence.unknowns))
    aim[list(columns)] = sign
    size = abs(distance)
    answer = milp(
        -aim,
        # No integers are asked for: a linear programme. It need not go further than it must.
        constraints=[LinearConstraint(evidence.matrix, evidence.low, evidence.high), LinearConstraint(aim, ub=size)],
        bounds=Bounds(np.where(knows, 0, -evidence.amounts), np.where(knows, 0, np.inf)),
    )
    # Where the solver gives up, nothing is proved, and the figure counts as exposed.
    if answer.x is None or float(aim @ answer.x) < size * (1 - TOLERANCE):
        return None
    return np.asarray(np.abs(answer.x) > TOLERANCE)
