"""Suggests for one need a category, the kind of thing wanted and CPV codes, each with the words that speak for it.

A suggestion is confirmed by the person: most errors of matching are errors of kind or of grain, which text alone cannot
settle. The text is read by what the matcher reads with (``features``): what it names of the things that councils buy,
and which of them it is like. ``vocabulary/categories.txt`` says under which category a council would file each thing,
``vocabulary/kinds.txt`` what kind it usually is where its own words do not say so. Where nothing speaks for anything,
nothing is suggested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from procurement.matching import brands, concept_vectors, features, kinds, text
from procurement.matching.capabilities import Phrases, concept_counts
from procurement.matching.concepts import concepts, lines
from procurement.matching.embed import Embedder, RememberingEmbedder
from procurement.matching.items import Config, Item
from procurement.matching.text import Prepared

Floats = NDArray[np.float32]

_THINGS: Final = tuple(concepts())
_PLACE: Final = {name: place for place, name in enumerate(_THINGS)}

MOST: Final = 3  # suggestions of each sort
_LITTLE: Final = 0.01  # what a category has without any evidence: one sort of it alone is not enough
_WORTH: Final = 0.03  # of a category's score, below which it is not suggested
_WORTH_KIND: Final = 0.01
_CLEARLY_LIKE: Final = 0.4  # cosine to a thing that councils buy, from which a text speaks that names none
_FEW_WORDS: Final = 5  # different ones; with fewer, chance makes a text like something more easily
_FEW_CLEARLY_LIKE: Final = 0.57
_OFTEN: Final = 0.15  # share of a kind in a thing from which the thing is a reason for it
_CLEARLY: Final = 0.2  # share of a thing from which it is named as the reason
_NAMED: Final = 0.25  # weight of what is named against what the text is like
_WORDS: Final = 3  # quoted in a reason
_SERVICES: Final = ("service", "services")


@dataclass(frozen=True, slots=True)
class Hint:
    """One suggestion: a category's slug or a kind of ``kinds.KINDS``, its score from 0 to 1, and why, in words."""

    code: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Classification:
    """What is suggested for one need, each the likeliest first and ``MOST`` at most; empty where nothing speaks.

    ``cpv`` are the different codes of the categories suggested, in their order.
    """

    categories: tuple[Hint, ...] = ()
    kinds: tuple[Hint, ...] = ()
    cpv: tuple[str, ...] = ()


class Classifier:
    """Suggests by the categories of ``config``; ``embedder`` None does so by words alone.

    Building it costs a moment, since the categories are embedded: keep it for as long as they do not change.
    """

    def __init__(self, config: Config, embedder: Embedder | None) -> None:
        self._config = config
        self._embedder = RememberingEmbedder(embedder) if embedder else None
        self._things = _centred(embedder) if embedder else None
        self._own = {c.slug: Phrases.of({c.slug: (c.name, *c.synonyms)}) for c in config.capabilities}
        self._cpv = {c.slug: c.cpv for c in config.capabilities}
        self._filed, self._known = _filed(tuple(self._own))

    def classify(self, item: Item) -> Classification:
        """Return what the text of ``item`` suggests; the category and the kind that it has are not read."""
        read = self._read(replace(item, category=None, category_confirmed=False, kind=None))
        by_category = self._categories(read) if read.speaks else ()
        return Classification(
            categories=by_category,
            kinds=_kinds(read),
            cpv=tuple(dict.fromkeys(self._cpv[hint.code] for hint in by_category if self._cpv[hint.code])),
        )

    def _read(self, item: Item) -> _Read:
        found = features.build(
            [item], self._config.capabilities, self._config.owner_names, self._embedder, lambda done, total: None
        )
        prepared = found.prepared[0]
        mentions = brands.mentions(". ".join((prepared.title, *prepared.sentences, item.incumbent)))
        names = {name for name, _ in mentions}
        named = concept_counts(
            text.tokens(prepared.title), text.tokens(prepared.body), names, brands.named(prepared.title)
        )
        likest = 0.0
        if self._things is None or found.topics is None or found.meaning is None:
            things = _shares(named)
        else:
            things = np.square(found.topics.toarray()[0])
            likest = float((self._things @ found.meaning[0]).max())
        return _Read(
            prepared=prepared,
            products={spelled: brands.BRANDS[name] for name, spelled in mentions if brands.BRANDS[name]},
            things=things,
            named=_shares(named),
            category=np.square(found.category[0]),
            kind=np.square(found.kind[0]),
            speaks=bool(named)
            or likest >= (_CLEARLY_LIKE if len(set(text.stems(prepared.text))) >= _FEW_WORDS else _FEW_CLEARLY_LIKE)
            or any(phrases.found(prepared.text) for phrases in self._own.values()),
        )

    def _categories(self, read: _Read) -> tuple[Hint, ...]:
        # A category that the vocabulary does not know, one of the platform's own, is judged by its own words twice.
        filed = np.where(self._known, read.things @ self._filed, read.category)
        both = np.sqrt((filed + _LITTLE) * (read.category + _LITTLE)) - _LITTLE
        scores = (1 - _NAMED) * both + _NAMED * (read.named @ self._filed)
        slugs = tuple(self._own)
        return _ranked(slugs, scores, _WORTH, lambda slug: self._why(slug, read))

    def _why(self, slug: str, read: _Read) -> str:
        own = self._filed[:, tuple(self._own).index(slug)] > 0
        theirs = {name for name, holds in zip(_THINGS, own, strict=True) if holds}
        words = _quoted([*_spoken(self._own[slug], read.prepared), *_naming(theirs, read.prepared)])
        products = list(dict.fromkeys(spelled for spelled, thing in read.products.items() if thing in theirs))[:_WORDS]
        if words:
            return f"{_listed(words)} {'are words' if len(words) > 1 else 'is a word'} for it"
        if products:
            return f"{_listed(products)} {'are' if len(products) > 1 else 'is'} used for it"
        likeness = read.things * own
        if likeness.max() >= _CLEARLY:
            return f"It reads like “{_THINGS[int(likeness.argmax())]}”"
        return "Possible, though no word names it"


