from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from procurement.matching import Config, candidates, match
from tests.matching.builders import CAPABILITIES, NEEDS, HashedWords


@pytest.fixture(scope="module")
def rows():
    """Unit rows around a few centres, in more directions than are kept."""
    rng = np.random.default_rng(3)
    found = rng.normal(size=(12, 200))[rng.integers(12, size=300)] + rng.normal(size=(300, 200))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def test_tiles_of_the_join_find_each_pair_once(rows, monkeypatch):
    monkeypatch.setattr(candidates, "_TILE_ROWS", 70)
    monkeypatch.setattr(candidates, "_PER_ITEM", 300)
    products, label = rows @ rows.T, np.arange(300) // 2
    tiled = [candidates._tiled(rows, start, min(start + 150, 300), 0.3, 0.5, label) for start in (0, 150)]
    codes, certain, scores = (np.concatenate(part) for part in zip(*tiled, strict=True))
    left, right = np.nonzero(np.triu(products >= 0.5, k=1))
    assert sorted(certain.tolist()) == (left * 300 + right).tolist()
    assert np.abs(products[certain // 300, certain % 300] * 10_000 - scores).max() <= 1
    left, right = np.nonzero(np.triu((products >= 0.3) & (products < 0.5), k=1))
    apart = label[left] != label[right]
    assert sorted(codes.tolist()) == (left * 300 + right)[apart].tolist()


def test_best_values_are_those_that_sorting_gives():
    values = np.random.default_rng(4).random(2_000).astype(np.float32)
    values[::7] = np.float32(0.9)
    for most in (1, 50, 1_999):
        rounded = np.round(values, 4)
        least = np.sort(rounded)[len(values) - most]
        assert candidates._best(values, most).tolist() == np.flatnonzero(rounded >= least).tolist()
    assert values[candidates._best(values, 2_000)].tolist() == values.tolist()


def test_shortened_rows_keep_the_pairs(rows):
    products, short = rows @ rows.T, rows @ candidates.directions(rows)
    assert short.shape[1] < rows.shape[1]
    lost = (products >= 0.3) & (short @ short.T < 0.3 - candidates._MARGIN)
    assert lost.sum() <= 0.01 * (products >= 0.3).sum()


def test_the_join_on_shortened_rows_gives_the_same_groups(monkeypatch):
    items = [replace(n, id=f"{n.id}-{k}", owner=f"o{k}") for n in NEEDS for k in range(4)]
    config = Config(capabilities=CAPABILITIES, exhaustive=5)
    exact = match(items, (), config, embedder=HashedWords())
    monkeypatch.setattr(candidates, "_EXACT", 5)
    monkeypatch.setattr(candidates, "_TILE_CELLS", 10 * len(items))
    shortened = match(items, (), config, embedder=HashedWords())
    assert [cluster.ids for cluster in shortened.clusters] == [cluster.ids for cluster in exact.clusters]


def test_the_join_by_cells_gives_the_same_groups(monkeypatch):
    items = [replace(n, id=f"{n.id}-{k}", owner=f"o{k}") for n in NEEDS for k in range(4)]
    config = Config(capabilities=CAPABILITIES, exhaustive=5)
    every = match(items, (), config, embedder=HashedWords())
    monkeypatch.setattr(candidates, "_EVERY_PAIR", 5)
    monkeypatch.setattr(candidates, "_CELLS_AT_ONCE", 2)
    monkeypatch.setattr(candidates, "_RARE_AT_ONCE", 7)
    by_cells = match(items, (), config, embedder=HashedWords())
    assert [cluster.ids for cluster in by_cells.clusters] == [cluster.ids for cluster in every.clusters]
    shown = [(pair.left, pair.right) for pair in by_cells.pairs]
    assert len(shown) == len(set(shown))


def test_a_pair_that_comes_twice_ties_as_strongly_as_its_best_score():
    forest = candidates._Forest(3, np.zeros(0, dtype=np.int64))
    left, right = np.array([0, 1]), np.array([1, 2])
    forest.add(left, right, np.array([9_000, 5_000], dtype=np.int32))
    forest.add(left, right, np.array([4_000, 6_000], dtype=np.int32))
    assert sorted(forest.edges.data.tolist()) == [6_001, 9_001]
