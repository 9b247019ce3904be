"""The one spelling of what is frozen."""

import pytest

from procurement import canonical_json


def test_keys_are_sorted_and_texts_stay_as_they_are() -> None:
    assert canonical_json.dump({"b": ["é", 1], "a": None}) == '{"a":null,"b":["é",1]}'.encode()


@pytest.mark.parametrize("value", [1.5, {"a": [1.5]}, [{"a": 0.0}]])
def test_floats_are_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json.dump(value)
