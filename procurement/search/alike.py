"""Which questions ask nearly the same. A pure function of the texts, so that a group is the same for whoever looks.

A text is taken as its stems without stop words, each once. Two texts are near-duplicates where they share at least
SHARED stems (all of the shorter one's, where it has fewer), these are at least PART of the longer one's, and the
token_set_ratio of rapidfuzz over the stems is LIKENESS or more. The ratio alone is 100 wherever one text holds the
other; the part of the longer one keeps a question of one line out of the group of a page that also asks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from procurement.search import words

SHARED: Final = 3
PART: Final = 0.5
LIKENESS: Final = 80.0


@dataclass(frozen=True, slots=True)
class Rule:
    """How much alike is enough."""

    shared: int = SHARED
    part: float = PART
    likeness: float = LIKENESS


NEAR_DUPLICATE: Final = Rule()
# For "is it answered here?": shown to the person who asks, who can pass over it.
RELATED: Final = Rule(shared=2, part=0.2, likeness=55.0)


def stems(text: str) -> frozenset[str]:
    """What of a text is compared; of a text of stop words alone, all of them."""
    found = words.words(words.fold(text))
    return frozenset(words.stem(word) for word in found if word not in words.STOP) or frozenset(found)


def likeness(left: frozenset[str], right: frozenset[str], rule: Rule = NEAR_DUPLICATE) -> float:
    """From 0 to 100 how much two texts are alike; 0 where they are not enough."""
    shared, shorter, longer = len(left & right), *sorted((len(left), len(right)))
    if not shared or shared < min(rule.shared, shorter) or shared < rule.part * longer:
        return 0.0
    ratio = fuzz.token_set_ratio(" ".join(sorted(left)), " ".join(sorted(right)))
    return float(ratio) if ratio >= rule.likeness else 0.0


def groups(texts: Sequence[str]) -> list[list[int]]:
    """The texts by their places, in groups of near-duplicates.

    Each joins the first group whose first text it is like. So a chain of small steps makes no group of strangers, and a
    text that comes later never changes how the earlier ones are grouped.
    """
    found: list[tuple[frozenset[str], list[int]]] = []
    for place, text in enumerate(texts):
        mine = stems(text)
        for first, members in found:
            if likeness(first, mine):
                members.append(place)
                break
        else:
            found.append((mine, [place]))
    return [members for _, members in found]


def most_alike(text: str, others: Sequence[str], *, most: int) -> list[int]:
    """The places of the texts that have to do with this one, the most alike first."""
    mine = stems(text)
    scored = [(likeness(mine, stems(other), RELATED), place) for place, other in enumerate(others)]
    return [place for score, place in sorted(scored, key=lambda each: (-each[0], each[1])) if score][:most]
