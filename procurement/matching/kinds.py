"""What form a purchase takes: a council that wants software cannot share a contract with one that wants the
service run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
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

_WORDS: Final[Mapping[str, str]] = {
    "software": r"software|systems?|platform|saas|solution|app|apps|application|portal|tool|module|"
    r"database|back office",
    "licences": r"licen[cs]es?|licen[cs]ing|subscriptions?|enterprise agreement|reseller|renewal of|seats",
    "managed-service": r"managed|outsourc\w+|service provider|bureau|fully serviced|agents?|"
    r"processing service|"
    r"services to|provision of .{0,30}services?|concession|airtime|collection service|run (?:for|by)",
    "hosting": r"hosting|hosted by|iaas|data cent(?:re|er)|coloc\w+|landing zone",
    "hardware": r"hardware|devices?|laptops?|equipment|cameras?|sensors?|handsets?|printers?|machines?|"
    r"kiosks?|units|"
    r"switches|servers?|appliances?|monitors?|tablets?|purchase of|supply of|supply and",
    "consultancy": r"consult\w+|advis\w+|review of|audit of|assessment|strategy|discovery|"
    r"implementation partner|"
    r"professional services|design partner|research|options appraisal|business case|day rates?|specialists?",
    "works": r"install\w+|cabling|works|civils|roll-?out|construction|fit-?out|wayleaves?",
    "support": r"support|maintenance|repairs? of equipment|break.?fix|warranty|third.line",
}
_PATTERNS: Final = tuple((kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for kind, words in _WORDS.items())
_TITLE_WEIGHT: Final = 3.0
_SMOOTHING: Final = 0.35  # of a mention for every kind: a text that says nothing speaks neither for nor against


def distribution(title: str, body: str, stated: str | None = None) -> NDArray[np.float32]:
    """Return how likely each kind of ``KINDS`` is: shape (len(KINDS),), sums to 1.

    A kind ``stated`` by the borough is taken at its word; otherwise words are counted, those of the title
    threefold, and the last kind named in the title once more ("parking system support" is support).
    """
    if stated is not None and stated in KINDS:
        given = np.full(len(KINDS), 0.02, dtype=np.float32)
        given[list(KINDS).index(stated)] = 1.0
        return _shares(given)
    counts = np.full(len(KINDS), _SMOOTHING, dtype=np.float32)
    last, where = None, -1
    for index, (_, pattern) in enumerate(_PATTERNS):
        hits = list(pattern.finditer(title))
        counts[index] += _TITLE_WEIGHT * min(len(hits), 2)
        counts[index] += min(len(pattern.findall(body)), 3) * 0.5
        if hits and hits[-1].end() > where:
            last, where = index, hits[-1].end()
    if last is not None:
        counts[last] += _TITLE_WEIGHT
    return _shares(counts)


def _shares(values: NDArray[np.float32]) -> NDArray[np.float32]:
    shares: NDArray[np.float32] = values / values.sum()
    return shares


def likely(values: NDArray[np.float32], least: float = 0.45) -> str | None:
    """Return the kind that holds at least ``least`` of a distribution, or None when the text leaves it
    open.
    """
    best = int(values.argmax())
    return list(KINDS)[best] if values[best] >= least else None
