"""What comes out of the matcher: scored pairs with reasons, and clusters of items."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

# Called with the phase, the steps done and their number.
Progress = Callable[[str, int, int], None]


class Reason(NamedTuple):
    """One piece of evidence in plain English; ``weight`` is its share of the score, negative when it speaks
    against.
    """

    code: str
    words: str
    weight: float


class Pair(NamedTuple):
    """Two items with their score from 0 to 1; ``left`` sorts before ``right``."""

    left: str
    right: str
    score: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """An item in a cluster; ``strength`` is its mean score to the other members."""

    id: str
    strength: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Cluster:
    """Two or more items that could be bought together, members and owners in sorted order."""

    members: tuple[Member, ...]
    label: str
    category: str | None
    terms: tuple[str, ...]
    medoid: str
    owners: tuple[str, ...]

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the members."""
        return frozenset(member.id for member in self.members)


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one run.

    ``pairs`` holds for each item its best pairs inside its cluster and its best suggestions outside, and every
    pair that a person ruled together. ``digest``
    is the SHA-256 of the canonical JSON of everything that went in, so two runs with one digest have the
    same outcome.
    """

    clusters: tuple[Cluster, ...]
    unmatched: tuple[str, ...]
    pairs: tuple[Pair, ...]
    engine_version: str
    parameters: dict[str, Any]
    digest: str
    warnings: tuple[str, ...] = ()
