"""Names groups: a heading, the category, and the words that set the group apart, as people wrote them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from procurement.matching import brands, text
from procurement.matching.features import Features

_MAJORITY: Final = 0.5
_TERMS: Final = 5
_ACRONYMS: Final = frozenset(
    {
        "ai",
        "av",
        "bms",
        "cctv",
        "cil",
        "crm",
        "dns",
        "edrms",
        "erp",
        "foi",
        "gis",
        "hr",
        "it",
        "lan",
        "pmo",
        "rpa",
        "sms",
        "ups",
        "wan",
    }
)


class Surfaces:
    """The commonest written form of each stem and of each product."""

    def __init__(self, features: Features) -> None:
        forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
        written: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for prepared, named in zip(features.prepared, features.named, strict=True):
            for word in text.written_words(f"{prepared.title}. {prepared.body}"):
                forms[text.stem(word.casefold())][word if _is_acronym(word) else word.casefold()] += 1
            for name in named:
                written[name].update(brands.spellings(name, prepared.written))
        self._readable: dict[str, str] = {}
        self._forms = {stem: _commonest(counts) for stem, counts in forms.items()}
        self._products = {name: _commonest(counts) for name, counts in written.items() if counts}

    def term(self, term: str) -> str:
        """Return the readable form of a term of stems."""
        readable = self._readable.get(term)
        if readable is None:
            readable = self._readable[term] = " ".join(self._forms.get(stem, stem) for stem in term.split(" "))
        return readable

    def product(self, name: str) -> str:
        """Return the name of a product as people write it."""
        return self._products.get(name, name.title())

    def best(self, terms: Sequence[str], most: int) -> list[str]:
        """Return the first ``most`` of ``terms`` in readable form, no word twice."""
        chosen: list[str] = []
        used: set[str] = set()
        for term in terms:
            stems = term.split(" ")
            if used.isdisjoint(stems):
                chosen.append(term)
                used.update(stems)
            if len(chosen) == most:
                break
        return [self.term(term) for term in chosen]


def terms(features: Features, surfaces: Surfaces, rows: Sequence[int]) -> tuple[str, ...]:
    """Return up to five words or phrases typical of the group: mean TF-IDF, of terms that two or more
    members use.
    """
    part = features.words.matrix[list(rows)]
    weights = np.asarray(part.sum(axis=0)).ravel() / len(rows)
    shared = np.asarray((part > 0).sum(axis=0)).ravel()
    found = np.flatnonzero(shared >= 2)
    order = found[np.lexsort((found, -np.round(weights[found], 6)))][: 6 * _TERMS]
    return tuple(surfaces.best([features.words.terms[c] for c in order], _TERMS))


def category(features: Features, slugs: Sequence[str], rows: Sequence[int]) -> str | None:
    """Return the likeliest category of the group, None where no category is known."""
    if not slugs:
        return None
    shares = (features.category[list(rows)] ** 2).mean(axis=0)
    best = int(np.argmax(np.round(shares, 4)))
    return slugs[best] if shares[best] > 1.5 / len(slugs) else None


def heading(features: Features, rows: Sequence[int], category_name: str | None, medoid_title: str) -> str:
    """Return what to call the group: the thing most members name, else the category, else the most typical
    title.
    """
    matrix = features.concepts.matrix[list(rows)]
    users = np.asarray((matrix > 0).sum(axis=0)).ravel()
    weights = np.asarray(matrix.sum(axis=0)).ravel()
    if users.size and users.max() > _MAJORITY * len(rows):
        best = np.lexsort((np.arange(len(users)), -np.round(weights, 6), -users))[0]
        return _capitalised(features.concepts.terms[best])
    return category_name or medoid_title


def _capitalised(name: str) -> str:
    words = [word.upper() if word in _ACRONYMS else word for word in name.split(" ")]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def _is_acronym(word: str) -> bool:
    return 1 < len(word) <= 6 and sum(c.isupper() for c in word) > 1


def _commonest(counts: Counter[str]) -> str:
    return min(counts, key=lambda form: (-counts[form], form))
