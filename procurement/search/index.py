"""An index of documents in memory: BM25 over weighed fields, and vectors beside it.

An index never changes. `changed` makes the next one out of the entries of this one, and reads only the documents that
are new; it says the same as one that is built from the start, so that every process gives the same answers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from procurement.search import entries, words
from procurement.search.document import Document
from procurement.search.entries import Entry, authority_key
from procurement.search.thesaurus import Thesaurus
from procurement.search.vocabulary import Numbers, Vocabulary

Floats = NDArray[np.float32]
# The usual values of BM25: how soon a repeated word says no more, and how much a long text is held back.
_SATURATION = 1.2
_LENGTH = 0.5


class Index:
    """Documents that can be searched, in the order of their ids."""

    def __init__(self, vocabulary: Vocabulary, found: Iterable[Entry], vectors: Mapping[int, Floats]) -> None:
        self.vocabulary = vocabulary
        self.entries = tuple(sorted(found, key=lambda entry: entry.document.id))
        self.ids = np.array([entry.document.id for entry in self.entries], dtype=np.int64)
        self.row_of = {entry.document.id: row for row, entry in enumerate(self.entries)}
        self.stem_of = vocabulary.stem_of
        self._assemble_terms()
        self._assemble_words()
        self._assemble_names()
        self._vectors = {id: vectors[id] for id in self.row_of if id in vectors}
        self._assemble_vectors()

    @classmethod
    def build(
        cls, documents: Sequence[Document], thesaurus: Thesaurus, vectors: Mapping[int, Floats] | None = None
    ) -> Index:
        """Read all documents. `vectors` has the vectors of the passages of a document, by its id."""
        vocabulary = Vocabulary(thesaurus)
        return cls(vocabulary, entries.read(documents, vocabulary), vectors or {})

    def changed(
        self,
        *,
        new: Sequence[Document] = (),
        gone: Collection[int] = (),
        vectors: Mapping[int, Floats] | None = None,
    ) -> Index:
        """The index with `new` documents, without those of the ids in `gone`, and with more vectors."""
        left = set(gone) | {document.id for document in new}
        kept = (entry for entry in self.entries if entry.document.id not in left)
        read = entries.read(new, self.vocabulary)
        return Index(self.vocabulary, (*kept, *read), {**self._vectors, **(vectors or {})})

    @cached_property
    def without_vectors(self) -> list[Document]:
        """Documents whose meaning is not known yet."""
        return [entry.document for entry in self.entries if entry.document.id not in self._vectors]

    def count(self, term: int) -> int:
        """How many documents have this term."""
        return int(self._counts[term]) if 0 <= term < len(self._counts) else 0

    def idf(self, count: int) -> float:
        """What a term weighs that so many documents have; never negative."""
        return float(np.log1p((len(self.entries) - count + 0.5) / (count + 0.5)))

    def postings(self, term: int) -> tuple[Numbers, Floats]:
        """The rows that have a term, and what it adds to the score of each."""
        if self.count(term) == 0:
            return self._rows[:0], self._impacts[:0]
        part = slice(self._starts[term], self._starts[term + 1])
        return self._rows[part], self._impacts[part]

    def term_of(self, word: str) -> int:
        """The term of a word, -1 where none has it."""
        return self.vocabulary.terms.get(words.stem(word), -1)

    def written(self, word: str) -> int:
        """How often exactly this word is written."""
        form = self.vocabulary.forms.get(word, -1)
        return int(self.form_counts[form]) if 0 <= form < len(self.form_counts) else 0

    def with_phrase(self, phrase: Sequence[str]) -> NDArray[np.bool_]:
        """Which rows have exactly these words beside each other in a field."""
        found = np.zeros(len(self.entries), dtype=np.bool_)
        forms = [self.vocabulary.forms.get(word, -2) for word in phrase]
        last = len(self._forms) - len(forms) + 1
        if last > 0 and forms:
            at = np.flatnonzero(self._forms[:last] == forms[0])
            for step, form in enumerate(forms[1:], start=1):
                at = at[self._forms[at + step] == form]
            found[np.searchsorted(self._ends, at, side="right")] = True
        return found

    def nearness(self, vector: Floats) -> Floats:
        """The cosine of each row's nearest passage to a vector; 0 where the meaning is not known."""
        found = np.zeros(len(self.entries), dtype=np.float32)
        if len(self._matrix) and self._matrix.shape[1] == len(vector):
            found[self._vector_rows] = np.maximum.reduceat(self._matrix @ vector, self._vector_starts)
        return found

    @cached_property
    def spellings(self) -> list[str]:
        """Words that a misspelt one may stand for: those of the documents, and those of the thesaurus."""
        written = [form for form in list(self.vocabulary.forms) if self.written(form)]
        return written + [form for form in self.vocabulary.thesaurus.forms if not self.written(form)]

    def _assemble_terms(self) -> None:
        width = len(self.vocabulary.terms)
        sizes = [len(entry.terms) for entry in self.entries]
        terms = _numbers([entry.terms for entry in self.entries])
        weights = np.concatenate([np.zeros(0, dtype=np.float32), *(entry.weights for entry in self.entries)])
        rows = np.repeat(np.arange(len(self.entries), dtype=np.int32), sizes)
        order = np.argsort(terms, kind="stable")
        self._counts = np.bincount(terms, minlength=width)
        self._starts = np.concatenate([[0], np.cumsum(self._counts)])
        self._rows = rows[order]
        lengths = np.array([entry.length for entry in self.entries], dtype=np.float64)
        mean = max(lengths.mean(), 1.0) if len(lengths) else 1.0
        held_back = _SATURATION * (1 - _LENGTH + _LENGTH * lengths / mean)
        weight = weights[order].astype(np.float64)
        idf = np.log1p((len(self.entries) - self._counts + 0.5) / (self._counts + 0.5))
        gain = weight * (_SATURATION + 1) / (weight + held_back[self._rows])
        self._impacts = (gain * np.repeat(idf, self._counts)).astype(np.float32)

    def _assemble_words(self) -> None:
        self._forms = _numbers([entry.forms for entry in self.entries])
        self._ends = np.cumsum([len(entry.forms) for entry in self.entries])
        real = self._forms[self._forms >= 0]
        self.form_counts = np.bincount(real, minlength=len(self.vocabulary.forms))

    def _assemble_names(self) -> None:
        self.references: dict[str, list[int]] = {}
        self.cpv: dict[str, list[int]] = {}
        names: set[str] = set()
        for row, entry in enumerate(self.entries):
            for reference in entry.document.references:
                self.references.setdefault(words.fold(reference), []).append(row)
            for code in entry.document.cpv:
                self.cpv.setdefault(code, []).append(row)
            names.update(entry.document.boroughs)
        # Name of an authority, as words, to the name and its term.
        self.authorities = {
            tuple(words.words(words.fold(name))): (name, self.vocabulary.terms[authority_key(name)])
            for name in sorted(names)
        }

    def _assemble_vectors(self) -> None:
        known = [id for id in self.ids.tolist() if id in self._vectors and len(self._vectors[id])]
        parts = [self._vectors[id] for id in known]
        self._matrix = np.concatenate(parts).astype(np.float32) if parts else np.zeros((0, 0), dtype=np.float32)
        self._vector_rows = np.array([self.row_of[id] for id in known], dtype=np.int64)
        bounds = np.cumsum([0, *(len(part) for part in parts)])
        self._vector_starts = bounds[:-1]
        # Views from now on, so that vectors are not kept twice.
        for id, (left, right) in zip(known, pairwise(bounds.tolist()), strict=True):
            self._vectors[id] = self._matrix[left:right]


def _numbers(parts: Sequence[Numbers]) -> Numbers:
    return np.concatenate([np.zeros(0, dtype=np.int32), *parts])
