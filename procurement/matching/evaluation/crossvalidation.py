"""Figures on families of technology that had no say in the settings they are measured with.

Families are dealt into folds. For each fold the settings are fitted on the labels of all others; with these the whole
file is grouped, and the fold's own items are judged in that grouping. So each item is judged once, by settings chosen
without its family, and against everything it could be mistaken for:

- a pair of items of one fold counts in that fold's grouping;
- a pair across two folds, never a true one, counts by half in the grouping of either;
- B-cubed precision and recall of an item, and whether a true group was found, are those of its fold's grouping.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Generic, TypeVar

from procurement.matching.evaluation.figures import Figures
from procurement.matching.evaluation.labelled import Labelled
from procurement.matching.evaluation.metrics import joint_purchase_recall, quality, ratio

Fitted = TypeVar("Fitted")
Report = Callable[[int, int], None]
# Item id to group, of all items.
Grouping = Mapping[str, str]

FOLDS = 6


@dataclass(frozen=True, slots=True)
class HeldOut(Generic[Fitted]):
    """One fold: its items, the settings chosen without them, and the grouping of all items under these."""

    ids: frozenset[str]
    fitted: Fitted
    found: Grouping


def folds(labelled: Labelled, count: int = FOLDS, seed: int = 0) -> tuple[frozenset[str], ...]:
    """Deal the families into at most ``count`` folds of about as many items each; the same seed gives the same folds.

    Families that share a true group are kept in one fold. Raises ``ValueError`` where there is only one family.
    """
    units = _units(labelled)
    if len(units) < 2:
        raise ValueError("All items are of one family: there is nothing to hold out.")
    random.Random(seed).shuffle(units)  # noqa: S311 - folds, no secret
    # The largest first, each to the lightest fold; the sort keeps the shuffled order of equals.
    units.sort(key=len, reverse=True)
    dealt: list[set[str]] = [set() for _ in range(min(count, len(units)))]
    for unit in units:
        min(dealt, key=len).update(unit)
    return tuple(frozenset(fold) for fold in dealt)


def _units(labelled: Labelled) -> list[list[str]]:
    """Return the items of each family, those of families with a group in common as one, in the order of the file."""
    unit_of_group: dict[str, int] = {}
    unit_of_family: dict[str, int] = {}
    units: dict[int, list[str]] = {}
    for number, item in enumerate(labelled.items):
        group, family = labelled.gold[item.id], labelled.families.get(item.id) or labelled.gold[item.id]
        known = {u for u in (unit_of_group.get(group), unit_of_family.get(family)) if u is not None}
        into = min(known, default=number)
        units.setdefault(into, []).append(item.id)
        for other in known - {into}:
            units[into] += units.pop(other)
            for table in (unit_of_group, unit_of_family):
                table.update({name: into for name, unit in table.items() if unit == other})
        unit_of_group[group] = unit_of_family[family] = into
    return list(units.values())


def out_of_family(
    labelled: Labelled,
    dealt: Sequence[Collection[str]],
    fit: Callable[[Labelled], Fitted],
    predict: Callable[[Fitted], Grouping],
    report: Report | None = None,
) -> tuple[HeldOut[Fitted], ...]:
    """Fit and group once for each fold.

    ``fit`` gets all items with the labels of the other folds alone and returns settings of any kind; ``predict`` groups
    all items under them. ``report`` is called with the folds done and their number.
    """
    held = []
    for number, fold in enumerate(dealt):
        if report:
            report(number, len(dealt))
        fitted = fit(labelled.judged_on(labelled.gold.keys() - set(fold)))
        held.append(HeldOut(frozenset(fold), fitted, predict(fitted)))
    if report:
        report(len(dealt), len(dealt))
    return tuple(held)


def figures(labelled: Labelled, held: Sequence[HeldOut[Fitted]]) -> Figures:
    """Judge each item in the grouping of its own fold, as the module says. Every labelled item must be in a fold."""
    right = 0
    found_pairs = true_pairs = 0.0
    precision = recall = hits = joint = pure = proposed = 0.0
    owners = labelled.owners
    for fold in held:
        own = labelled.judged_on(fold.ids).gold
        sizes = Counter(fold.found.values())
        inside = Counter(fold.found[id] for id in own)
        true = Counter(own.values())
        both = Counter((own[id], fold.found[id]) for id in own)
        right += sum(comb(n, 2) for n in both.values())
        true_pairs += sum(comb(n, 2) for n in true.values())
        found_pairs += sum(comb(n, 2) + n * (sizes[group] - n) / 2 for group, n in inside.items())
        precision += sum(n * n / sizes[group] for (_, group), n in both.items())
        recall += sum(n * n / true[name] for (name, _), n in both.items())
        count = _joint(own, owners)
        joint += count
        hits += count * _joint_recall(labelled, own, fold.found)
        for group, share in _joint_groups(fold.found, own, owners).items():
            proposed += share
            pure += share * (len({labelled.gold[id] for id, g in fold.found.items() if g == group}) == 1)
    n = len(labelled.gold)
    return Figures(
        quality(ratio(right, found_pairs), ratio(right, true_pairs)),
        quality(ratio(precision, n), ratio(recall, n)),
        ratio(hits, joint),
        pure / proposed if proposed else 1.0,
    )


def _joint(gold: Mapping[str, str], owners: Mapping[str, str]) -> int:
    """Return the number of true groups of two or more owners."""
    by_group: defaultdict[str, set[str]] = defaultdict(set)
    for id, group in gold.items():
        by_group[group].add(owners[id])
    return sum(len(found) > 1 for found in by_group.values())


def _joint_recall(labelled: Labelled, own: Mapping[str, str], found: Grouping) -> float:
    """Return the joint purchase recall over the groups of ``own``; others count as foreign members and no more."""
    others = {id: f"other {id}" for id in labelled.gold.keys() - own.keys()}
    return joint_purchase_recall(others | dict(own), found, labelled.owners)


def _joint_groups(found: Grouping, own: Collection[str], owners: Mapping[str, str]) -> dict[str, float]:
    """Return the share of its members that are in ``own`` for each found group of two or more owners that has some."""
    members: defaultdict[str, list[str]] = defaultdict(list)
    for id, group in found.items():
        members[group].append(id)
    shares = {
        group: sum(id in own for id in ids) / len(ids)
        for group, ids in members.items()
        if len({owners[id] for id in ids}) > 1
    }
    return {group: share for group, share in shares.items() if share}
