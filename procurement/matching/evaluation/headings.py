"""How close headings come to the names that people gave to the true groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from procurement.matching import text
from procurement.matching.evaluation.metrics import Quality, quality, ratio
from procurement.matching.items import Decision


def as_decisions(gold: Mapping[str, str]) -> tuple[Decision, ...]:
    """Return rulings that make the true groups: a chain through each. A run with a cut above 1 has no others."""
    members: defaultdict[str, list[str]] = defaultdict(list)
    for id, group in sorted(gold.items()):
        members[group].append(id)
    return tuple(Decision(a, b, together=True) for ids in members.values() for a, b in pairwise(ids))


def label_quality(headings: Iterable[tuple[str, str]]) -> Quality:
    """Compare headings with the names of their true groups, given as (name, heading).

    A name is a slug such as ``parking-permits``. Recall is the share of its stems that the heading has, precision the
    share of the heading's stems that the name has, each averaged over the groups.
    """
    recalls, precisions = [], []
    for name, heading in headings:
        wanted, said = set(text.stems(name.replace("-", " "))), set(text.stems(heading))
        recalls.append(ratio(len(wanted & said), len(wanted)))
        precisions.append(ratio(len(wanted & said), len(said)))
    return quality(ratio(sum(precisions), len(precisions)), ratio(sum(recalls), len(recalls)))
