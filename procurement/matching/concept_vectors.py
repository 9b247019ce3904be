"""What each concept means: the sentence vectors of its whole line, of its phrases and of texts that ask for it, in one.

Fifteen thousand texts take a while to embed, so the vectors for the packaged model come with the engine, in
``vocabulary/vectors.npz``; ``manage.py embed_vocabulary`` writes that file after a change of ``concepts.txt`` or of
``asked.tsv``. For any other model they are computed once in each process.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from procurement.matching.concepts import asked, concepts
from procurement.matching.embed import Embedder

Floats = NDArray[np.float32]

FILE: Final = "vectors.npz"
_ASKED: Final = 0.5  # share of the texts that ask for a concept; its line and its phrases halve the rest
_computed: dict[str, Floats] = {}


def key(model: str) -> str:
    """Return by what to recognise the vectors of the present concepts under a model, SHA-256 in hexadecimal."""
    lines = (("; ".join(phrases), *asked()[name]) for name, phrases in concepts().items())
    written = "\n".join(text for line in lines for text in line)
    return hashlib.sha256(f"{model}\0{written}".encode()).hexdigest()


def vectors(embedder: Embedder) -> Floats:
    """Return one vector for each of ``concepts()``, in that order: shape (concepts, dimensions), not of unit length."""
    wanted = key(embedder.name)
    if wanted not in _computed:
        known, found = packaged()
        _computed[wanted] = found if known == wanted else computed(embedder, asked())
    return _computed[wanted]


def computed(embedder: Embedder, texts: Mapping[str, Sequence[str]]) -> Floats:
    """Embed every line, every phrase and the ``texts`` that ask for a concept: shape (concepts, dimensions). Where
    there are none, the line and the phrases stand for them.
    """
    phrases = list(concepts().values())
    whole = embedder.encode([f"{own[0]}: {', '.join(own[1:])}" for own in phrases])
    described = (_means(embedder, phrases) + whole) / 2
    told = _means(embedder, [texts[name] or own for name, own in concepts().items()])
    # In the precision of the file, so that it makes no difference whether the vectors come from there.
    vectors: Floats = ((1 - _ASKED) * described + _ASKED * told).astype(np.float16).astype(np.float32)
    return vectors


def _means(embedder: Embedder, groups: Sequence[Sequence[str]]) -> Floats:
    """Return unit vectors, each the mean direction of a group's: shape (groups, dimensions)."""
    every = embedder.encode([text for group in groups for text in group])
    starts = np.cumsum([0, *(len(group) for group in groups)])[:-1]
    means = np.add.reduceat(every, starts, axis=0)
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    return means


def packed(embedder: Embedder) -> bytes:
    """Return the content of ``vectors.npz`` for the present concepts: half precision, the same bytes every time."""
    buffer = io.BytesIO()
    np.savez(buffer, key=np.array(key(embedder.name)), vectors=computed(embedder, asked()).astype(np.float16))
    return buffer.getvalue()


def packaged() -> tuple[str, Floats]:
    """Return the key and the vectors of the file that comes with the engine."""
    with files("procurement.matching.vocabulary").joinpath(FILE).open("rb") as file:
        found = np.load(file)
        return str(found["key"]), found["vectors"].astype(np.float32)
