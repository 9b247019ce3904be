"""Products and suppliers that UK councils name, and what each is bought for.

Two needs which name the same product are likely about the same thing; "RingGo contract" tells a reader who
knows the market that cashless parking is meant. General knowledge of the market; nothing here says who uses
or should use what. The list is ``vocabulary/products.txt``: a line reads ``concept: product, product``; ``*``
stands for suppliers with many lines of business.
"""

from __future__ import annotations

import re
from typing import Final

from procurement.matching.concepts import lines


def brands() -> dict[str, str]:
    """Return product or supplier in lower case -> concept it is bought for, "" where it sells many things."""
    table: dict[str, str] = {}
    for concept, names in lines("products.txt"):
        for name in names:
            table.setdefault(name, "" if concept == "*" else concept)
    return table


BRANDS: Final = brands()
_WORD: Final = re.compile(r"(?<![\w.])\w+")


def _by_first_word() -> dict[str, tuple[str, ...]]:
    table: dict[str, list[str]] = {}
    for name in sorted(BRANDS, key=lambda name: (-len(name), name)):
        table.setdefault(_WORD.findall(name)[0], []).append(name)
    return {first: tuple(names) for first, names in table.items()}


_BY_FIRST_WORD: Final = _by_first_word()
_JOINTS: Final = frozenset("._")
_CAPITAL: Final = re.compile(r"[A-Z0-9]\w*")
_DOTTED: Final = tuple(sorted(name for name in BRANDS if "." in name or "@" in name))


def mentions(text: str) -> list[tuple[str, str]]:
    """Return (name in lower case, name as written) for each time that ``text`` names a product or supplier.

    Short or everyday words ("confirm", "echo") count only as written in a name: with a capital, a digit, a
    dot or an at sign, so that "we confirm" names nobody. Of names that overlap the longest counts.
    """
    found: list[tuple[str, str]] = []
    lower, end = text.lower(), 0
    if len(lower) != len(text):  # a letter whose small form is two letters: positions would not fit
        text = lower = text.casefold()
    # Few titles have either, and to look for each of these names takes longer than all the rest.
    everything = ("." in lower or "@" in lower) and any(name in lower for name in _DOTTED)
    for match in (_WORD if everything else _CAPITAL).finditer(text):
        start = match.start()
        for name in _BY_FIRST_WORD.get(match.group().lower(), ()):
            if start >= end and lower.startswith(name, start) and not _touched(lower, start, start + len(name)):
                end = start + len(name)
                written = text[start:end]
                if not written[0].islower() or "." in written or "@" in written:
                    found.append((name, written))
                break
    return found


def spellings(name: str, text: str) -> list[str]:
    """Return how ``text`` writes the product ``name``, once for each time it is named."""
    return [written for found, written in mentions(text) if found == name and not written[0].islower()]


def _touched(text: str, start: int, end: int) -> bool:
    """Tell whether a letter, digit or underscore goes on before or after, or a dot stands before."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return before.isalnum() or after.isalnum() or before in _JOINTS or after == "_"


def named(text: str) -> frozenset[str]:
    """Return the products and suppliers named in ``text``, in lower case."""
    return frozenset(name for name, _ in mentions(text))
