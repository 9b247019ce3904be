"""Everything the score looks at, computed once for each item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from procurement.matching import brands, capabilities, kinds, lexical, text
from procurement.matching.concepts import concepts
from procurement.matching.embed import Embedder
from procurement.matching.items import Capability, Item

Floats = NDArray[np.float32]

_EMBED_AT_ONCE: Final = 64
_TOPIC_TEMPERATURE: Final = 0.05
_TOPIC_PHRASE: Final = 0.12  # what each unit of a named concept adds to its cosine, three units at most
_MANY_LINES: Final = 0.5  # a supplier that sells many things says half as much as a product


@dataclass(frozen=True, slots=True)
class Features:
    """Rows in the order of the items. Dense arrays have unit or zero rows, so their inner product is a
    similarity.
    """

    items: tuple[Item, ...]
    prepared: tuple[text.Prepared, ...]
    words: lexical.Lexicon
    letters: lexical.Lexicon
    concepts: lexical.Lexicon
    products: csr_matrix
    named: tuple[frozenset[str], ...]
    kind: Floats
    category: Floats
    meaning: Floats | None = None
    topics: Floats | None = None

    @property
    def product_names(self) -> list[str]:
        """The columns of ``products``."""
        return sorted(brands.BRANDS)

    def __len__(self) -> int:
        return len(self.items)


def build(
    items: Sequence[Item],
    categories: Sequence[Capability],
    owner_names: Sequence[str],
    embedder: Embedder | None,
    progress: Callable[[int, int], None],
) -> Features:
    """Compute the features of ``items``; without an embedder those of meaning and topic stay None."""
    prepared = text.prepare(items, owner_names)
    named = [brands.named(f"{p.written}. {i.incumbent}") for p, i in zip(prepared, items, strict=True)]
    passages = [(text.tokens(p.title), text.tokens(p.body)) for p in prepared]
    counts = [capabilities.concept_counts(*p, names) for p, names in zip(passages, named, strict=True)]
    meaning = topics = cosines = None
    if embedder is not None and not items:
        meaning = np.zeros((0, embedder.dimensions), dtype=np.float32)
        topics = np.zeros((0, len(concepts())), dtype=np.float32)
    elif embedder is not None:
        raw = _embedded(embedder, [p.text for p in prepared], progress)
        # The concepts' texts are a background that does not change with the items: centred on it, unrelated
        # needs sit near zero, and a pair scores the same whoever else is in the run.
        background = embedder.encode([f"{name}: {', '.join(v[1:])}" for name, v in concepts().items()])
        meaning = _centred(raw, background.mean(axis=0))
        topics = _topics(meaning @ _centred(background, background.mean(axis=0)).T, counts)
        if categories:
            cosines = raw @ embedder.encode([capabilities.described(c) for c in categories]).T
    shares = capabilities.tags(items, passages, categories, cosines)
    kind = np.array(
        [kinds.distribution(p.title, p.body, i.kind) for p, i in zip(prepared, items, strict=True)],
        dtype=np.float32,
    ).reshape(len(items), len(kinds.KINDS))
    return Features(
        items=tuple(items),
        prepared=tuple(prepared),
        words=lexical.tfidf([lexical.word_counts(p.title, p.body) for p in prepared]),
        letters=lexical.tfidf([lexical.character_counts(p.title) for p in prepared]),
        concepts=lexical.tfidf(counts),
        products=_products(named),
        named=tuple(named),
        kind=np.sqrt(kind),
        category=np.sqrt(shares),
        meaning=meaning,
        topics=topics,
    )


def _embedded(embedder: Embedder, texts: Sequence[str], progress: Callable[[int, int], None]) -> Floats:
    parts = []
    for start in range(0, len(texts), _EMBED_AT_ONCE):
        progress(start, len(texts))
        parts.append(embedder.encode(texts[start : start + _EMBED_AT_ONCE]))
    progress(len(texts), len(texts))
    return np.concatenate(parts).astype(np.float32)


def _centred(vectors: Floats, mean: Floats) -> Floats:
    moved = vectors - mean
    unit: Floats = (moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return unit


def _topics(cosines: Floats, counts: Sequence[dict[str, float]]) -> Floats:
    """Return square roots of a soft choice of concept, shape (items, concepts): meaning, helped by what is
    named.
    """
    evidence = cosines.astype(np.float32)
    column = {name: index for index, name in enumerate(concepts())}
    for row, named in enumerate(counts):
        for concept, weight in named.items():
            evidence[row, column[concept]] += _TOPIC_PHRASE * min(weight, 3.0)
    shares = np.exp((evidence - evidence.max(axis=1, keepdims=True)) / _TOPIC_TEMPERATURE)
    roots: Floats = np.sqrt(shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)
    return roots


def _products(named: Sequence[frozenset[str]]) -> csr_matrix:
    columns = {name: index for index, name in enumerate(sorted(brands.BRANDS))}
    pairs = [(row, name) for row, names in enumerate(named) for name in sorted(names)]
    values = np.array([1.0 if brands.BRANDS[n] else _MANY_LINES**0.5 for _, n in pairs], dtype=np.float32)
    rows = np.array([row for row, _ in pairs], dtype=np.int64)
    return csr_matrix(
        (values, (rows, np.array([columns[n] for _, n in pairs], dtype=np.int64))),
        shape=(len(named), len(columns)),
    )
