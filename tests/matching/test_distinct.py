"""The different ones of many whole numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.matching.distinct import distinct, placed


@pytest.mark.parametrize("most", [3, 2**62])
@given(data=st.data())
def test_they_are_those_of_numpy(most: int, data: st.DataObject) -> None:
    numbers = np.array(data.draw(st.lists(st.integers(0, most))), dtype=np.int64)
    known, place = np.unique(numbers, return_inverse=True)
    assert distinct(numbers).tolist() == known.tolist()
    found, places = placed(numbers)
    assert found.tolist() == known.tolist()
    assert places.tolist() == place.tolist()
