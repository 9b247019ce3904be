"""What is printed of characters that no font of a report has, or that cannot be seen."""

import pytest

from procurement.pdf.printable import printable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Schools 🏫 now", "Schools [school] now"),
        ("👨‍👩‍👧", "[man, woman, girl]"),
        ("🤝🏽", "[handshake]"),
        ("🏽", "[emoji modifier fitzpatrick type-4]"),
        ("🇬🇧", "[flag GB]"),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", "[waving black flag]"),
        ("one \u202etwo\u2066 three\x00\x9b", "one two three"),
        ("tab\tline\nend", "tab\tline\nend"),
        ("می‌خواهم £5 – “yes” ✓", "می‌خواهم £5 – “yes” ✓"),
    ],
    ids=["picture", "joined", "skin", "skin alone", "flag", "flag of a region", "unseen", "blanks", "letters"],
)
def test_printable(text: str, expected: str) -> None:
    assert printable(text) == expected
