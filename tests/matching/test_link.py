from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage

from procurement.matching.link import ContradictoryDecisions, average_link, contracted


def linked(matrix, cut, **rulings):
    left, right = np.triu_indices(len(matrix), k=1)
    return average_link(len(matrix), left, right, matrix[left, right], cut=cut, unseen=1000, **rulings)


def random_scores(count, seed):
    # A permutation: without ties there is one right answer.
    rng = np.random.default_rng(seed)
    pairs = count * (count - 1) // 2
    matrix = np.zeros((count, count), dtype=np.int64)
    left, right = np.triu_indices(count, k=1)
    matrix[left, right] = rng.permutation(pairs * 7)[:pairs] * (10_000 // (pairs * 7) or 1)
    return matrix + matrix.T


def partition(labels):
    groups = {}
    for row, name in enumerate(labels):
        groups.setdefault(name, set()).add(row)
    return sorted(map(sorted, groups.values()))


@pytest.mark.parametrize("seed", range(12))
def test_equals_dense_average_link(seed):
    matrix = random_scores(24, seed)
    left, right = np.triu_indices(len(matrix), k=1)
    tree = linkage(10_000 - matrix[left, right].astype(float), "average")
    for cut in (4000, 5000, 6000):
        assert partition(linked(matrix, cut)) == partition(fcluster(tree, 10_000 - cut, "distance"))


def test_unseen_pairs_count_low():
    # 0-1 and 1-2 are strong, 0-2 never scored: (9000 + 1000) / 2 = 5000.
    left, right, scores = np.array([0, 1]), np.array([1, 2]), np.array([9001, 9000])
    assert average_link(3, left, right, scores, cut=5000, unseen=1000) == [0, 0, 0]
    assert average_link(3, left, right, scores, cut=5001, unseen=1000) == [0, 0, 2]


@settings(derandomize=True, max_examples=60, deadline=None)
@given(data=st.data(), seed=st.integers(0, 1000))
def test_rulings_always_hold(data, seed):
    matrix = random_scores(10, seed)
    row = st.integers(0, 9)
    pairs = st.lists(st.tuples(row, row).filter(lambda p: p[0] != p[1]), max_size=6)
    together, apart = data.draw(pairs), data.draw(pairs)
    start = contracted(10, together)
    if any(start[a] == start[b] for a, b in apart):
        with pytest.raises(ContradictoryDecisions):
            linked(matrix, 4500, together=together, apart=apart)
        return
    groups = linked(matrix, 4500, together=together, apart=apart)
    assert all(groups[a] == groups[b] for a, b in together)
    assert all(groups[a] != groups[b] for a, b in apart)


@settings(derandomize=True, max_examples=40, deadline=None)
@given(order=st.permutations(range(45)), seed=st.integers(0, 50))
def test_order_of_pairs_does_not_matter(order, seed):
    # Few different values: ties must be settled by the rows.
    matrix = np.random.default_rng(seed).integers(3, 7, (10, 10)) * 1000
    left, right = np.triu_indices(10, k=1)
    scores = matrix[left, right]
    shuffled = list(order)
    expected = average_link(10, left, right, scores, cut=4500, unseen=1000)
    assert average_link(10, left[shuffled], right[shuffled], scores[shuffled], cut=4500, unseen=1000) == expected


def test_ties_go_to_the_lowest_rows():
    matrix = np.array([[0, 6000, 0], [6000, 0, 6000], [0, 6000, 0]])
    assert linked(matrix, 5000) == [0, 0, 2]


def test_transitive_contradiction_is_refused():
    with pytest.raises(ContradictoryDecisions):
        linked(random_scores(4, 1), 5000, together=[(0, 1), (1, 2)], apart=[(0, 2)])
