"""What sentences are made of: figures in words, each with the number that it is."""

from procurement.picture.numbers import Number, Unit, number
from procurement.picture.sentences import of, plain, pounds_of, sentence, verb


def counted(key: str, value: int | None) -> Number:
    return number(key, "What it counts", Unit.NEEDS, value)


def test_sentence_names_its_numbers_in_their_order() -> None:
    first, second = counted("second-name", 1), counted("a-name", 1_200)

    found = sentence("There is ", of(first, "need"), " of ", of(second), ".")

    assert found.text == "There is 1 need of 1,200."
    assert found.numbers == (first, second)
    assert plain([found]) == [{"text": "There is 1 need of 1,200.", "figures": ["second-name", "a-name"]}]


def test_verb_is_that_of_one_for_one_alone() -> None:
    assert [verb(counted("key", value), "has", "have") for value in (0, 1, 2, None)] == ["have", "has", "have", "have"]


def test_range_of_money_that_reads_alike_at_both_ends_is_one_figure() -> None:
    low, high = counted("low", 1_200_000), counted("high", 1_200_001)

    assert sentence(*pounds_of(low, high)).numbers == (high,)
    assert sentence(*pounds_of(low, counted("high", 2_000_000))).text == "£1.2 million to £2 million"
