"""The bands in which the public is told how many suppliers have shown interest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.disclosure.counts import band_from, band_of, bands

minimums = st.integers(1, 1000)


@pytest.mark.parametrize(
    ("count", "words"), [(5, "5 to 9"), (9, "5 to 9"), (10, "10 to 19"), (19, "10 to 19"), (20, "20 or more")]
)
def test_bands_from_five_on(count: int, words: str) -> None:
    assert str(band_of(count, minimum=5)) == words


@given(st.integers(0, 10_000), minimums)
def test_each_count_from_the_minimum_on_is_in_one_band_and_none_below(count: int, minimum: int) -> None:
    found = [band for band in bands(minimum) if count in band]
    assert found == ([band_of(count, minimum=minimum)] if count >= minimum else [])
    assert len(found) == (count >= minimum)


@given(minimums)
def test_only_the_beginning_of_a_band_names_it(minimum: int) -> None:
    lows = [band.low for band in bands(minimum)]
    assert [band_from(low, minimum=minimum) for low in lows] == list(bands(minimum))
    assert not any(band_from(low, minimum=minimum) for low in range(5 * minimum) if low not in lows)
