"""What an item is about, read from its text: concepts it names, and how likely each of the product's
categories is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from procurement.matching import brands, text
from procurement.matching.concepts import concepts
from procurement.matching.distinct import Numbers
from procurement.matching.items import Capability, Item

Tokens = tuple[str, ...]  # of ``text.tokens``

_TITLE_WEIGHT: Final = 4.0  # of a phrase in the title over one in passing
_PRODUCT_WEIGHT: Final = 3.0  # of a product, and as much again where the title names it
_TEMPERATURE: Final = 0.06  # of the softmax: one hundredth of a cosine is noise, ten are a clear lead
_LEXICAL_WEIGHT: Final = 0.35  # what one distinctive phrase of a category adds to its cosine
_IN_TITLE: Final = 0.7  # share of that by each phrase in the title
_IN_BODY: Final = 0.35
_HINT: Final = 0.5  # trust in a category that the borough picked; about one in twelve picks is wrong
_CONFIRMED: Final = 0.95


class Phrased(NamedTuple):
    """How many different phrases of categories items have in title and body: the row of the item, the place of the
    category among their slugs in order, and the two numbers. Each item and category occur once.
    """

    rows: Numbers
    categories: Numbers
    in_title: Numbers
    in_body: Numbers


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases to find in texts: first stem -> (all stems, key), longest first."""

    by_first: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]

    @classmethod
    def of(cls, table: Mapping[str, Iterable[str]]) -> Phrases:
        """Index ``table``, which maps a key to its phrases."""
        first: dict[str, set[tuple[tuple[str, ...], str]]] = {}
        for key, phrases in table.items():
            for phrase in phrases:
                tokens = text.tokens(phrase)
                if tokens:
                    first.setdefault(tokens[0], set()).add((tokens, key))
        return cls({k: tuple(sorted(v, key=lambda p: (-len(p[0]), p))) for k, v in first.items()})

    def found(self, passage: str) -> dict[str, int]:
        """Return key -> how many of its different phrases stand in ``passage``."""
        return self.among(text.tokens(passage))

    def among(self, tokens: tuple[str, ...]) -> dict[str, int]:
        """Return the same for a passage cut into ``text.tokens``."""
        hits: dict[str, set[tuple[str, ...]]] = {}
        by_first = self.by_first
        for start, token in enumerate(tokens):
            if token in by_first:
                for phrase, key in by_first[token]:
                    if tokens[start : start + len(phrase)] == phrase:
                        hits.setdefault(key, set()).add(phrase)
        return {key: len(phrases) for key, phrases in hits.items()}


@lru_cache(maxsize=1)
def _concept_phrases() -> Phrases:
    return Phrases.of(concepts())


def concept_counts(title: Tokens, body: Tokens, named: Iterable[str], in_title: Iterable[str]) -> dict[str, float]:
    """Return concept -> weight for an item: title over body, and products stand for what they are bought for.

    ``named`` are all products that the item names, ``in_title`` those that its title does.
    """
    phrases = _concept_phrases()
    counts: dict[str, float] = {}
    for passage, weight in ((title, _TITLE_WEIGHT), (body, 1.0)):
        for concept, number in phrases.among(passage).items():
            counts[concept] = counts.get(concept, 0.0) + weight * min(number, 2)
    for names in (named, in_title):
        for name in sorted(names):
            concept = brands.BRANDS[name]
            if concept:
                counts[concept] = counts.get(concept, 0.0) + _PRODUCT_WEIGHT
    return counts


@lru_cache(maxsize=8)
def category_phrases(capabilities: tuple[Capability, ...]) -> Phrases:
    """Return the names and synonyms of ``capabilities``, by slug."""
    return Phrases.of({c.slug: (c.name, *c.synonyms) for c in capabilities})


def described(capability: Capability) -> str:
    """Return the text of a category that is embedded."""
    return ", ".join((capability.name, *capability.synonyms))


def tags(
    items: Sequence[Item],
    phrased: Phrased,
    capabilities: Sequence[Capability],
    cosines: NDArray[np.float32] | None,
) -> NDArray[np.float32]:
    """Return how likely each category is for each item: shape (items, capabilities), rows sum to 1.

    ``cosines`` are the similarities of item and category texts, shape (items, capabilities), or None without a sentence
    model. Softmax over cosine plus what was ``phrased``, mixed with the category the borough gave.
    """
    count = len(capabilities)
    if not count:
        return np.zeros((len(items), 0), dtype=np.float32)
    column = {c.slug: index for index, c in enumerate(capabilities)}
    columns = np.array([column[slug] for slug in sorted(column)], dtype=np.intp)[phrased.categories]
    evidence = np.zeros((len(items), count), dtype=np.float32) if cosines is None else cosines.astype(np.float32)
    strength = np.minimum(1.0, _IN_TITLE * phrased.in_title + _IN_BODY * phrased.in_body)
    evidence[phrased.rows, columns] += (_LEXICAL_WEIGHT * strength).astype(np.float32)
    scaled = np.exp((evidence - evidence.max(axis=1, keepdims=True)) / _TEMPERATURE)
    shares: NDArray[np.float32] = (scaled / scaled.sum(axis=1, keepdims=True)).astype(np.float32)
    for row, item in enumerate(items):
        if item.category in column:
            trust = _CONFIRMED if item.category_confirmed else _HINT
            shares[row] *= 1 - trust
            shares[row, column[item.category]] += trust
    return shares
