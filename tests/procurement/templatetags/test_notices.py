"""The opening of a long text: whole sentences, and never a word lost."""

import pytest

from procurement.templatetags.notices import OPENING_WORDS, REST_WORDS, opening

SENTENCE = "The system goes out of support in March."


def words(count: int) -> str:
    return " ".join(f"w{n}" for n in range(count))


@pytest.mark.parametrize("text", ["", SENTENCE, words(OPENING_WORDS + REST_WORDS - 1)])
def test_short_text_is_whole(text: str) -> None:
    assert opening(text) == (text, "")


def test_long_text_opens_with_whole_sentences() -> None:
    first, rest = opening(" ".join([SENTENCE] * 12))
    assert first == " ".join([SENTENCE] * (OPENING_WORDS // 8))
    assert first.split() + rest.split() == [*SENTENCE.split()] * 12


def test_endless_sentence_opens_with_its_first_words() -> None:
    first, rest = opening(words(200))
    shown = first.removesuffix(" …")
    assert first == f"{shown} …"
    assert len(shown.split()) == OPENING_WORDS
    assert f"{shown} {rest}" == words(200)


def test_paragraphs_stay_paragraphs() -> None:
    text = f"{SENTENCE}\n\n{words(60)}"
    assert opening(text) == (SENTENCE, words(60))
