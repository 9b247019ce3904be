from __future__ import annotations

import numpy as np
import pytest

from procurement.matching.distinct import numbered


@pytest.mark.parametrize("top", [1, 50, 10**9, 2**62])
@pytest.mark.parametrize("kind", [np.int32, np.int64])
@pytest.mark.parametrize("count", [0, 1, 7, 1_000])
def test_codes_are_numbered_as_numpy_does(top, kind, count):
    codes = np.random.default_rng(3).integers(0, min(top, np.iinfo(kind).max), count, dtype=kind)

    found, place = numbered(codes)

    expected, inverse = np.unique(codes, return_inverse=True)
    assert found.tolist() == expected.tolist()
    assert place.tolist() == inverse.tolist()
