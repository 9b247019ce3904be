"""Everything the score looks at, computed once for each item."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from procurement.matching import brands, capabilities, concept_vectors, concept_words, gathering, lexical, reading
from procurement.matching.concepts import concepts
from procurement.matching.embed import CachingEmbedder, Embedder
from procurement.matching.gathering import Gathered, Texts
from procurement.matching.heaviest import highest
from procurement.matching.items import Capability, Item
from procurement.matching.lexical import Counts, Lexicon
from procurement.matching.reading import ReadingStore, Rules
from procurement.matching.threads import both, in_turn, parts

Floats = NDArray[np.float32]

_EMBED_AT_ONCE: Final = 64
_TOPIC_TEMPERATURE: Final = 0.08
_TOPICS: Final = 12  # concepts kept of each item: the others' shares are next to nothing
_AT_ONCE: Final = 4_096  # items compared with all concepts
_TOPIC_WORDS: Final = 1.5  # what words like a concept's add to its cosine, by how like they are
_TOPIC_PHRASE: Final = 0.03  # what each unit of a named concept adds to its cosine
_TOPIC_UNITS: Final = 8.0  # at most
_MANY_LINES: Final = 0.5  # a supplier that sells many things says half as much as a product
_SAYS: Final = np.array([1.0 if brands.BRANDS[name] else _MANY_LINES**0.5 for name in reading.PRODUCTS], np.float32)


@dataclass(frozen=True, slots=True)
class Features:
    """Rows in the order of the items. Dense arrays have unit or zero rows, so their inner product is a
    similarity. ``forms`` says how often each word is written so, ``mentions`` how often a product is spelled so,
    ``standing`` which sentences recur in the run (``gathering.Gathered``). ``thin`` is 1 for an item that says only
    what it wants, else 0.
    """

    items: tuple[Item, ...]
    prepared: Texts
    words: Lexicon
    concepts: Lexicon
    products: csr_matrix
    kind: Floats
    category: Floats
    forms: Mapping[str, int]
    mentions: Mapping[tuple[str, str], int]
    thin: Floats
    standing: frozenset[int]
    meaning: Floats | None = None
    topics: csr_matrix | None = None

    @property
    def product_names(self) -> tuple[str, ...]:
        """The columns of ``products``."""
        return reading.PRODUCTS

    def __len__(self) -> int:
        return len(self.items)


class _Meant(NamedTuple):
    """What is read off the vectors of the items: see ``Features``."""

    meaning: Floats | None
    topics: csr_matrix | None
    category: Floats


def build(
    items: Sequence[Item],
    categories: Sequence[Capability],
    owner_names: Sequence[str],
    embedder: Embedder | None,
    progress: Callable[[int, int], None],
    readings: ReadingStore | None = None,
) -> Features:
    """Compute the features of ``items``; without an embedder those of meaning and topic stay None.

    What is read off an item alone is taken from ``readings`` where it is known, and kept there where it is new.
    """
    rules = Rules.of({*owner_names, *(item.owner for item in items)}, categories)
    found = gathering.gathered(items, rules, readings)
    lexicons, meant = both(
        lambda: [lexical.tfidf(counts) for counts in _counted(found)],
        lambda: _meant(items, categories, found, embedder, progress),
    )
    return _assembled(items, found, lexicons, meant)


def later(
    items: Sequence[Item],
    known: Features,
    categories: Sequence[Capability],
    rules: Rules,
    embedder: Embedder | None,
    readings: ReadingStore | None = None,
) -> Features:
    """Compute the features of ``items`` as if they had been among those of ``known``, which stays as it is: its words,
    its idf, and which sentences are standing ones.
    """
    found = gathering.gathered(items, rules, readings, known.standing)
    lexicons = [
        lexical.tfidf_like(counts, lexicon)
        for counts, lexicon in zip(_counted(found), (known.words, known.concepts), strict=True)
    ]
    meant = _meant(items, categories, found, embedder, lambda done, total: None)
    return _assembled(items, found, lexicons, meant)


def picked(known: Features, rows: Sequence[int]) -> Features:
    """Return these rows of ``known``; what is no row of an item stays as it is."""
    return replace(known, **{field.name: _picked(getattr(known, field.name), rows) for field in fields(known)})


def joined(first: Features, second: Features) -> Features:
    """Return the rows of ``first`` and then those of ``second``, which has its columns; what is no row of an item is
    that of ``first``.
    """
    names = [field.name for field in fields(first)]
    return replace(first, **{name: _joined(getattr(first, name), getattr(second, name)) for name in names})


def _picked(value: Any, rows: Sequence[int]) -> Any:
    if isinstance(value, Lexicon):
        return replace(value, matrix=value.matrix[rows])
    if isinstance(value, Texts):
        return value.picked(rows)
    if isinstance(value, tuple):
        return tuple(value[row] for row in rows)
    return value[rows] if isinstance(value, np.ndarray | csr_matrix) else value


def _joined(one: Any, two: Any) -> Any:
    if isinstance(one, Lexicon):
        return replace(one, matrix=csr_matrix(vstack([one.matrix, two.matrix])))
    if isinstance(one, csr_matrix):
        return csr_matrix(vstack([one, two]))
    if isinstance(one, np.ndarray):
        return np.concatenate([one, two])
    return one + two if isinstance(one, Texts | tuple) else one


def _counted(found: Gathered) -> tuple[Counts, Counts]:
    """Return how often each item has which words and concepts."""
    count = len(found.prepared)
    return (
        lexical.words(count, found.forms, *found.terms),
        lexical.named(count, reading.CONCEPTS, *found.concepts),
    )


def _meant(
    items: Sequence[Item],
    categories: Sequence[Capability],
    found: Gathered,
    embedder: Embedder | None,
    progress: Callable[[int, int], None],
) -> _Meant:
    meaning = topics = cosines = None
    if embedder is not None and not items:
        meaning = np.zeros((0, embedder.dimensions), dtype=np.float32)
        topics = csr_matrix(np.zeros((0, len(concepts())), dtype=np.float32))
    elif embedder is not None:
        raw = _embedded(embedder, found.prepared.whole(), progress)
        # The concepts' texts are a background that does not change with the items: centred on it, unrelated
        # needs sit near zero, and a pair scores the same whoever else is in the run.
        background = concept_vectors.vectors(embedder)
        meaning = centred(raw, background.mean(axis=0))
        topics = chosen(meaning, centred(background, background.mean(axis=0)), concept_words.lexicon(), found)
        if categories:
            cosines = raw @ embedder.encode([capabilities.described(c) for c in categories]).T
    return _Meant(meaning, topics, np.sqrt(capabilities.tags(items, found.categories, categories, cosines)))


def _assembled(items: Sequence[Item], found: Gathered, lexicons: Sequence[Lexicon], meant: _Meant) -> Features:
    words, named = lexicons
    return Features(
        items=tuple(items),
        prepared=found.prepared,
        words=words,
        concepts=named,
        products=_products(found),
        kind=np.sqrt(found.kind),
        category=meant.category,
        forms=dict(zip(found.forms, found.written.tolist(), strict=True)),
        mentions=found.mentions,
        thin=np.array([_is_thin(item) for item in items], dtype=np.float32),
        standing=found.standing,
        meaning=meant.meaning,
        topics=meant.topics,
    )


def _is_thin(item: Item) -> bool:
    """Tell whether an item says only what it wants: not why, not for how many, not in place of what."""
    return not (item.problem.strip() or item.requirements or item.users or item.incumbent.strip() or item.contract_end)


def _embedded(embedder: Embedder, texts: Sequence[str], progress: Callable[[int, int], None]) -> Floats:
    """Return the vectors of ``texts``, in parts so that whoever waits sees the work go on."""
    known = embedder.known(texts) if isinstance(embedder, CachingEmbedder) else {}
    missing = [text for text in dict.fromkeys(texts) if text not in known]
    for start in range(0, len(missing), _EMBED_AT_ONCE):
        progress(len(texts) - len(missing) + start, len(texts))
        part = missing[start : start + _EMBED_AT_ONCE]
        known.update(zip(part, embedder.encode(part), strict=True))
    progress(len(texts), len(texts))
    return np.stack([known[text] for text in texts]).astype(np.float32)


def centred(vectors: Floats, mean: Floats) -> Floats:
    """Return unit vectors of what ``vectors`` have beyond ``mean``, shape as ``vectors``."""
    moved = vectors - mean
    unit: Floats = (moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return unit


def chosen(meaning: Floats, background: Floats, known: Lexicon, found: Gathered) -> csr_matrix:
    """Return square roots of a soft choice of concept, shape (items, concepts), of each item its best ``_TOPICS``:
    meaning, helped by words like those ``known`` for a concept and by what is named.
    """
    told, of_concepts = concept_words.told(found, known), _TOPIC_WORDS * known.matrix.T
    named = found.concepts
    place = {name: index for index, name in enumerate(concepts())}
    columns = np.array([place[name] for name in reading.CONCEPTS], dtype=np.int64)[named.columns]
    helped = (_TOPIC_PHRASE * np.minimum(named.values, _TOPIC_UNITS)).astype(np.float32)
    most = min(_TOPICS, len(background))

    def some(part: slice) -> tuple[NDArray[np.int64], Floats]:
        evidence = meaning[part] @ background.T + (told[part] @ of_concepts).toarray()
        here = slice(*np.searchsorted(named.rows, (part.start, part.start + len(evidence))))
        evidence[named.rows[here] - part.start, columns[here]] += helped[here]
        best = highest(evidence, most)
        kept = np.take_along_axis(evidence, best, axis=1)
        shares = np.exp((kept - kept.max(axis=1, keepdims=True)) / _TOPIC_TEMPERATURE)
        return best, np.sqrt(shares / shares.sum(axis=1, keepdims=True))

    best, roots = map(np.concatenate, zip(*in_turn(some, parts(len(meaning), _AT_ONCE)), strict=True))
    pointers = np.arange(len(meaning) + 1) * best.shape[1]
    return csr_matrix((roots.ravel(), best.ravel(), pointers), shape=(len(meaning), len(background)))


def _products(found: Gathered) -> csr_matrix:
    rows, columns, _ = found.products
    return csr_matrix((_SAYS[columns], (rows, columns)), shape=(len(found.prepared), len(reading.PRODUCTS)))
