"""How often the words that stand for a confidence are right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from procurement.matching import Result
from procurement.matching.calibration import BANDS, Band, Calibration


@dataclass(frozen=True, slots=True)
class HitRate:
    """Members of proposed groups shown with one word: how many, and the share of them that is right."""

    members: int
    right: float


def hit_rates(gold: Mapping[str, str], result: Result, calibration: Calibration) -> dict[Band, HitRate]:
    """Return the hit rate of each word. A member is right where at least half of the others of its group are truly of
    its own; groups and members are those that the matcher proposed.
    """
    found: dict[Band, list[bool]] = {band: [] for band in BANDS}
    for cluster in result.clusters:
        true = Counter(gold[member.id] for member in cluster.members)
        for member in cluster.members:
            others = true[gold[member.id]] - 1
            found[calibration.band(member.strength)].append(2 * others >= len(cluster.members) - 1)
    return {band: HitRate(len(told), sum(told) / len(told) if told else 0.0) for band, told in found.items()}
