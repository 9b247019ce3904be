"""Which keys are asked of the database."""

import pytest

from loti.sessions import SessionStore


def test_own_key_is_known() -> None:
    key = "k3y" * 10 + "ab"
    assert SessionStore(key).session_key == key


@pytest.mark.parametrize("key", ["abcdefgh\0x", "abc", "", "ABCDEFGHIJKL", "abcdefgh\u00e9", "a" * 5_000, "abcdefgh\n"])
def test_what_is_no_key_is_never_asked_for(key: str) -> None:
    assert SessionStore(key).session_key is None
