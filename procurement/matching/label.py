"""Says what a group is about: its category, and the words that set it apart, as people wrote them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from procurement.matching import brands, text
from procurement.matching.facts import UNKNOWN
from procurement.matching.features import Features
from procurement.matching.score import Rows

_TERMS: Final = 5


class Surfaces:
    """The commonest written form of each stem and of each product."""

    def __init__(self, features: Features) -> None:
        words: Counter[str] = Counter()
        written: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for prepared, named in zip(features.prepared, features.named, strict=True):
            words.update(text.written_words(f"{prepared.title}. {prepared.body}"))
            for name, spelling in brands.mentions(prepared.written) if named else ():
                if not spelling[0].islower():
                    written[name][spelling] += 1
        forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for found, count in words.items():
            word = found.strip(".'")
            forms[text.stem(word.casefold())][word if _is_acronym(word) else word.casefold()] += count
        self._readable: dict[str, tuple[list[str], str]] = {}
        self._forms = {stem: _commonest(counts) for stem, counts in forms.items()}
        self._products = {name: _commonest(counts) for name, counts in written.items() if counts}

    def product(self, name: str) -> str:
        """Return the name of a product as people write it."""
        return self._products.get(name, name.title())

    def best(self, terms: Sequence[str], most: int) -> list[str]:
        """Return the first ``most`` of ``terms`` in readable form, no word twice."""
        chosen: list[str] = []
        used: set[str] = set()
        for term in terms:
            stems, readable = self._readable.get(term) or self._read(term)
            if used.isdisjoint(stems):
                chosen.append(readable)
                if len(chosen) == most:
                    break
                used.update(stems)
        return chosen

    def term(self, term: str) -> str:
        """Return the readable form of a term of stems."""
        return (self._readable.get(term) or self._read(term))[1]

    def _read(self, term: str) -> tuple[list[str], str]:
        stems = term.split(" ")
        self._readable[term] = found = (stems, " ".join(self._forms.get(stem, stem) for stem in stems))
        return found


def terms(features: Features, surfaces: Surfaces, rows: Rows) -> tuple[str, ...]:
    """Return up to five words or phrases typical of the group: mean TF-IDF, of terms that two or more
    members use.
    """
    part = features.words.matrix[rows]
    weights = np.asarray(part.sum(axis=0)).ravel() / len(rows)
    shared = np.asarray((part > 0).sum(axis=0)).ravel()
    found = np.flatnonzero(shared >= 2)
    order = found[np.lexsort((found, -np.round(weights[found], 6)))][: 6 * _TERMS]
    return tuple(surfaces.best([features.words.terms[c] for c in order], _TERMS))


def category(features: Features, count: int, rows: Rows) -> int:
    """Return the place of the likeliest of ``count`` categories, ``UNKNOWN`` where none stands out."""
    if not count:
        return UNKNOWN
    shares = (features.category[rows] ** 2).mean(axis=0)
    best = int(np.argmax(np.round(shares, 4)))
    return best if shares[best] > 1.5 / count else UNKNOWN


def _is_acronym(word: str) -> bool:
    return 1 < len(word) <= 6 and sum(c.isupper() for c in word) > 1


def _commonest(counts: Counter[str]) -> str:
    return min(counts, key=lambda form: (-counts[form], form))
