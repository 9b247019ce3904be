from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage

from procurement.matching.link import ContradictoryDecisions, Rulings, average_link, contracted

SCALE = 10**9
CUT = SCALE * 45 // 100


def linked(matrix, cut, **rulings):
    return average_link(matrix, cut=cut, **rulings).tolist()


def random_scores(count, seed):
    # Far finer than real scores, so that no two averages are equal: without ties there is one right answer.
    matrix = np.triu(np.random.default_rng(seed).integers(0, SCALE, (count, count)), 1)
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
    tree = linkage(SCALE - matrix[left, right].astype(float), "average")
    for cut in (SCALE * 4 // 10, SCALE // 2, SCALE * 6 // 10):
        assert partition(linked(matrix, cut)) == partition(fcluster(tree, SCALE - cut, "distance"))


@settings(derandomize=True, max_examples=60)
@given(data=st.data(), seed=st.integers(0, 1000))
def test_rulings_always_hold(data, seed):
    matrix = random_scores(10, seed)
    row = st.integers(0, 9)
    pairs = st.lists(st.tuples(row, row).filter(lambda p: p[0] != p[1]), max_size=6)
    together, apart = data.draw(pairs), data.draw(pairs)
    start = contracted(10, together)
    if any(start[a] == start[b] for a, b in apart):
        with pytest.raises(ContradictoryDecisions):
            linked(matrix, CUT, together=together, apart=apart)
        return
    groups = linked(matrix, CUT, together=together, apart=apart)
    assert all(groups[a] == groups[b] for a, b in together)
    assert all(groups[a] != groups[b] for a, b in apart)


@settings(derandomize=True, max_examples=40)
@given(order=st.permutations(range(12)), seed=st.integers(0, 50))
def test_order_of_rows_does_not_matter(order, seed):
    matrix = random_scores(12, seed)
    places = np.array(order)
    shuffled = linked(matrix[np.ix_(places, places)], CUT)
    found = [{order[row] for row in group} for group in partition(shuffled)]
    assert sorted(map(sorted, found)) == partition(linked(matrix, CUT))


@settings(derandomize=True, max_examples=40)
@given(seed=st.integers(0, 50))
def test_equal_scores_always_give_the_same_groups_with_every_average_at_the_cut_or_above(seed):
    matrix = np.random.default_rng(seed).integers(3, 7, (10, 10)) * 1000
    matrix = np.triu(matrix, 1) + np.triu(matrix, 1).T
    groups = partition(linked(matrix, 4500))
    assert groups == partition(linked(matrix, 4500))
    for one in groups:
        for two in groups:
            assert one == two or matrix[np.ix_(one, two)].mean() < 4500


def test_ties_go_to_the_lowest_rows():
    matrix = np.array([[0, 6000, 0], [6000, 0, 6000], [0, 6000, 0]])
    assert linked(matrix, 5000) == [0, 0, 2]


def test_transitive_contradiction_is_refused():
    with pytest.raises(ContradictoryDecisions):
        linked(random_scores(4, 1), 5000, together=[(0, 1), (1, 2)], apart=[(0, 2)])


def test_rulings_among_some_rows_are_given_as_places():
    rulings = Rulings(together=((1, 4), (2, 9)), apart=((4, 9),))
    assert rulings.among(np.array([1, 4, 9])) == Rulings(together=((0, 1),), apart=((1, 2),))
