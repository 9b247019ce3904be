"""A calibration that is fitted to the pairs of a file."""

from __future__ import annotations

import numpy as np
import pytest

from procurement.matching.evaluation.pairs import FITTED_FROM, ScoredPairs


def pairs(scores: list[float], true: list[bool]) -> ScoredPairs:
    ids = tuple(str(n) for n in range(len(scores)))
    return ScoredPairs(ids, ids, np.array(scores), np.array(true, dtype=np.bool_))


OWN = pairs([0.35, 0.4, 0.5, 0.6, 0.45], [False, False, True, True, True])
EVERY = np.ones(len(OWN), dtype=np.bool_)


def test_pairs_that_are_not_known_and_those_below_the_curve_have_no_say() -> None:
    more = pairs([*OWN.scores, 0.9, FITTED_FROM - 0.01], [*OWN.true, False, True])
    known = np.array([True] * 5 + [False, True])
    assert more.fitted(known) == OWN.fitted(EVERY)


def test_pairs_of_another_file_draw_the_curve_their_way() -> None:
    other = pairs([0.5, 0.5, 0.6, 0.6] * 20, [False, False, True, False] * 20)
    alone, both = OWN.fitted(EVERY), OWN.fitted(EVERY, other)
    assert both.probability(0.5) < alone.probability(0.5)
    # Less than if they were its own.
    joint = pairs([*OWN.scores, *other.scores], [*OWN.true, *other.true])
    assert joint.fitted(np.ones(len(joint), dtype=np.bool_)).probability(0.5) < both.probability(0.5)


def test_a_file_without_an_answer_of_each_kind_is_not_fitted_by_others_alone() -> None:
    with pytest.raises(ValueError, match="pairs that do not"):
        pairs([0.5, 0.6], [True, True]).fitted(np.ones(2, dtype=np.bool_), OWN)
