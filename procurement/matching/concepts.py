"""What UK councils buy: one concept for each thing that one joint purchase could serve, with the words used for it.

General knowledge of the sector, much finer than the product's categories: "mobile parking payments" and "parking
permits" are both parking, but two purchases; a system, the service round it and its hosting are three. The list is
``vocabulary/concepts.txt``, a line for each: ``name: phrase, phrase``. Phrases are matched as whole words, singular or
plural. How people ask for a concept without its phrases is told by texts of the project's own, in
``vocabulary/asked.tsv``, a line for each: the name, a tab, a text. ``VOICES`` names those of a concept in their order.
They are made up: what they say of suppliers, sites and dates is no fact.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Final

VOICES: Final = (
    *("title", "trouble", "notice", "requirements", "renewal", "other"),
    *("note", "complaint", "scope", "specification", "outcome", "setting"),
)


def lines(name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (before the colon, what the commas part behind it) for each line of a file in ``vocabulary``."""
    for line in _written(name):
        if line and not line.startswith("#"):
            key, _, rest = line.partition(":")
            yield key, tuple(part for part in (part.strip() for part in rest.split(",")) if part)


@lru_cache(maxsize=1)
def concepts() -> dict[str, tuple[str, ...]]:
    """Return name -> phrases, the name itself first."""
    return {name: (name, *phrases) for name, phrases in lines("concepts.txt")}


@lru_cache(maxsize=1)
def asked() -> dict[str, tuple[str, ...]]:
    """Return name -> texts that ask for the concept, in the order of ``concepts()``: one for each of ``VOICES``, or for
    the first six of them, or none.
    """
    found: dict[str, list[str]] = {name: [] for name in concepts()}
    for line in _written("asked.tsv"):
        name, _, text = line.partition("\t")
        found[name].append(text)
    return {name: tuple(texts) for name, texts in found.items()}


def _written(name: str) -> list[str]:
    return files("procurement.matching.vocabulary").joinpath(name).read_text(encoding="utf-8").splitlines()
