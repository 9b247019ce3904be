"""What each concept means: the sentence vector of its whole line, and the mean of those of its phrases, in one.

Nine thousand phrases take a while to embed, so the vectors for the packaged model come with the engine, in
``vocabulary/vectors.npz``; ``manage.py embed_vocabulary`` writes that file after a change of ``concepts.txt``. For any
other model they are computed once in each process.
"""

from __future__ import annotations

import hashlib
import io
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from procurement.matching.concepts import concepts
from procurement.matching.embed import Embedder

Floats = NDArray[np.float32]

FILE: Final = "vectors.npz"
_computed: dict[str, Floats] = {}


def key(model: str) -> str:
    """Return by what to recognise the vectors of the present concepts under a model, SHA-256 in hexadecimal."""
    written = "\n".join(f"{name}: {', '.join(phrases)}" for name, phrases in concepts().items())
    return hashlib.sha256(f"{model}\0{written}".encode()).hexdigest()


def vectors(embedder: Embedder) -> Floats:
    """Return one vector for each of ``concepts()``, in that order: shape (concepts, dimensions), not of unit length."""
    wanted = key(embedder.name)
    if wanted not in _computed:
        known, found = packaged()
        _computed[wanted] = found if known == wanted else computed(embedder)
    return _computed[wanted]


def computed(embedder: Embedder) -> Floats:
    """Embed every line and every phrase: shape (concepts, dimensions)."""
    phrases = list(concepts().values())
    every = embedder.encode([phrase for own in phrases for phrase in own])
    starts = np.cumsum([0, *(len(own) for own in phrases)])[:-1]
    means = np.add.reduceat(every, starts, axis=0)
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    whole = embedder.encode([f"{own[0]}: {', '.join(own[1:])}" for own in phrases])
    # In the precision of the file, so that it makes no difference whether the vectors come from there.
    vectors: Floats = ((means + whole) / 2).astype(np.float16).astype(np.float32)
    return vectors


def packed(embedder: Embedder) -> bytes:
    """Return the content of ``vectors.npz`` for the present concepts: half precision, the same bytes every time."""
    buffer = io.BytesIO()
    np.savez(buffer, key=np.array(key(embedder.name)), vectors=computed(embedder).astype(np.float16))
    return buffer.getvalue()


def packaged() -> tuple[str, Floats]:
    """Return the key and the vectors of the file that comes with the engine."""
    with files("procurement.matching.vocabulary").joinpath(FILE).open("rb") as file:
        found = np.load(file)
        return str(found["key"]), found["vectors"].astype(np.float32)
