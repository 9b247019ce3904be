"""The words of an index as numbers: forms as they are written, and terms, which are stems and keys."""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

from procurement.search import words
from procurement.search.thesaurus import LONGEST, Thesaurus

Numbers = NDArray[np.int32]
_BASE = np.uint64(1_000_003)


class Vocabulary:
    """Grows when documents are read, by one thread at a time; whoever searches only looks words up."""

    def __init__(self, thesaurus: Thesaurus) -> None:
        self.thesaurus = thesaurus
        self.terms: dict[str, int] = {}
        # Subscribing gives a new word its number, `get` does not.
        self.forms = _Forms(self)
        self.phrases = _Phrases(self, thesaurus)

    def term(self, name: str) -> int:
        """The number of a stem or key, known or new."""
        return self.terms.setdefault(name, len(self.terms))

    @property
    def stem_of(self) -> Numbers:
        """The term of each form."""
        return np.array(self.forms.stem_of, dtype=np.int32)


class _Forms(dict[str, int]):
    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        # Term of each form.
        self.stem_of = array("i")
        self._term = vocabulary.term

    def __missing__(self, word: str) -> int:
        self.stem_of.append(self._term(words.stem(word)))
        self[word] = number = len(self.stem_of) - 1
        return number


class _Phrases:
    """The thesaurus's phrases as hashes of terms, to find them in many documents at once."""

    def __init__(self, vocabulary: Vocabulary, thesaurus: Thesaurus) -> None:
        by_length: dict[int, list[tuple[list[int], int]]] = {}
        for stems, keys in thesaurus.phrases.items():
            numbers = [vocabulary.term(stem) for stem in stems]
            by_length.setdefault(len(stems), []).extend((numbers, vocabulary.term(key)) for key in keys)
        self._tables = {length: _table(rows) for length, rows in sorted(by_length.items()) if length <= LONGEST}

    def found(self, terms: Numbers) -> tuple[NDArray[np.int64], Numbers]:
        """Where phrases begin in a run of terms, and the key of each; no phrase reaches over a term of -1."""
        starts: list[NDArray[np.int64]] = []
        keys: list[Numbers] = []
        for length, (firsts, codes, key) in self._tables.items():
            if len(terms) < length:
                break
            last = len(terms) - length + 1
            at = np.flatnonzero(np.isin(terms[:last], firsts))
            code = _codes(np.stack([terms[at + step] for step in range(length)], axis=1))
            left, right = np.searchsorted(codes, code, "left"), np.searchsorted(codes, code, "right")
            count = right - left
            starts.append(np.repeat(at, count))
            within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
            keys.append(key[np.repeat(left, count) + within])
        if not starts:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32)
        return np.concatenate(starts), np.concatenate(keys)


def _table(rows: list[tuple[list[int], int]]) -> tuple[Numbers, NDArray[np.uint64], Numbers]:
    phrases = np.array([numbers for numbers, _ in rows], dtype=np.int32)
    codes = _codes(phrases)
    order = np.argsort(codes, kind="stable")
    return np.unique(phrases[:, 0]), codes[order], np.array([key for _, key in rows], dtype=np.int32)[order]


def _codes(phrases: Numbers) -> NDArray[np.uint64]:
    """One number for each row: a polynomial that wraps round, as two rows meet once in some 10¹³ tries."""
    code = np.zeros(len(phrases), dtype=np.uint64)
    for column in phrases.T:
        code = (code * _BASE + (column.astype(np.int64) + 2).astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
    return code
