from __future__ import annotations

import numpy as np
import pytest

from procurement.matching.evaluation.calibration_error import bins, expected_calibration_error


def test_by_hand() -> None:
    probabilities = np.array([0.05, 0.15, 0.25, 0.25, 0.95, 1.0])
    right = np.array([True, False, True, False, True, True])
    # 0.05 is left out; 0.15: off by .15; 0.25 twice: stated .25, right .5; the last two: stated .975, right 1.
    assert expected_calibration_error(probabilities, right) == pytest.approx((0.15 + 2 * 0.25 + 2 * 0.025) / 5)
    assert [(b.low, b.count) for b in bins(probabilities, right)] == [(0.1, 1), (0.2, 2), (0.9, 2)]


def test_honest_probabilities_have_none_and_no_pairs_have_none() -> None:
    probabilities = np.repeat([0.25, 0.75], 4)
    right = np.array([True, False, False, False, True, True, True, False])
    assert expected_calibration_error(probabilities, right) == 0.0
    assert expected_calibration_error(np.array([0.01]), np.array([True])) == 0.0
