"""Reads documents into arrays: which terms each has, how much they weigh, and where its words stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from procurement.search import words
from procurement.search.document import WEIGHTS, Document, Field
from procurement.search.thesaurus import category_key
from procurement.search.vocabulary import Numbers, Vocabulary

# Documents that are read at once: many share the work, few bound the memory.
BATCH = 1000
_CATEGORY_WEIGHT = 3.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One document in an index."""

    document: Document
    # The words of all fields in order, -1 behind each field; and where each field begins.
    forms: Numbers
    begins: Numbers
    # Its different terms with their weights; those of words weigh `length` together.
    terms: Numbers
    weights: NDArray[np.float32]
    length: float


def read(documents: Sequence[Document], vocabulary: Vocabulary) -> list[Entry]:
    """The entries of these documents. They depend on the documents alone, but for the numbers of new words."""
    found: list[Entry] = []
    for start in range(0, len(documents), BATCH):
        found.extend(_batch(documents[start : start + BATCH], vocabulary))
    return found


def authority_key(name: str) -> str:
    """The key of a borough that takes part."""
    return f"authority:{name}"


def _batch(documents: Sequence[Document], vocabulary: Vocabulary) -> list[Entry]:
    forms: list[int] = []
    # Terms beside those of the words in their places: row, term, weight.
    beside: list[tuple[int, int, float]] = []
    bounds = [0]
    number = vocabulary.forms.__getitem__
    for row, document in enumerate(documents):
        for field, text in enumerate(document.fields):
            folded = words.fold(text)
            forms.extend(map(number, words.words(folded)))
            forms.append(-1)
            bounds.append(len(forms))
            for joined, _ in words.compounds(folded):
                beside.append((row, vocabulary.term(words.stem(joined)), WEIGHTS[field]))
        if document.category:
            beside.append((row, vocabulary.term(category_key(document.category)), _CATEGORY_WEIGHT))
        beside.extend((row, vocabulary.term(authority_key(name)), 1.0) for name in document.boroughs)
    placed = np.array(forms, dtype=np.int32)
    begins = np.array(bounds, dtype=np.int64)
    return _entries(documents, vocabulary, placed, begins, beside)


def _entries(
    documents: Sequence[Document],
    vocabulary: Vocabulary,
    placed: Numbers,
    begins: NDArray[np.int64],
    beside: list[tuple[int, int, float]],
) -> list[Entry]:
    fields = len(Field)
    sizes = np.diff(begins)
    row_of = np.repeat(np.repeat(np.arange(len(documents)), fields), sizes)
    weight_of = np.repeat(np.tile(np.array(WEIGHTS), len(documents)), sizes)
    terms = np.where(placed >= 0, vocabulary.stem_of[placed], -1).astype(np.int32)
    is_word = placed >= 0
    starts, keys = vocabulary.phrases.found(terms)
    lengths = np.bincount(row_of[is_word], weights=weight_of[is_word], minlength=len(documents))
    added = np.array(beside, dtype=np.float64).reshape(-1, 3)
    rows = np.concatenate([row_of[is_word], row_of[starts], added[:, 0].astype(np.int64)])
    numbers = np.concatenate([terms[is_word], keys, added[:, 1].astype(np.int32)]).astype(np.int64)
    weights = np.concatenate([weight_of[is_word], weight_of[starts], added[:, 2]])
    codes, place = np.unique((rows << 32) | numbers, return_inverse=True)
    summed = np.bincount(place, weights=weights, minlength=len(codes)).astype(np.float32)
    cuts = np.searchsorted(codes >> 32, np.arange(len(documents) + 1))
    distinct = (codes & 0xFFFFFFFF).astype(np.int32)
    found = []
    for row, (left, right) in enumerate(pairwise(cuts.tolist())):
        first = row * fields
        here = begins[first : first + fields + 1]
        found.append(
            Entry(
                document=documents[row],
                forms=placed[here[0] : here[-1]],
                begins=(here - here[0]).astype(np.int32),
                terms=distinct[left:right],
                weights=summed[left:right],
                length=float(lengths[row]),
            )
        )
    return found
