"""Other words for the same thing: the categories' names and synonyms, and the matcher's concepts and products."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from procurement.matching.brands import BRANDS
from procurement.matching.concepts import concepts
from procurement.search import words

LONGEST = 7


@dataclass(frozen=True, slots=True)
class Topic:
    """A category, as boroughs call it."""

    slug: str
    name: str
    synonyms: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return category_key(self.slug)


@dataclass(frozen=True)
class Thesaurus:
    """Phrases, as stems, with the keys of what they stand for; and what each key is called."""

    phrases: dict[tuple[str, ...], tuple[str, ...]]
    names: dict[str, str]
    # Words as they are written, for the spelling.
    forms: frozenset[str]

    @classmethod
    def of(cls, topics: Iterable[Topic]) -> Thesaurus:
        """The matcher's vocabulary with these categories."""
        phrases, names, forms = _shipped()
        own = {phrase: list(keys) for phrase, keys in phrases.items()}
        called = dict(names)
        written = set(forms)
        for topic in topics:
            called[topic.key] = topic.name
            for said in (topic.name, *topic.synonyms):
                _add(own, written, said, topic.key)
        return cls({phrase: tuple(keys) for phrase, keys in own.items()}, called, frozenset(written))

    def found(self, stems: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        """Start, end and key of each phrase in a query."""
        for start in range(len(stems)):
            for end in range(start + 1, min(start + LONGEST, len(stems)) + 1):
                for key in self.phrases.get(tuple(stems[start:end]), ()):
                    yield start, end, key


def category_key(slug: str) -> str:
    """The key under which a category stands in the thesaurus and in the index."""
    return f"category:{slug}"


@lru_cache(maxsize=1)
def _shipped() -> tuple[dict[tuple[str, ...], list[str]], dict[str, str], set[str]]:
    phrases: dict[tuple[str, ...], list[str]] = {}
    names: dict[str, str] = {}
    forms: set[str] = set()
    for name, said in concepts().items():
        names[f"concept:{name}"] = name
        for phrase in said:
            _add(phrases, forms, phrase, f"concept:{name}")
    for product, concept in BRANDS.items():
        if concept in concepts():
            _add(phrases, forms, product, f"concept:{concept}")
    return phrases, names, forms


def _add(phrases: dict[tuple[str, ...], list[str]], forms: set[str], said: str, key: str) -> None:
    written = words.words(words.fold(said))
    stems = tuple(map(words.stem, written))
    if 0 < len(stems) <= LONGEST and not all(word in words.STOP for word in written):
        keys = phrases.setdefault(stems, [])
        if key not in keys:
            keys.append(key)
        forms.update(written)
