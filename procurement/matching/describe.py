"""Turns groups of rows into clusters with a heading, members and reasons, and puts the pairs to show into words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import numpy as np

from procurement.matching import label
from procurement.matching.distinct import UNKNOWN, Numbers
from procurement.matching.explain import Explainer
from procurement.matching.facts import Facts
from procurement.matching.features import Features
from procurement.matching.grouping import Grouping
from procurement.matching.heading import Namer
from procurement.matching.items import Config
from procurement.matching.link import Rulings
from procurement.matching.membership import Membership
from procurement.matching.result import Cluster, Member, Pair, Progress, Reason
from procurement.matching.score import SCALE, Profile, Rows
from procurement.matching.threads import both

_PAIR: Final[Callable[[tuple[str, str, float, tuple[Reason, ...]]], Pair]] = partial(tuple.__new__, Pair)


def described(
    built: Features, profile: Profile, config: Config, grouping: Grouping, rulings: Rulings, report: Progress
) -> tuple[tuple[Cluster, ...], tuple[Pair, ...]]:
    """Return the clusters in the order of their first item, and the pairs to show in the order of their ids."""
    report("explaining", 0, len(built))
    surfaces = label.Surfaces(built)
    facts = Facts.of(built, [c.slug for c in config.capabilities])
    names = [c.name for c in config.capabilities]
    number, members = _numbered(grouping)

    def clusters() -> tuple[Cluster, ...]:
        reasons = Membership(built, facts, profile, surfaces, names, number).reasons(rulings.together)
        return _clusters(built, grouping, members, reasons, Namer(built, facts, config.capabilities, surfaces))

    def pairs() -> tuple[Pair, ...]:
        explainer = Explainer(built, facts, profile, surfaces, names, frozenset(rulings.together))
        return _pairs(built, grouping, explainer)

    found = both(clusters, pairs)
    report("explaining", len(built), len(built))
    return found


def _numbered(grouping: Grouping) -> tuple[Numbers, list[Rows]]:
    """Return the number of each row's group, ``UNKNOWN`` where it is alone, and the rows of each group."""
    order = np.argsort(grouping.group, kind="stable")
    starts = np.flatnonzero(np.diff(grouping.group[order])) + 1
    members = [rows for rows in np.split(order, starts) if len(rows) > 1]
    number = np.full(len(order), UNKNOWN, dtype=np.int64)
    for index, rows in enumerate(members):
        number[rows] = index
    return number, members


def _pairs(built: Features, grouping: Grouping, explainer: Explainer) -> tuple[Pair, ...]:
    left = np.concatenate([grouping.inside.left, grouping.outside.left])
    right = np.concatenate([grouping.inside.right, grouping.outside.right])
    values = np.concatenate([grouping.inside.scores, grouping.outside.scores])
    # Rows are in the order of their ids.
    order = np.lexsort((right, left))
    left, right = left[order], right[order]
    ids = np.array([item.id for item in built.items], dtype=object)
    columns = (ids[left].tolist(), ids[right].tolist(), (values[order] / SCALE).tolist())
    return tuple(map(_PAIR, zip(*columns, explainer.reasons(left, right), strict=True)))


def _clusters(
    built: Features,
    grouping: Grouping,
    members: Sequence[Rows],
    reasons: Sequence[tuple[Reason, ...]],
    namer: Namer,
) -> tuple[Cluster, ...]:
    strength = grouping.strength.tolist()
    medoids = [min(rows.tolist(), key=lambda row: (-strength[row], row)) for rows in members]
    names = namer.names(members, medoids)
    return tuple(
        Cluster(
            members=tuple(Member(built.items[row].id, round(strength[row], 4), reasons[row]) for row in rows.tolist()),
            label=name.heading,
            category=name.category,
            terms=name.terms,
            medoid=built.items[medoid].id,
            owners=tuple(sorted({built.items[row].owner for row in rows.tolist()})),
        )
        for rows, medoid, name in zip(members, medoids, names, strict=True)
    )
