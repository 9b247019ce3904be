import pytest

from boroughs.forms.pasted_lists import items, without_mark


@pytest.mark.parametrize(
    "mark",
    [
        "• ",
        "•",
        "- ",
        "-",
        "– ",
        "* ",
        "*",
        "1. ",
        "12. ",
        "1.2. ",
        "3) ",
        "(3) ",
        "a) ",
        "b. ",
        "iv) ",
        "\uf0b7\t",
        "o\t",
    ],
)
def test_bullet_or_number_before_a_line_is_taken_away(mark: str) -> None:
    assert without_mark(f" {mark}Apply online ") == "Apply online"


@pytest.mark.parametrize(
    "line",
    [
        "-5 °C to 40 °C",
        "*Starred* words",
        "24.5 hours a day",
        "24/7 support",
        "3D models",
        "2030. A target",
        "of all residents",
        "e.g. a permit",
        "Apply online.",
        "(Residents) apply",
    ],
)
def test_what_only_looks_like_a_mark_stays(line: str) -> None:
    assert without_mark(line) == line


def test_each_line_is_an_item_and_empty_ones_are_none() -> None:
    assert items("apply online\r\n\r\nsee a permit\u2028send a receipt") == [
        "apply online",
        "see a permit",
        "send a receipt",
    ]


def test_sentence_that_was_broken_is_one_item_where_items_have_marks() -> None:
    pasted = "It must:\n• let residents apply\n  on a phone\n•\n• send a receipt"
    assert items(pasted) == ["It must:", "let residents apply on a phone", "send a receipt"]
