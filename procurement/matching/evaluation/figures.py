"""All figures of a grouping at once, in the shape that commands print."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from procurement.matching.evaluation.labelled import Labelled
from procurement.matching.evaluation.metrics import Quality, bcubed, joint_purchase_recall, pairwise
from procurement.matching.result import Result


@dataclass(frozen=True, slots=True)
class Figures:
    """Pairwise and B-cubed quality, joint purchase recall, and purity: the share of the groups of two or more owners
    that hold no foreign member. All from 0 to 1.
    """

    pairwise: Quality
    bcubed: Quality
    joint_purchase_recall: float
    purity: float

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as JSON-safe values."""
        return asdict(self)


def grouping(labelled: Labelled, result: Result) -> dict[str, str]:
    """Return the group of each item: a name for each group of ``result``, and one for each item on its own."""
    found = {item.id: f"alone {item.id}" for item in labelled.items}
    for number, cluster in enumerate(result.clusters):
        found.update(dict.fromkeys(cluster.ids, f"group {number}"))
    return found


def figures(labelled: Labelled, result: Result) -> Figures:
    """Measure the groups of ``result`` against the labels."""
    return measured(labelled, grouping(labelled, result))


def measured(labelled: Labelled, found: Mapping[str, str]) -> Figures:
    """Measure a grouping, item id to group, against the labels."""
    return Figures(
        pairwise(labelled.gold, found),
        bcubed(labelled.gold, found),
        joint_purchase_recall(labelled.gold, found, labelled.owners),
        purity(labelled.gold, found, labelled.owners),
    )


def purity(gold: Mapping[str, str], found: Mapping[str, str], owners: Mapping[str, str]) -> float:
    """Return the share of the found groups of two or more owners whose members are all of one true group; 1 where
    there is no such group.
    """
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for id in gold:
        groups[found[id]].append(id)
    joint = [ids for ids in groups.values() if len({owners[id] for id in ids}) > 1]
    return sum(len({gold[id] for id in ids}) == 1 for ids in joint) / len(joint) if joint else 1.0
