"""How close a grouping comes to a labelled one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import comb


@dataclass(frozen=True, slots=True)
class Quality:
    """Precision, recall and their harmonic mean, each from 0 to 1."""

    precision: float
    recall: float
    f1: float


def quality(precision: float, recall: float) -> Quality:
    """Return both with their harmonic mean, 0 where both are 0."""
    total = precision + recall
    return Quality(precision, recall, 2 * precision * recall / total if total else 0.0)


def ratio(part: float, whole: float) -> float:
    """Return the share of ``part`` in ``whole``, 0 of nothing."""
    return part / whole if whole else 0.0


def pairwise(gold: Mapping[str, str], found: Mapping[str, str]) -> Quality:
    """Return the quality over pairs of items: a pair is right when both groupings put it together.

    Both arguments map item id to group; ``found`` must cover ``gold``. Nothing found at all gives zeros.
    """
    together = _pairs(Counter((gold[i], found[i]) for i in gold).values())
    in_gold = _pairs(Counter(gold.values()).values())
    in_found = _pairs(Counter(found[i] for i in gold).values())
    return quality(ratio(together, in_found), ratio(together, in_gold))


def _pairs(sizes: Iterable[int]) -> int:
    return sum(comb(size, 2) for size in sizes)


def bcubed(gold: Mapping[str, str], found: Mapping[str, str]) -> Quality:
    """Return B-cubed quality (Bagga and Baldwin, 1998): per-item precision and recall, averaged over the
    items.
    """
    if not gold:
        return Quality(0.0, 0.0, 0.0)
    both = Counter((gold[i], found[i]) for i in gold)
    gold_size = Counter(gold.values())
    found_size = Counter(found[i] for i in gold)
    precision = sum(n * n / found_size[f] for (_, f), n in both.items()) / len(gold)
    recall = sum(n * n / gold_size[g] for (g, _), n in both.items()) / len(gold)
    return quality(precision, recall)


def joint_purchase_recall(
    gold: Mapping[str, str], found: Mapping[str, str], owners: Mapping[str, str], share: float = 0.8
) -> float:
    """Return the share of true groups of two or more owners found whole enough and without a foreign member.

    A true group counts as found when one found group has at least ``share`` of its members and nobody else's.
    """
    true_groups: defaultdict[str, set[str]] = defaultdict(set)
    found_groups: defaultdict[str, set[str]] = defaultdict(set)
    for item, group in gold.items():
        true_groups[group].add(item)
        found_groups[found[item]].add(item)
    joint = [g for g in true_groups.values() if len({owners[i] for i in g}) > 1]
    hits = sum(
        any(f <= group and len(f) >= share * len(group) for f in (found_groups[found[i]] for i in group))
        for group in joint
    )
    return ratio(hits, len(joint))
