"""Two numbers between a score and the word that a person reads."""

import numpy as np
import pytest

from procurement.matching.calibration import Calibration, band, fitted, shipped


def test_the_fit_finds_the_numbers_that_made_the_answers() -> None:
    chance = np.random.default_rng(33)
    scores = chance.random(40_000)
    true = Calibration(slope=6.0, offset=-4.0)
    found = fitted(scores, chance.random(len(scores)) < true.probabilities(scores))
    assert found.slope == pytest.approx(6.0, rel=0.05)
    assert found.offset == pytest.approx(-4.0, rel=0.05)


def test_a_pair_of_twice_the_weight_counts_as_two() -> None:
    scores, right = np.array([0.2, 0.4, 0.5, 0.7]), np.array([False, True, False, True])
    twice = fitted(np.append(scores, 0.5), np.append(right, False))
    assert fitted(scores, right, np.array([1.0, 1.0, 2.0, 1.0])) == twice


def test_answers_that_a_cut_separates_do_not_send_the_slope_to_infinity() -> None:
    scores = np.linspace(0.2, 1, 60)
    found = fitted(scores, scores > 0.5)
    assert 5 < found.slope < 1_000
    assert found.probability(0.2) < 0.1 < 0.9 < found.probability(0.8)


@pytest.mark.parametrize("right", [True, False])
def test_answers_that_are_all_alike_are_refused(right: bool) -> None:
    with pytest.raises(ValueError, match="belong together and pairs that do not"):
        fitted(np.array([0.3, 0.6]), np.array([right, right]))


def test_a_higher_score_never_gets_a_weaker_word() -> None:
    words = [shipped().band(score) for score in np.linspace(0, 1, 1_001)]
    order = {"possible": 0, "likely": 1, "strong": 2}
    ranks = [order[word] for word in words]
    assert ranks == sorted(ranks)
    assert set(words) == set(order)


@pytest.mark.parametrize(
    ("probability", "word"), [(0.8, "strong"), (0.7999, "likely"), (0.5, "likely"), (0.4999, "possible")]
)
def test_the_limits_belong_to_the_stronger_word(probability: float, word: str) -> None:
    assert band(probability) == word


def test_extreme_scores_stay_probabilities() -> None:
    assert shipped().probability(0.0) >= 0.0
    assert shipped().probability(1.0) <= 1.0
