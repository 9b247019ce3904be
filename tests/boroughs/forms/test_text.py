import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boroughs.forms.text import _may_stay, clean_block, clean_line


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("a\x00b", "ab"),
        ("a\ud800b", "ab"),
        ("admin\u202etxt.exe", "admintxt.exe"),
        ("a\u200bb\ufeffc", "abc"),
        ("cafe\u0301", "café"),
        ("  two   words\u00a0here ", "two words here"),
        ("one\r\ntwo\u2028three", "one two three"),
        ("\u200d\u200c", ""),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("a\ufffeb", "ab"),
    ],
)
def test_clean_line_keeps_what_can_be_seen(given_text: str, kept: str) -> None:
    assert clean_line(given_text) == kept


def test_clean_block_keeps_lines_and_one_empty_line() -> None:
    assert clean_block("one \r\n\r\n\r\n\r\ntwo\tthree\n") == "one\n\ntwo\tthree"


def test_a_letter_under_a_million_marks_takes_no_minutes() -> None:
    cleaned = clean_block("fire " + "a" + "\u0316\u0301" * 500_000 + "b " + "ä" * 2000)
    assert len(cleaned) == len("fire ab ") + 29 + 2000
    assert clean_block(cleaned) == cleaned


@given(st.text(st.characters(exclude_categories=[]), max_size=60))
def test_cleaned_text_is_stable_and_can_be_stored(text: str) -> None:
    cleaned = clean_block(text)
    assert clean_block(cleaned) == cleaned
    cleaned.encode()
    assert unicodedata.is_normalized("NFC", cleaned)
    assert "\x00" not in cleaned


def test_no_printable_character_is_one_that_may_not_stay() -> None:
    """Printable text is not looked at by the character."""
    assert all(_may_stay(char) for char in map(chr, range(0x110000)) if char.isprintable())
