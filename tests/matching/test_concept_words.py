from __future__ import annotations

import numpy as np
import pytest

from procurement.matching import Item, concept_words, gathering, text
from procurement.matching.concepts import concepts
from procurement.matching.reading import Rules
from tests.matching.builders import CAPABILITIES

NAMES = list(concepts())


def likeness(title: str, description: str = "") -> np.ndarray:
    """Cosine of the words of one need and those of each concept."""
    item = Item("a", "camden", title, description=description)
    found = gathering.gathered([item], Rules.of({"camden"}, CAPABILITIES))
    known = concept_words.lexicon()
    return (concept_words.told(found, known) @ known.matrix.T).toarray()[0]


@pytest.mark.parametrize("name", ["committee management", "choice based lettings", "air quality monitors"])
def test_a_concept_is_most_like_its_own_phrases(name):
    assert NAMES[int(likeness(". ".join(concepts()[name])).argmax())] == name


def test_words_count_in_any_order_and_form():
    assert NAMES[int(likeness("Vehicles abandoned, removing them").argmax())] == "abandoned vehicles"


def test_what_no_concept_has_makes_a_need_no_less_like_one():
    assert "qwertyish" not in concept_words.lexicon().terms
    np.testing.assert_array_equal(likeness("Allotments", "Qwertyish zzyzx plots."), likeness("Allotments", "Plots."))


def test_a_need_without_any_such_word_is_like_none():
    assert not likeness("Qwertyish zzyzx").any()


def test_a_word_of_few_concepts_says_more_than_one_of_many():
    idf = dict(zip(concept_words.lexicon().terms, concept_words.lexicon().idf, strict=True))
    assert idf[text.stem("allotments")] > 1.5 * idf[text.stem("software")]


def test_gathered_counts_stay_as_they_are():
    found = gathering.gathered([Item("a", "camden", "Plots, plots and plot holders")], Rules.of({"camden"}, ()))
    before = found.terms.values.copy()
    concept_words.told(found, concept_words.lexicon())
    np.testing.assert_array_equal(found.terms.values, before)


def test_words_of_texts_that_ask_for_a_concept_are_words_of_it():
    texts = dict.fromkeys(concepts(), ()) | {"abandoned vehicles": ("Qwertyish zzyzx on the kerb",)}
    known = concept_words.lexicon_with(texts)
    column = list(known.terms).index(text.stem("qwertyish"))
    assert known.matrix[:, [column]].nonzero()[0].tolist() == [NAMES.index("abandoned vehicles")]
