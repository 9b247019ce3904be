"""Runs the matcher: items and rulings in, groups with reasons out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from procurement.matching import candidates, features, link, score
from procurement.matching.describe import Progress, described
from procurement.matching.embed import Embedder, EmbedderUnavailable, MiniLmEmbedder
from procurement.matching.features import Features
from procurement.matching.items import Config, Decision, Item
from procurement.matching.link import Rulings
from procurement.matching.result import Result
from procurement.matching.score import SCALE, Profile, Rows, Scored

ENGINE_VERSION: Final = "1.0.0"
Scores = NDArray[np.int64]

_LOOSE: Final = 0.8  # of the cut: how loosely a large run is grouped before the groups are scored in full
_MOST_IN_BLOCK: Final = 1_500
_DEGRADED: Final = (
    "The sentence model is not available, so needs were compared by their words and categories only. "
    "Expect fewer and less certain overlaps. Reason: {}"
)


class ContradictoryDecisions(ValueError):
    """Rulings that cannot all hold; ``ids`` names the items at odds."""

    def __init__(self, ids: tuple[str, str]) -> None:
        super().__init__(
            f"The decisions on {ids[0]} and {ids[1]} contradict each other: "
            "taken together they say that the two belong together and that they do not."
        )
        self.ids = ids


def match(
    items: Sequence[Item],
    decisions: Sequence[Decision] = (),
    config: Config | None = None,
    *,
    embedder: Embedder | None = None,
    previous: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Result:
    """Group ``items`` that could be bought together.

    ``embedder`` defaults to the packaged model; where that is unavailable the run is degraded and says so
    in its warnings. ``decisions`` always hold; those on items which are not in the run are ignored.
    ``previous`` maps an item of the last run to the reference of its group, or to "" where it was on its
    own; items missing from it are new. ``progress`` is called with the phase, the steps done and their
    number.

    The order of items and decisions does not matter. Raises ``ContradictoryDecisions``, and ``ValueError``
    where an id occurs twice.
    """
    config = config or Config()
    report: Progress = progress or (lambda phase, done, total: None)
    items = sorted(items, key=lambda item: item.id)
    row = {item.id: index for index, item in enumerate(items)}
    if len(row) != len(items):
        raise ValueError("Two items have the same id.")
    rulings = _rulings(decisions, row)
    model, warnings = _model(config, embedder)
    profile, config = _profile(config, model)
    report("reading", 0, len(items))
    built = features.build(
        items,
        config.capabilities,
        config.owner_names,
        model,
        lambda done, total: report("embedding", done, total),
    )
    groups, scored = _group(built, profile, config, rulings, previous or {}, report)
    clusters, pairs = described(built, profile, config, groups, scored, rulings, report)
    parameters = _parameters(config, profile, model)
    found = {member.id for cluster in clusters for member in cluster.members}
    return Result(
        clusters=clusters,
        unmatched=tuple(item.id for item in items if item.id not in found),
        pairs=pairs,
        engine_version=ENGINE_VERSION,
        parameters=parameters,
        digest=_digest(items, decisions, previous, parameters),
        warnings=warnings,
    )


def _rulings(decisions: Iterable[Decision], row: Mapping[str, int]) -> Rulings:
    kept: dict[bool, set[tuple[int, int]]] = {True: set(), False: set()}
    for d in decisions:
        if d.left in row and d.right in row and d.left != d.right:
            a, b = sorted((row[d.left], row[d.right]))
            kept[d.together].add((a, b))
    rulings = Rulings(tuple(sorted(kept[True])), tuple(sorted(kept[False])))
    ids = {index: item for item, index in row.items()}
    root = link.contracted(len(row), rulings.together)
    for a, b in rulings.apart:
        if root[a] == root[b]:
            raise ContradictoryDecisions((ids[a], ids[b]))
    return rulings


def _model(config: Config, embedder: Embedder | None) -> tuple[Embedder | None, tuple[str, ...]]:
    if config.engine == "tfidf":
        return None, ()
    if embedder is not None:
        return embedder, ()
    try:
        return MiniLmEmbedder(), ()
    except EmbedderUnavailable as error:
        return None, (_DEGRADED.format(error),)


def _profile(config: Config, model: Embedder | None) -> tuple[Profile, Config]:
    """Return the weights of the run and the settings with every default filled in."""
    profile = score.PROFILES["degraded" if config.engine == "minilm" and model is None else config.engine]
    if not config.capabilities:
        # A term that cannot say anything must not pull every score down.
        profile = replace(profile, weights={t: w for t, w in profile.weights.items() if t != "category"})
    resolved = replace(
        config,
        cut=profile.cut if config.cut is None else config.cut,
        core=profile.core if config.core is None else config.core,
        floor=profile.floor if config.floor is None else config.floor,
    )
    return profile, resolved


def _group(
    built: Features,
    profile: Profile,
    config: Config,
    rulings: Rulings,
    previous: Mapping[str, str],
    report: Progress,
) -> tuple[list[int], Scored]:
    count, cut = len(built), round((config.cut or 0.0) * SCALE)
    references = _references(built.items, previous)

    def scored(left: Rows, right: Rows) -> Scored:
        values = score.scores(built, profile, left, right)
        return Scored(left, right, _steadied(values, references, left, right, config.hysteresis))

    def linked(pairs: Scored, at: int, apart: Sequence[tuple[int, int]]) -> list[int]:
        return link.average_link(
            count,
            pairs.left,
            pairs.right,
            pairs.scores,
            cut=at,
            unseen=round(config.unseen * SCALE),
            together=rulings.together,
            apart=apart,
        )

    report("comparing", 0, count)
    if count <= config.exhaustive:
        pairs = within = scored(*candidates.all_pairs(count))
    else:
        pairs = scored(*candidates.joined(built, profile, config.cut or 0.0))
        report("comparing", count // 2, count)
        # Loose groups hold the final ones, because average link nests; in them no pair may stay unscored.
        blocks = linked(pairs, round(cut * _LOOSE), ())
        pairs = _completed(pairs, blocks, count, scored)
        block = np.array(blocks, dtype=np.int64)
        within = pairs.where(block[pairs.left] == block[pairs.right])
    report("comparing", count, count)
    report("grouping", 0, count)
    groups = linked(within, cut, rulings.apart)
    report("grouping", count, count)
    return groups, pairs


def _references(items: Sequence[Item], previous: Mapping[str, str]) -> NDArray[np.int64]:
    """Number the previous groups: -1 for a new item, and a number of its own for an item that was alone."""
    numbers: dict[str, int] = {}
    references = np.full(len(items), -1, dtype=np.int64)
    for index, item in enumerate(items):
        reference = previous.get(item.id)
        if reference is not None:
            references[index] = numbers.setdefault(reference or f"\0{item.id}", len(numbers))
    return references


def _steadied(values: Scores, references: NDArray[np.int64], left: Rows, right: Rows, hysteresis: float) -> Scores:
    """Favour what was, a little: a group should not change because an unrelated need came in."""
    one, two = references[left], references[right]
    known = (one >= 0) & (two >= 0)
    step = round(hysteresis * SCALE)
    shift = np.where(known & (one == two), step, np.where(known, -step, 0))
    steadied: Scores = np.clip(values + shift, 0, SCALE)
    return steadied


def _completed(pairs: Scored, blocks: Sequence[int], count: int, scored: Callable[[Rows, Rows], Scored]) -> Scored:
    """Return ``pairs`` with all missing pairs inside the blocks added."""
    members: dict[int, list[int]] = {}
    for index, block in enumerate(blocks):
        members.setdefault(block, []).append(index)
    codes = [np.zeros(0, dtype=np.int64)]
    for rows in members.values():
        if 1 < len(rows) <= _MOST_IN_BLOCK:
            array = np.array(rows, dtype=np.int64)
            left, right = np.triu_indices(len(array), k=1)
            codes.append(array[left] * count + array[right])
    missing = np.setdiff1d(np.concatenate(codes), pairs.left.astype(np.int64) * count + pairs.right)
    more = scored(missing // count, missing % count)
    return Scored(
        np.concatenate([pairs.left, more.left]),
        np.concatenate([pairs.right, more.right]),
        np.concatenate([pairs.scores, more.scores]),
    )


def _parameters(config: Config, profile: Profile, model: Embedder | None) -> dict[str, Any]:
    return config.as_dict() | {"model": model.name if model else None, "weights": dict(profile.weights)}


def _digest(
    items: Sequence[Item],
    decisions: Iterable[Decision],
    previous: Mapping[str, str] | None,
    parameters: Mapping[str, Any],
) -> str:
    """Return the SHA-256 of the canonical JSON of all input: keys sorted, items by id, each ruling in one
    direction.
    """
    ruled = sorted({(*sorted((d.left, d.right)), d.together) for d in decisions})
    known = {
        "engine_version": ENGINE_VERSION,
        "items": [asdict(item) for item in items],
        "decisions": [list(ruling) for ruling in ruled],
        "previous": dict(previous or {}),
        "parameters": dict(parameters),
    }
    text = json.dumps(known, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
