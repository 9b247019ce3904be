from __future__ import annotations

import numpy as np
import pytest

from procurement.matching import features, score
from tests.matching.builders import CAPABILITIES, NEEDS, HashedWords


@pytest.fixture(scope="module")
def built():
    return features.build(NEEDS, CAPABILITIES, (), HashedWords(), lambda done, total: None)


@pytest.mark.parametrize("profile", score.PROFILES.values(), ids=score.PROFILES)
def test_scores_are_symmetric_and_within_bounds(built, profile):
    left, right = np.triu_indices(len(built), k=1)
    there, back = score.scores(built, profile, left, right), score.scores(built, profile, right, left)
    np.testing.assert_array_equal(there, back)
    assert there.min() >= 0
    assert there.max() <= score.SCALE


def test_an_item_is_like_itself(built):
    rows = np.arange(len(built))
    assert (score.scores(built, score.PROFILES["minilm"], rows, rows) >= 0.9 * score.SCALE).all()


def test_the_terms_add_up_to_the_score(built):
    profile = score.PROFILES["minilm"]
    left, right = np.triu_indices(len(built), k=1)
    terms = score.terms(built, profile, left, right)
    assert terms.shape == (15, len(profile.weights))
    np.testing.assert_array_equal(score.rounded(terms.sum(axis=1)), score.scores(built, profile, left, right))


def test_alike_scores_above_unlike(built):
    row = {item.id: n for n, item in enumerate(built.items)}
    pairs = [("n1", "n2"), ("n4", "n5"), ("n1", "n4"), ("n2", "n6")]
    left, right = (np.array([row[p[side]] for p in pairs]) for side in (0, 1))
    # Without the stand-in for the model, to which all concepts are noise.
    parking, payroll, *unlike = score.scores(built, score.PROFILES["degraded"], left, right)
    assert min(parking, payroll) > max(unlike)


def test_topics_are_a_few_concepts_whose_shares_add_up_to_one(built):
    lengths = np.diff(built.topics.indptr)
    assert lengths.max() < built.topics.shape[1] / 10
    np.testing.assert_allclose(built.topics.power(2).sum(axis=1), 1.0, atol=1e-5)


def test_terms_of_meaning_need_the_model():
    bare = features.build(NEEDS, CAPABILITIES, (), None, lambda done, total: None)
    with pytest.raises(ValueError, match="needs the sentence model"):
        score.scores(bare, score.PROFILES["minilm"], np.array([0]), np.array([1]))


def test_rounding_holds_scores_between_nought_and_one():
    assert score.rounded(np.array([-0.2, 0.12344, 0.12346, 1.7])).tolist() == [0, 1234, 1235, 10_000]


@pytest.mark.parametrize("name", score.PROFILES)
def test_a_block_is_scored_as_its_pairs_are(built, name):
    profile = score.PROFILES[name]
    rows = np.array([0, 2, 3, 5])
    block = score.stacked(built, profile).block(rows)
    np.testing.assert_array_equal(block, block.T)
    left, right = np.triu_indices(len(rows), k=1)
    pairs = score.scores(built, profile, rows[left], rows[right])
    np.testing.assert_allclose(block[left, right], pairs, atol=1)


def test_sparse_terms_and_bonuses_add_up_for_pairs(built):
    profile = score.PROFILES["minilm"]
    left, right = np.triu_indices(len(built), k=1)
    stack = score.stacked(built, profile)
    dense = np.einsum("ij,ij->i", stack.dense[left], stack.dense[right])
    values = score.rounded(dense + stack.lexical(left, right))
    np.testing.assert_allclose(values, score.scores(built, profile, left, right), atol=1)
