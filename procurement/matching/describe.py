"""Turns groups of rows into clusters with a heading, members and reasons, and picks the pairs to show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procurement.matching import label, link, score
from procurement.matching.explain import Evidence, Explainer, member_reasons, pair_reasons
from procurement.matching.features import Features
from procurement.matching.items import Config, Item
from procurement.matching.link import Rulings
from procurement.matching.result import Cluster, Member, Pair
from procurement.matching.score import SCALE, Profile, Scored

Progress = Callable[[str, int, int], None]


def described(
    built: Features,
    profile: Profile,
    config: Config,
    groups: Sequence[int],
    scored: Scored,
    rulings: Rulings,
    report: Progress,
) -> tuple[tuple[Cluster, ...], tuple[Pair, ...]]:
    report("explaining", 0, len(built))
    group = np.array(groups, dtype=np.int64)
    scored = _with_ruled(scored, rulings, built, profile)
    inside = scored.where(group[scored.left] == group[scored.right])
    outside = _suggested(scored.where(group[scored.left] != group[scored.right]), rulings, config, len(built))
    shown = Scored(*(np.concatenate(p) for p in zip(_columns(inside), _columns(outside), strict=True)))
    surfaces = label.Surfaces(built)
    explainer = Explainer(
        built,
        profile,
        surfaces,
        {c.slug: c.name for c in config.capabilities},
        [c.slug for c in config.capabilities],
        frozenset((built.items[a].id, built.items[b].id) for a, b in rulings.together),
    )
    shares = score.terms(built, profile, shown.left, shown.right)
    evidence = explainer.evidence(shown.left, shown.right, shares)
    pairs = [
        Pair(built.items[a].id, built.items[b].id, value / SCALE, pair_reasons(found))
        for a, b, value, found in zip(*(c.tolist() for c in _columns(shown)), evidence, strict=True)
    ]
    clusters = _clusters(built, config, surfaces, group, inside, evidence)
    report("explaining", len(built), len(built))
    return clusters, tuple(sorted(pairs, key=lambda pair: (pair.left, pair.right)))


def _columns(pairs: Scored) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    return pairs.left, pairs.right, pairs.scores


def _with_ruled(scored: Scored, rulings: Rulings, built: Features, profile: Profile) -> Scored:
    """Add pairs that only a ruling brought together: they were no candidates, but the result lists them."""
    count = len(built)
    root = np.array(link.contracted(count, rulings.together), dtype=np.int64)
    ruled = [np.flatnonzero(root == r) for r in sorted({int(root[a]) for a, _ in rulings.together})]
    codes = [np.zeros(0, dtype=np.int64)]
    for rows in ruled:
        left, right = np.triu_indices(len(rows), k=1)
        codes.append(rows[left].astype(np.int64) * count + rows[right])
    missing = np.setdiff1d(np.concatenate(codes), scored.left.astype(np.int64) * max(count, 1) + scored.right)
    left, right = missing // max(count, 1), missing % max(count, 1)
    return Scored(
        np.concatenate([scored.left, left]),
        np.concatenate([scored.right, right]),
        np.concatenate([scored.scores, score.scores(built, profile, left, right)]),
    )


def _suggested(outside: Scored, rulings: Rulings, config: Config, count: int) -> Scored:
    """Return for each row its best pairs outside its group, at or above the floor and not ruled apart."""
    pairs = outside.where(outside.scores >= round((config.floor or 0.0) * SCALE))
    refused = np.array([a * count + b for a, b in rulings.apart], dtype=np.int64)
    pairs = pairs.where(~np.isin(pairs.left.astype(np.int64) * count + pairs.right, refused))
    order = np.lexsort((pairs.right, pairs.left, -pairs.scores))
    used = [0] * count
    kept = np.zeros(len(order), dtype=np.bool_)
    for place, a, b in zip(order.tolist(), pairs.left[order].tolist(), pairs.right[order].tolist(), strict=True):
        if min(used[a], used[b]) < config.suggestions:
            kept[place] = True
            used[a] += 1
            used[b] += 1
    return pairs.where(kept)


def _clusters(
    built: Features,
    config: Config,
    surfaces: label.Surfaces,
    group: NDArray[np.int64],
    inside: Scored,
    evidence: Sequence[Sequence[Evidence]],
) -> tuple[Cluster, ...]:
    slugs = [c.slug for c in config.capabilities]
    names = {c.slug: c.name for c in config.capabilities}
    of_row: dict[int, list[tuple[int, Sequence[Evidence]]]] = {}
    for a, b, value, found in zip(*(c.tolist() for c in _columns(inside)), evidence, strict=False):
        of_row.setdefault(a, []).append((value, found))
        of_row.setdefault(b, []).append((value, found))
    clusters = []
    for first in np.unique(group).tolist():
        rows = np.flatnonzero(group == first).tolist()
        if len(rows) < 2:
            continue
        # Pairs that were never scored count as in the linkage.
        unseen = round(config.unseen * SCALE)
        strength = {
            r: (sum(v for v, _ in of_row.get(r, ())) + unseen * (len(rows) - 1 - len(of_row.get(r, ()))))
            / (len(rows) - 1)
            / SCALE
            for r in rows
        }
        medoid = min(rows, key=lambda r: (-strength[r], r))
        slug = label.category(built, slugs, rows)
        clusters.append(
            Cluster(
                members=tuple(
                    _member(built.items[r], strength[r], config, [e for _, e in of_row.get(r, ())]) for r in rows
                ),
                label=label.heading(built, rows, names.get(slug or ""), built.prepared[medoid].title),
                category=slug,
                terms=label.terms(built, surfaces, rows),
                medoid=built.items[medoid].id,
                owners=tuple(sorted({built.items[r].owner for r in rows})),
            )
        )
    return tuple(clusters)


def _member(item: Item, strength: float, config: Config, evidence: Sequence[Sequence[Evidence]]) -> Member:
    ruled = any(e.code == "decision" for pair in evidence for e in pair)
    core = ruled or strength >= (config.core or 0.0)
    return Member(item.id, round(strength, 4), "core" if core else "suggested", member_reasons(evidence))
