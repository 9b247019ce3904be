"""What form a purchase takes: a council that wants software cannot share a contract with one that wants the
service run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

KINDS: Final[Mapping[str, str]] = {
    "software": "software",
    "licences": "licences",
    "managed-service": "a managed service",
    "hosting": "hosting",
    "hardware": "equipment",
    "consultancy": "consultancy",
    "works": "installation works",
    "support": "support and maintenance",
}

# Single words that speak for a kind, and expressions of several words.
_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "software": (
        r"software|systems?|platform|saas|solution|app|apps|application|portal|tool|module|database",
        r"back office",
    ),
    "licences": (
        r"licen[cs]es?|licen[cs]ing|subscriptions?|reseller|seats",
        r"enterprise agreement|renewal of",
    ),
    "managed-service": (
        r"managed|outsourc\w+|bureau|agents?|concession|airtime",
        r"service provider|fully serviced|processing service|services to|provision of .{0,30}services?|"
        r"collection service|run (?:for|by)",
    ),
    "hosting": (r"hosting|iaas|coloc\w+", r"hosted by|data cent(?:re|er)|landing zone"),
    "hardware": (
        r"hardware|devices?|laptops?|equipment|cameras?|sensors?|handsets?|printers?|machines?|kiosks?|units|"
        r"switches|servers?|appliances?|monitors?|tablets?",
        r"purchase of|supply of|supply and",
    ),
    "consultancy": (
        r"consult\w+|advis\w+|assessment|strategy|discovery|research|specialists?",
        r"review of|audit of|implementation partner|professional services|design partner|options appraisal|"
        r"business case|day rates?",
    ),
    "works": (r"install\w+|cabling|works|civils|rollout|construction|fitout|wayleaves?", r"roll-out|fit-out"),
    "support": (
        r"support|maintenance|warranty|breakfix",
        r"repairs? of equipment|break.fix|third.line",
    ),
}
_SINGLE: Final = tuple(re.compile(words) for words, _ in _WORDS.values())
_SEVERAL: Final = tuple(re.compile(rf"\b(?:{expressions})\b") for _, expressions in _WORDS.values())
_FIRST: Final = tuple(
    frozenset({"repairs", *(re.findall(r"\w+", expression)[0] for expression in expressions.split("|"))})
    for _, expressions in _WORDS.values()
)
_WORD: Final = re.compile(r"\w+")
_TITLE_WEIGHT: Final = 3.0
_SMOOTHING: Final = 0.35  # of a mention for every kind: a text that says nothing speaks neither for nor against


def distribution(title: str, body: str, stated: str | None = None) -> NDArray[np.float32]:
    """Return how likely each kind of ``KINDS`` is: shape (len(KINDS),), sums to 1.

    A kind ``stated`` by the borough is taken at its word; otherwise words are counted, those of the title
    threefold, and the last kind named in the title once more ("parking system support" is support).
    """
    # Forms and files spell it with an underscore.
    stated = stated.replace("_", "-").lower() if stated else None
    if stated is not None and stated in KINDS:
        given = np.full(len(KINDS), 0.02, dtype=np.float32)
        given[list(KINDS).index(stated)] = 1.0
        return _shares(given)
    counts = [_SMOOTHING] * len(KINDS)
    last, where = None, -1
    for index, (hits, end) in enumerate(zip(*_found(title.lower()), strict=True)):
        counts[index] += _TITLE_WEIGHT * min(hits, 2)
        if end > where:
            last, where = index, end
    for index, hits in enumerate(_found(body.lower())[0]):
        counts[index] += min(hits, 3) * 0.5
    if last is not None:
        counts[last] += _TITLE_WEIGHT
    return _shares(np.array(counts, dtype=np.float32))


def _found(text: str) -> tuple[list[int], list[int]]:
    """Return for each kind how often ``text`` speaks for it, and where the last time ends (-1 for never)."""
    hits, ends = [0] * len(KINDS), [-1] * len(KINDS)
    words = set()
    for match in _WORD.finditer(text):
        word = match.group()
        words.add(word)
        for index in _kinds_of(word):
            hits[index] += 1
            ends[index] = match.end()
    for index, first in enumerate(_FIRST):
        if not first.isdisjoint(words):
            for match in _SEVERAL[index].finditer(text):
                hits[index] += 1
                ends[index] = max(ends[index], match.end())
    return hits, ends


def spoken(text: str) -> dict[str, tuple[str, ...]]:
    """Return kind -> the words of ``text`` that speak for it, as they are written and in their order."""
    lower = text.lower()
    if len(lower) != len(text):  # a letter whose small form is two letters: positions would not fit
        text = lower
    found: dict[str, tuple[str, ...]] = {}
    for index, kind in enumerate(KINDS):
        places = [match.span() for match in _WORD.finditer(lower) if index in _kinds_of(match.group())]
        places += [match.span() for match in _SEVERAL[index].finditer(lower)]
        if places:
            found[kind] = tuple(text[start:end] for start, end in sorted(places))
    return found


@lru_cache(maxsize=200_000)
def _kinds_of(word: str) -> tuple[int, ...]:
    return tuple(index for index, pattern in enumerate(_SINGLE) if pattern.fullmatch(word))


def _shares(values: NDArray[np.float32]) -> NDArray[np.float32]:
    shares: NDArray[np.float32] = values / values.sum()
    return shares


def likely(values: NDArray[np.float32], least: float = 0.45) -> str | None:
    """Return the kind that holds at least ``least`` of a distribution, or None when the text leaves it
    open.
    """
    best = int(values.argmax())
    return list(KINDS)[best] if values[best] >= least else None
