"""The file of vectors that comes with the engine belongs to the concepts that come with it."""

from __future__ import annotations

import numpy as np
import pytest

from procurement.matching import concept_vectors
from procurement.matching.concepts import concepts
from procurement.matching.embed import EmbedderUnavailable, MiniLmEmbedder
from tests.matching.builders import HashedWords


def test_the_packaged_vectors_are_those_of_the_present_concepts_and_model():
    try:
        model = MiniLmEmbedder()
    except EmbedderUnavailable as missing:
        pytest.skip(str(missing))
    key, vectors = concept_vectors.packaged()
    assert key == concept_vectors.key(model.name), "run manage.py embed_vocabulary"
    assert vectors.shape == (len(concepts()), model.dimensions)
    name, own = "committee management", list(concepts()).index("committee management")
    phrases = model.encode(list(concepts()[name]))
    cosines = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)) @ phrases.mean(axis=0)
    assert int(cosines.argmax()) == own


def test_for_another_model_they_are_computed_once():
    model = HashedWords()
    model.name = "hashed words, once"
    first = concept_vectors.vectors(model)
    asked = len(model.encoded)
    assert asked > len(concepts())
    np.testing.assert_array_equal(concept_vectors.vectors(model), first)
    assert len(model.encoded) == asked
