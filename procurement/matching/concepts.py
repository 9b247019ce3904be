"""What UK councils buy: one concept for each thing that one joint purchase could serve, with the words used for it.

General knowledge of the sector, much finer than the product's categories: "mobile parking payments" and "parking
permits" are both parking, but two purchases; a system, the service round it and its hosting are three. The list is
``vocabulary/concepts.txt``, a line for each: ``name: phrase, phrase``. Phrases are matched as whole words, singular or
plural.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files


def lines(name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (before the colon, what the commas part behind it) for each line of a file in ``vocabulary``."""
    written = files("procurement.matching.vocabulary").joinpath(name).read_text(encoding="utf-8")
    for line in written.splitlines():
        if line and not line.startswith("#"):
            key, _, rest = line.partition(":")
            yield key, tuple(part for part in (part.strip() for part in rest.split(",")) if part)


@lru_cache(maxsize=1)
def concepts() -> dict[str, tuple[str, ...]]:
    """Return name -> phrases, the name itself first."""
    return {name: (name, *phrases) for name, phrases in lines("concepts.txt")}
