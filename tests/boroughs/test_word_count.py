"""Words are counted as the Digital Marketplace counted them."""

import pytest

from boroughs.word_count import count_words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("half-hourly read-outs and/or e-mails", 4),
        ("one  two\nthree\u00a0four", 4),
        ("O’Brien’s team – 24/7, 12,000 homes", 6),
        (" \n\t", 0),
    ],
)
def test_what_stands_between_spaces_is_one_word(text: str, count: int) -> None:
    assert count_words(text) == count
