"""What is read off one item's own words, once for each item: cleaned text, words, concepts, products and kind.

A reading depends on nothing but the item's text, the names of owners, the categories and the rules of this package.
It is kept as bytes under a key made of these, so that a run reads only what is new. What depends on all items of a
run, idf and the sentences that recur, is settled in ``gathering``.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from struct import Struct, pack
from types import ModuleType
from typing import Final, NamedTuple, Protocol

from procurement.matching import brands, capabilities, concepts, kinds, text
from procurement.matching.items import Capability, Item

# Between the texts of a reading; no cleaned text can hold it, since ``str.split`` takes it for white space.
SEPARATOR: Final = "\x1d"
_TITLE_WEIGHT: Final = 2  # what a word of the title counts, against one of the body
_SOURCES: Final[tuple[ModuleType, ...]] = (text, brands, capabilities, concepts, kinds)


class Head(NamedTuple):
    """Lengths of the parts of a reading's numbers, in 32-bit words, in the order in which they follow it."""

    sentences: int  # two words each: 64 bits by which a sentence is recognised, the lowest set where it tells something
    title_stems: int  # two words each: 64 bits that stand for a stem of the title
    forms: int  # how often each of the forms is written
    terms: int  # three words each: places of the first form, of the second plus one or 0, and the weighed count
    products: int  # places in ``PRODUCTS``
    concepts: int  # two words each: place in ``CONCEPTS`` and a float32 weight
    categories: int  # three words each: place in ``Rules.slugs``, how many of its phrases the title and the body have
    kind: int  # float32 shares


HEAD: Final = Struct(f"<{len(Head._fields)}I")
LENGTH: Final = Struct("<I")
PRODUCTS: Final = tuple(sorted(brands.BRANDS))
CONCEPTS: Final = tuple(sorted(concepts.concepts()))
_PLACE_OF_PRODUCT: Final = {name: place for place, name in enumerate(PRODUCTS)}
_PLACE_OF_CONCEPT: Final = {name: place for place, name in enumerate(CONCEPTS)}
_WEIGHED: Final = Struct("<If")
_LONGEST_ACRONYM: Final = 6


class ReadingStore(Protocol):
    """Where readings are kept between runs; keys are SHA-256 in hexadecimal."""

    def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """Return the readings that are known, by key."""
        ...

    def put_many(self, readings: Mapping[str, bytes]) -> None:
        """Keep these readings."""
        ...


