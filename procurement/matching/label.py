"""Says what a group is about: its category, and the words that set it apart, as people wrote them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from procurement.matching import text
from procurement.matching.distinct import numbered
from procurement.matching.facts import UNKNOWN, Numbers
from procurement.matching.features import Features
from procurement.matching.lexical import Phrases
from procurement.matching.score import Rows

_TERMS: Final = 5


class Surfaces:
    """The commonest written form of each stem and of each product."""

    def __init__(self, features: Features) -> None:
        forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for form, count in features.forms.items():
            forms[text.stem(form.casefold())][form] += count
        written: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for (name, spelling), count in features.mentions.items():
            written[name][spelling] += count
        self._readable: dict[str, tuple[list[str], str]] = {}
        self._forms = {stem: _commonest(counts) for stem, counts in forms.items()}
        self._products = {name: _commonest(counts) for name, counts in written.items()}

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

    def shown(self, terms: Phrases, columns: Numbers, most: int) -> list[str]:
        """Return for each row of ``columns``, the best first and ``UNKNOWN`` after the last, what ``best`` gives of
        these terms, in one text.
        """
        places = _apart(*terms.parts(columns), columns != UNKNOWN, most)
        chosen = np.where(places == UNKNOWN, UNKNOWN, np.take_along_axis(columns, np.maximum(places, 0), axis=1))
        used, number = np.unique(chosen, return_inverse=True)
        readable = np.array(["" if c == UNKNOWN else self.term(terms[c]) for c in used.tolist()], dtype=object)
        return [", ".join(filter(None, row)) for row in readable[number.reshape(chosen.shape)].tolist()]

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
    columns, place = numbered(part.indices)
    weights = np.bincount(place, weights=part.data) / len(rows)
    found = np.flatnonzero(np.bincount(place, minlength=len(columns)) >= 2)
    order = columns[found[np.lexsort((found, -np.round(weights[found], 6)))][: 6 * _TERMS]]
    return tuple(surfaces.best([features.words.terms[c] for c in order], _TERMS))


def category(features: Features, count: int, rows: Rows) -> int:
    """Return the place of the likeliest of ``count`` categories, ``UNKNOWN`` where none stands out."""
    if not count:
        return UNKNOWN
    shares = (features.category[rows] ** 2).mean(axis=0)
    best = int(np.argmax(np.round(shares, 4)))
    return best if shares[best] > 1.5 / count else UNKNOWN


def _apart(first: Numbers, second: Numbers, there: NDArray[np.bool_], most: int) -> Numbers:
    """Return for each row the places of the first ``most`` terms none of which has a word of another, ``UNKNOWN``
    where there are fewer. A term is a ``first`` and perhaps a ``second`` word, else ``UNKNOWN``, shape (rows, terms).
    """
    nothing = UNKNOWN - 1
    rows, width = first.shape
    taken = np.full((rows, 2 * most), nothing)
    places = np.full((rows, most), UNKNOWN)
    count = np.zeros(rows, dtype=np.int64)
    for place in range(width):
        words = np.stack([first[:, place], second[:, place]], axis=1)
        clash = (taken[:, :, None] == words[:, None, :]).any(axis=(1, 2))
        new = np.flatnonzero(there[:, place] & ~clash & (count < most))
        places[new, count[new]] = place
        taken[new, 2 * count[new]] = words[new, 0]
        taken[new, 2 * count[new] + 1] = np.where(words[new, 1] == UNKNOWN, nothing, words[new, 1])
        count[new] += 1
    return places


def _commonest(counts: Counter[str]) -> str:
    return min(counts, key=lambda form: (-counts[form], form))
