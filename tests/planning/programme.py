"""The fewest and lightest starts by an integer programme: the same question asked of another solver."""

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from procurement.planning.plan import Plan

# A row for each start, a column for each borough; None where it cannot join.
Table = list[list[int | None]]


def weights_of(found: Plan) -> Table:
    return [[each.weight if each.joins else None for each in start.outcomes] for start in found.starts]


def by_programme(table: Table) -> tuple[int, int]:
    """The least count and then the least weight, by an integer programme whose optimum HiGHS proves."""
    weights = np.array([[np.nan if each is None else each for each in row] for row in table], dtype=float)
    weights = weights[:, ~np.isnan(weights).all(axis=0)]
    starts, boroughs = weights.shape
    joins = sparse.csr_matrix((~np.isnan(weights)).T.astype(float))
    cover = LinearConstraint(joins, np.ones(boroughs), np.inf)
    exactly = {"mip_rel_gap": 0}
    least = milp(np.ones(starts), integrality=np.ones(starts), bounds=Bounds(0, 1), constraints=cover, options=exactly)
    count = round(least.fun)
    start, borough = np.nonzero(~np.isnan(weights))
    pairs = np.arange(len(start))
    ones = np.ones(len(pairs))
    # A borough joins one start; a start that is joined is taken; `count` are taken.
    rows = np.concatenate([borough, boroughs + pairs, boroughs + pairs, np.full(starts, boroughs + len(pairs))])
    columns = np.concatenate([starts + pairs, starts + pairs, start, np.arange(starts)])
    matrix = sparse.csr_matrix((np.concatenate([ones, ones, -ones, np.ones(starts)]), (rows, columns)))
    low = np.concatenate([np.ones(boroughs), np.full(len(pairs), -np.inf), [count]])
    high = np.concatenate([np.ones(boroughs), np.zeros(len(pairs)), [count]])
    best = milp(
        np.concatenate([np.zeros(starts), weights[start, borough]]),
        integrality=np.arange(starts + len(pairs)) < starts,
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, low, high),
        options=exactly,
    )
    assert best.success
    return count, round(best.fun)