class MemoryStore:
    """Keeps readings for as long as it lives."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """Return the readings that are known, by key."""
        return {key: self._known[key] for key in keys if key in self._known}

    def put_many(self, readings: Mapping[str, bytes]) -> None:
        """Keep these readings."""
        self._known.update(readings)


@dataclass(frozen=True, slots=True)
class Rules:
    """By what items are read; ``slugs`` are those of the categories, sorted. ``digest`` stands for all of it, the code
    of this package included.
    """

    names: re.Pattern[str] | None
    slugs: tuple[str, ...]
    categories: capabilities.Phrases
    digest: bytes

    @classmethod
    def of(cls, owner_names: Iterable[str], categories: Sequence[Capability]) -> Rules:
        """Return the rules for items that may name ``owner_names`` and belong to ``categories``."""
        names = text.name_pattern(owner_names)
        table = {c.slug: (c.name, *c.synonyms) for c in categories}
        told = repr((_code(), Head._fields, names.pattern if names else "", sorted(table.items())))
        phrases = capabilities.category_phrases(tuple(categories))
        return cls(names, tuple(sorted(table)), phrases, hashlib.sha256(told.encode("utf-8", "replace")).digest())


@lru_cache(maxsize=1)
def _code() -> str:
    """Return the SHA-256 of the code and the words that readings are made by: a changed rule must not meet an old
    reading.
    """
    digest = hashlib.sha256(repr((concepts.concepts(), brands.BRANDS)).encode())
    for module in _SOURCES:
        with open(module.__file__ or "", "rb") as source:
            digest.update(source.read())
    with open(__file__, "rb") as own:
        digest.update(own.read())
    return digest.hexdigest()


def key(item: Item, rules: Rules, dropped: Collection[int] = ()) -> str:
    """Return the key of the reading of ``item`` without the sentences at the places ``dropped``."""
    told = f"{item.title}\0{item.body}\0{item.incumbent}\0{item.kind}\0{','.join(map(str, sorted(dropped)))}"
    return hashlib.sha256(rules.digest + told.encode("utf-8", "surrogatepass")).hexdigest()


def read(item: Item, rules: Rules, dropped: Collection[int] = ()) -> bytes:
    """Read ``item``; sentences at the places ``dropped`` are left out, as ``text.cleaned`` says.

    The bytes are ``LENGTH`` (of the numbers), ``HEAD`` and the parts it describes, then UTF-8: title and sentences,
    forms, and mentions of products (name, tab, spelling), each line ended by a line feed, the three parted by
    ``SEPARATOR``.
    """
    outline = text.outline(item, rules.names)
    prepared, telling = text.cleaned(outline, rules.names, dropped)
    written = ". ".join((outline.written, *telling))
    mentions = brands.mentions(written)
    # Together with the product in use today, since one name may begin where the text ends.
    named = brands.named(f"{written}. {item.incumbent}") if item.incumbent else frozenset(name for name, _ in mentions)
    words = _Words()
    body = words.add(prepared.body, 1)
    title = words.add(prepared.title, _TITLE_WEIGHT)
    concepts_named = capabilities.concept_counts(title, body, named, named & brands.named(outline.written))
    in_title, in_body = rules.categories.among(title), rules.categories.among(body)
    of_categories = [
        (rules.slugs.index(k), in_title.get(k, 0), in_body.get(k, 0)) for k in sorted({*in_title, *in_body})
    ]
    parts = (
        _longs(_hash(k) << 1 | tells for k, tells in zip(outline.keys, outline.tells, strict=True)),
        _longs(_hash(stem) for stem in sorted(set(text.stems(prepared.title)))),
        _numbers(words.counts),
        _numbers(number for (a, b), count in words.terms.items() for number in (a, b, count)),
        _numbers(_PLACE_OF_PRODUCT[name] for name in sorted(named)),
        b"".join(_WEIGHED.pack(_PLACE_OF_CONCEPT[name], weight) for name, weight in sorted(concepts_named.items())),
        _numbers(chain.from_iterable(of_categories)),
        kinds.distribution(prepared.title, prepared.body, item.kind).astype("<f4").tobytes(),
    )
    told = (
        (prepared.title, *prepared.sentences),
        words.places,
        [f"{name}\t{spelling}" for name, spelling in mentions if not spelling[0].islower()],
    )
    numbers = HEAD.pack(*(len(part) // 4 for part in parts)) + b"".join(parts)
    lines = SEPARATOR.join("".join(f"{line}\n" for line in group) for group in told)
    return LENGTH.pack(len(numbers)) + numbers + lines.encode("utf-8", "replace")


class _Words:
    """Counts the forms of an item's words, and its terms: content words and neighbouring ones of one sentence."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self.counts: list[int] = []
        self.terms: Counter[tuple[int, int]] = Counter()

    def add(self, passage: str, weight: int) -> tuple[str, ...]:
        """Count the words of ``passage`` and return its ``text.tokens``."""
        tokens: list[str] = []
        for sentence in text.sentences(passage):
            content = []
            for word in text.written_words(sentence):
                tokens.append(text.token(word))
                place = self.places.setdefault(form(word), len(self.places))
                if place == len(self.counts):
                    self.counts.append(0)
                self.counts[place] += 1
                if text.content(word):
                    content.append(place)
            for place in content:
                self.terms[place, 0] += weight
            for first, second in pairwise(content):
                self.terms[first, second + 1] += weight
        return tuple(tokens)


@lru_cache(maxsize=200_000)
def form(word: str) -> str:
    """Return a written word as it is shown: acronyms as they are, others in lower case."""
    bare = word.strip(".'")
    acronym = 1 < len(bare) <= _LONGEST_ACRONYM and sum(c.isupper() for c in bare) > 1
    return bare if acronym else bare.casefold()


@lru_cache(maxsize=200_000)
def _hash(told: str) -> int:
    """Return 63 bits that stand for a text."""
    digest = hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


def _longs(numbers: Iterable[int]) -> bytes:
    found = tuple(numbers)
    return pack(f"<{len(found)}Q", *found)


def _numbers(numbers: Iterable[int]) -> bytes:
    found = tuple(numbers)
    return pack(f"<{len(found)}I", *found)
