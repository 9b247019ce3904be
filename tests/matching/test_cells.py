from __future__ import annotations

import numpy as np
import pytest

from procurement.matching.cells import Cells


@pytest.fixture(scope="module")
def rows():
    """Unit rows around 40 centres, some of them between two."""
    rng = np.random.default_rng(5)
    centres = rng.normal(size=(40, 64))
    found = centres[rng.integers(40, size=900)] + rng.normal(size=(900, 64))
    found[::9] += centres[rng.integers(40, size=100)]
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def pairs(cells, rows):
    """All pairs that some cell finds, as often as they are found."""
    found = []
    for cell in range(len(cells)):
        own, visitors = np.flatnonzero(cells.home == cell), np.flatnonzero(cells.visits[:, cell])
        left, right = (each.ravel() for each in np.meshgrid(own, visitors, indexing="ij"))
        new = cells.new(cell, left, right)
        found.extend(zip(np.minimum(left, right)[new].tolist(), np.maximum(left, right)[new].tolist(), strict=True))
    return found


def test_cells_find_nearly_all_like_pairs_and_look_at_few_others(rows):
    found = pairs(Cells.of(rows, visits=6), rows)
    alike = {(a, b) for a, b in zip(*np.nonzero(rows @ rows.T >= 0.45), strict=True) if a < b}
    assert len(alike.intersection(found)) >= 0.98 * len(alike)
    assert len(found) < 0.5 * len(rows) ** 2 / 2


def test_no_pair_is_found_from_two_cells_or_within_one_row(rows):
    found = pairs(Cells.of(rows, visits=6), rows)
    assert len(found) == len(set(found))
    assert all(a < b for a, b in found)


def test_a_row_that_visits_all_cells_meets_every_other(rows):
    few = rows[:60]
    assert len(pairs(Cells.of(few, visits=60), few)) == 60 * 59 // 2


def test_alike_rows_make_no_trouble():
    same = np.ones((50, 8), dtype=np.float32)
    assert len(pairs(Cells.of(same, visits=3), same)) == 50 * 49 // 2
