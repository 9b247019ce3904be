"""How texts are cut into words."""

import pytest

from procurement.search import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Café SOCIÉTÉ", "cafe societe"),
        ("children’s", "children's"),
        ("STRASSE ß", "strasse ss"),
        ("ﬁbre", "fibre"),
        ("PARKING", "parking"),
    ],
)
def test_folding_leaves_no_case_and_no_accents(text: str, expected: str) -> None:
    assert words.fold(text) == expected


def test_words_are_letters_and_digits_of_any_script() -> None:
    assert words.words("24x7 e-mail, مرحبا 🎉 %_") == ["24x7", "e", "mail", "مرحبا"]


def test_compounds_are_told_with_their_parts() -> None:
    assert words.compounds("wi-fi and m&e in 24/7") == [
        ("wifi", ["wi", "fi"]),
        ("me", ["m", "e"]),
        ("247", ["24", "7"]),
    ]


def test_endless_word_is_cut() -> None:
    assert [len(word) for word in words.words("x" * 3000)] == [40]


@pytest.mark.parametrize(
    ("one", "other"), [("telephones", "telephone"), ("parking", "parked"), ("libraries", "library")]
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert words.stem(one) == words.stem(other)