@dataclass(frozen=True, slots=True)
class _Read:
    """What one text says. ``things`` are shares of ``concepts()``, ``category`` and ``kind`` shares too, ``named`` the
    things that it names, ``products`` the spelling of each product -> what it is bought for. ``speaks`` tells whether
    it says anything of which a council would know where to file it.
    """

    prepared: Prepared
    products: Mapping[str, str]
    things: Floats
    named: Floats
    category: Floats
    kind: Floats
    speaks: bool


def _ranked(codes: Sequence[str], scores: Floats, worth: float, why: Callable[[str], str]) -> tuple[Hint, ...]:
    best = np.lexsort((np.arange(len(scores)), -scores.round(4)))[:MOST]
    return tuple(
        Hint(codes[place], round(float(scores[place]), 4), why(codes[place])) for place in best if scores[place] > worth
    )


def _kinds(read: _Read) -> tuple[Hint, ...]:
    spoken = kinds.spoken(read.prepared.text)
    things = read.things if read.speaks else np.zeros_like(read.things)
    if not spoken and not things.any():
        return ()
    scores = read.kind * (things @ usual_kinds() + (1 - things.sum()) / len(kinds.KINDS))

    def why(kind: str) -> str:
        if spoken.get(kind):
            words = _quoted(spoken[kind])
            return f"{_listed(words)} {'speak' if len(words) > 1 else 'speaks'} for it"
        usual = usual_kinds()[:, list(kinds.KINDS).index(kind)]
        thing = int((things * usual).argmax())
        if things[thing] >= _CLEARLY and usual[thing] >= _OFTEN:
            return f"“{_THINGS[thing]}” is often bought so"
        return "Possible, though no word says so"

    return _ranked(tuple(kinds.KINDS), scores / scores.sum(), _WORTH_KIND, why)


def _filed(slugs: tuple[str, ...]) -> tuple[Floats, NDArray[np.bool_]]:
    """Return how far each thing belongs to each category, shape (concepts, categories), and of which the vocabulary
    knows anything.
    """
    column = {slug: place for place, slug in enumerate(slugs)}
    table = np.zeros((len(_THINGS), len(slugs)), dtype=np.float32)
    for name, known in lines("categories.txt"):
        for slug in known:
            if slug in column:
                table[_PLACE[name], column[slug]] = 1 / len(known)
    return table, np.asarray(table.sum(axis=0) > 0)


@lru_cache(maxsize=1)
def usual_kinds() -> Floats:
    """Return how likely each kind is for each thing that councils buy: shape (concepts, kinds), rows sum to 1."""
    said = {name: kind for name, (kind,) in lines("kinds.txt")}
    rows = []
    for name, phrases in concepts().items():
        stated = said.get(name) or ("managed-service" if name.endswith(_SERVICES) else None)
        rows.append(kinds.distribution(name, ". ".join(phrases), stated))
    return np.stack(rows)


def _shares(named: Mapping[str, float]) -> Floats:
    shares = np.zeros(len(_THINGS), dtype=np.float32)
    for name, weight in named.items():
        shares[_PLACE[name]] = weight
    return shares / max(float(shares.sum()), 1.0)


def _centred(embedder: Embedder) -> Floats:
    vectors = concept_vectors.vectors(embedder)
    return features.centred(vectors, vectors.mean(axis=0))


@lru_cache(maxsize=1)
def _naming_phrases() -> Phrases:
    return Phrases.of(concepts())


def _naming(things: set[str], prepared: Prepared) -> Iterator[str]:
    """Yield the words that name any of ``things``, as they are written."""
    for thing, words in _spans(_naming_phrases(), prepared):
        if thing in things:
            yield words


def _spoken(phrases: Phrases, prepared: Prepared) -> Iterator[str]:
    for _, words in _spans(phrases, prepared):
        yield words


def _spans(phrases: Phrases, prepared: Prepared) -> Iterator[tuple[str, str]]:
    """Yield (key, words as written) for each phrase in title and sentences, in order."""
    for sentence in (prepared.title, *prepared.sentences):
        written = text.written_words(sentence)
        tokens = tuple(map(text.token, written))
        places, at = [], 0
        for word in written:
            at = sentence.index(word, at) + len(word)
            places.append((at - len(word), at))
        for start, token in enumerate(tokens):
            for phrase, key in phrases.by_first.get(token, ()):
                if tokens[start : start + len(phrase)] == phrase:
                    yield key, sentence[places[start][0] : places[start + len(phrase) - 1][1]]


def _quoted(found: Iterable[str]) -> list[str]:
    """Return the first few different ones, without those that stand within another."""
    different = list({words.casefold(): words for words in reversed(list(found))}.values())[::-1]
    whole = [f" {words.casefold()} " for words in different]
    kept = [
        words
        for words, own in zip(different, whole, strict=True)
        if not any(own in other and own != other for other in whole)
    ]
    return kept[:_WORDS]


def _listed(words: Sequence[str]) -> str:
    quoted = [f"“{word}”" for word in words]
    return " and ".join(part for part in (", ".join(quoted[:-1]), quoted[-1]) if part)
