from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from procurement.matching.distinct import UNKNOWN
from procurement.matching.heaviest import heaviest, highest


def test_heaviest_columns_in_order_and_the_first_of_equals():
    matrix = csr_matrix([[0.2, 0.0, 0.5, 0.5], [0.0, 0.0, 0.0, 0.0], [0.0, 0.9, 0.0, 0.1]])
    assert heaviest(matrix, 2).tolist() == [[2, 3], [UNKNOWN, UNKNOWN], [1, 3]]
    assert heaviest(matrix[:0], 2).shape == (0, 2)


def test_heaviest_columns_reach_below_the_mean_where_few_are_above_it():
    matrix = csr_matrix([[0.9, 0.1, 0.2, 0.3], [0.4, 0.4, 0.4, 0.4], [0.8, 0.7, 0.1, 0.9]])
    assert heaviest(matrix, 3).tolist() == [[0, 3, 2], [0, 1, 2], [3, 0, 1]]


def test_highest_columns_are_in_the_order_of_the_columns_and_the_first_of_equals():
    values = np.array([[0.1, 0.9, 0.5, 0.7], [0.2, 0.2, 0.2, 0.2], [0.3, -0.1, 0.4, 0.3]], dtype=np.float32)
    assert highest(values, 2).tolist() == [[1, 3], [0, 1], [0, 2]]
    assert highest(values, 4).tolist() == [[0, 1, 2, 3]] * 3
    assert highest(values[:0], 2).shape == (0, 2)
    assert highest(values[:1], 2).tolist() == [[1, 3]]
