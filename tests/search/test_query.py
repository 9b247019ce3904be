"""What is made of whatever somebody types."""

import pytest

from procurement.search import query
from tests.search.scene import BOARD, document, found, index

pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("telephone", [5]),
        ("telephones", [5]),
        ("LIBRARY", [3]),
        ("wifi", [3]),
        ("wi-fi", [3]),
        ("wi fi", [3]),
        ("permit", [4]),
        ("telehpony", [1]),
        ("permts", [4]),
        ("librar", [3]),
        ("parkingpermits", [4]),
        ("VoIP", [5]),
        ("responsive repairs", [2]),
        ("zebra", []),
    ],
)
def test_words_find_their_forms_slips_beginnings_and_synonyms(q: str, expected: list[int]) -> None:
    assert found(q, index(*BOARD))[:1] == expected


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("NT-0003", [3]),
        ("nt-3", [3]),
        ("JD-0104", [4]),
        ("NT-0077", []),
        ("48500000", [1]),
        ("48500000-3", [1]),
        # The division stands for everything in it.
        ("48000000", [4, 1]),
        ("99000000", []),
        ("Tower Hamlets", [3]),
        ("tower hamlets wi-fi", [3]),
        ("tower hamlets parking", []),
        ("camden parking", [4]),
        ('"parking permits"', [4]),
        ('"permits parking"', []),
        ("“book online”", [2]),
        ('"housing repairs" zebra', []),
    ],
)
def test_references_codes_names_and_quotes_are_asked_for_exactly(q: str, expected: list[int]) -> None:
    assert found(q, index(*BOARD)) == expected


@pytest.mark.parametrize(
    "q",
    [
        "",
        "   ",
        "🎉",
        "%_*?",
        '"',
        '""',
        '" "',
        "\u202eabc",
        "the and of",
        "''''",
        "(((",
        "-",
        "a-",
        "\\",
        "ﷺ",
        "x" * 200,
    ],
)
def test_any_text_is_read(q: str) -> None:
    board = index(*BOARD, document(6, "The and of"))
    assert isinstance(found(q, board), list)


def test_open_quote_is_no_quote() -> None:
    assert found('"parking permits', index(*BOARD)) == [4]


def test_only_stop_words_are_looked_for_like_others() -> None:
    board = index(*BOARD, document(6, "The who"))
    assert found("the who", board)[0] == 6


def test_stop_words_beside_others_ask_for_nothing() -> None:
    assert [group.word for group in query.read("the permits of a zebra", index(*BOARD)).groups] == ["permits", "zebra"]


def test_correction_is_told() -> None:
    assert query.read("telehpony permits", index(*BOARD)).corrections == (("telehpony", "telephony"),)


def test_wildcards_are_no_wildcards() -> None:
    assert found("%", index(*BOARD)) == []
    assert found("park%", index(*BOARD)) == [4]


@pytest.mark.parametrize(
    "q", [" ".join(f"word{n}" for n in range(800)), "-".join("ab" * 1500), "x" * 3000, '"' * 3000, "a.b/c'" * 500]
)
@pytest.mark.timeout(30)
def test_long_query_of_no_words_that_are_there_finds_nothing(q: str) -> None:
    assert found(q, index(*BOARD)) == []
