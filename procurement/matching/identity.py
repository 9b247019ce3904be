"""Keeps the references of groups stable from run to run, and says what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

Kind = Literal["created", "grew", "shrank", "split", "merged", "retired", "unchanged"]

_ALIKE: Final = 0.5  # Jaccard from which a group counts as the same


@dataclass(frozen=True, slots=True)
class Lineage:
    """What happened to a group.

    ``index`` is the place of the new group it is about, ``reference`` the reference it is about. "split":
    the group at ``index`` took members from ``other``, which lives on elsewhere. "merged": ``reference``
    went into the group that is now ``other`` (None where that group is new). "retired": ``reference`` has
    no successor.
    """

    kind: Kind
    index: int | None
    reference: str | None
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """For each group the reference it keeps, None where it is new, and the events in a fixed order."""

    references: tuple[str | None, ...]
    lineage: tuple[Lineage, ...]


def assign_references(
    previous: Mapping[str, frozenset[str]],
    clusters: Sequence[frozenset[str]],
    fixed: Mapping[int, str] | None = None,
) -> Identity:
    """Give each of ``clusters`` a reference of ``previous`` or None.

    A group may keep a reference when the two are alike by half (Jaccard) or when it holds most of the old
    members. The assignment is one to one and has the largest overlap in total (Hungarian method); ties go
    to the lower reference. ``fixed`` are references that groups, by their place, keep whatever else is there.
    """
    settled = dict(fixed or {})
    names = sorted(set(previous) - set(settled.values()))
    free = [index for index in range(len(clusters)) if index not in settled]
    kept = _assignment([previous[name] for name in names], [clusters[index] for index in free])
    settled |= {free[place]: names[row] for place, row in kept.items()}
    references = tuple(settled.get(index) for index in range(len(clusters)))
    return Identity(references, tuple(_events(previous, clusters, references)))


def _assignment(old: Sequence[frozenset[str]], new: Sequence[frozenset[str]]) -> dict[int, int]:
    if not old or not new:
        return {}
    # Groups in the order of their members, so that the order in which they are passed cannot decide a tie.
    order = sorted(range(len(new)), key=lambda index: sorted(new[index]))
    rows_of: dict[str, list[int]] = {}
    for row, before in enumerate(old):
        for member in before:
            rows_of.setdefault(member, []).append(row)
    gain = np.zeros((len(old), len(new)))
    for column, index in enumerate(order):
        for row in {row for member in new[index] for row in rows_of.get(member, ())}:
            gain[row, column] = _gain(old[row], new[index])
    # Far below any difference of two overlaps, and enough to settle equal ones for the lower reference.
    ranks = np.arange(len(old))[:, None] * len(new) + np.arange(len(new))[None, :]
    cost = -gain + np.where(gain > 0, ranks * 1e-9 / (ranks.max() + 1), 0.0)
    # Imported here, for it takes a fifth of a second, which every command's start would pay.
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(cost)
    return {order[c]: int(r) for r, c in zip(rows, columns, strict=True) if gain[r, c] > 0}


def _gain(before: frozenset[str], after: frozenset[str]) -> float:
    common = len(before & after)
    if not common:
        return 0.0
    jaccard = common / len(before | after)
    return jaccard if jaccard >= _ALIKE or common > len(before) / 2 else 0.0


def _events(
    previous: Mapping[str, frozenset[str]],
    clusters: Sequence[frozenset[str]],
    references: Sequence[str | None],
) -> list[Lineage]:
    events: list[Lineage] = []
    living = {reference for reference in references if reference is not None}
    for index, (members, reference) in enumerate(zip(clusters, references, strict=True)):
        events.extend(_changes(index, members, reference, previous))
        # Members that came out of a group which goes on under its own reference.
        events.extend(
            Lineage("split", index, reference, other)
            for other in sorted(living - {reference})
            if len(previous[other] & members) >= 2 or (reference is None and previous[other] & members)
        )
    for name in sorted(set(previous) - living):
        heirs = [i for i, members in enumerate(clusters) if members & previous[name]]
        if heirs:
            heir = max(heirs, key=lambda i: (len(clusters[i] & previous[name]), -i))
            events.append(Lineage("merged", heir, name, references[heir]))
        else:
            events.append(Lineage("retired", None, name))
    return events


def _changes(
    index: int, members: frozenset[str], reference: str | None, previous: Mapping[str, frozenset[str]]
) -> list[Lineage]:
    if reference is None:
        return [Lineage("created", index, None)]
    before = previous[reference]
    if members == before:
        return [Lineage("unchanged", index, reference)]
    changes = []
    if members - before:
        changes.append(Lineage("grew", index, reference))
    if before - members:
        changes.append(Lineage("shrank", index, reference))
    return changes
