"""Runs the matcher: items and rulings in, groups with reasons out."""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any, Final

from procurement.matching import features, link, score
from procurement.matching.describe import described
from procurement.matching.embed import Embedder, EmbedderUnavailable, MiniLmEmbedder
from procurement.matching.grouping import grouped
from procurement.matching.items import Config, Decision, Item
from procurement.matching.link import Rulings
from procurement.matching.reading import ReadingStore
from procurement.matching.result import Progress, Result
from procurement.matching.score import Profile
from procurement.matching.threads import both

ENGINE_VERSION: Final = "2.2.0"

_FIELDS: Final = tuple(field.name for field in fields(Item))
_VALUES: Final = attrgetter(*_FIELDS)
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
    readings: ReadingStore | None = None,
) -> Result:
    """Group ``items`` that could be bought together.

    ``embedder`` defaults to the packaged model; where that is unavailable the run is degraded and says so
    in its warnings. ``decisions`` always hold; those on items which are not in the run are ignored.
    ``previous`` maps an item of the last run to the reference of its group, or to "" where it was on its
    own; items missing from it are new. ``progress`` is called with the phase, the steps done and their
    number. ``readings`` keeps what is read off each item's own words, so that a later run need not read it again;
    it never changes a result.

    The order of items and decisions does not matter. Raises ``ContradictoryDecisions``, and ``ValueError``
    where an id occurs twice.
    """
    with _no_search_for_cycles():
        return _matched(items, decisions, config or Config(), embedder, previous, progress, readings)


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Keep the garbage collector from looking again and again through millions of small objects, none of them
    in a cycle: that took a quarter of the time of a large run.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            if not gc.get_freeze_count():  # what others have frozen stays so
                # To and fro makes them old: as new ones all would be looked through at once, at the next object made.
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def _matched(
    items: Sequence[Item],
    decisions: Sequence[Decision],
    config: Config,
    embedder: Embedder | None,
    previous: Mapping[str, str] | None,
    progress: Progress | None,
    readings: ReadingStore | None,
) -> Result:
    report: Progress = progress or (lambda phase, done, total: None)
    items = sorted(items, key=lambda item: item.id)
    row = {item.id: index for index, item in enumerate(items)}
    if len(row) != len(items):
        raise ValueError("Two items have the same id.")
    rulings = _rulings(decisions, row)
    model, warnings = _model(config, embedder)
    profile, config = profiled(config, model)
    report("reading", 0, len(items))
    built = features.build(
        items,
        config.capabilities,
        config.owner_names,
        model,
        lambda done, total: report("embedding", done, total),
        readings,
    )
    parameters = _parameters(config, profile, model)
    report("comparing", 0, len(items))
    stack = score.stacked(built, profile)
    digest, groups = both(
        lambda: _digest(items, decisions, previous, parameters),
        lambda: grouped(built, stack, config, rulings, previous or {}, report),
    )
    clusters, pairs = described(built, profile, config, groups, rulings, report)
    found = {member.id for cluster in clusters for member in cluster.members}
    return Result(
        clusters=clusters,
        unmatched=tuple(item.id for item in items if item.id not in found),
        pairs=pairs,
        engine_version=ENGINE_VERSION,
        parameters=parameters,
        digest=digest,
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


def profiled(config: Config, model: Embedder | None) -> tuple[Profile, Config]:
    """Return the weights of the run and the settings with every default filled in."""
    profile = score.PROFILES["degraded" if config.engine == "minilm" and model is None else config.engine]
    # A term that cannot say anything must not pull every score down.
    silent = {*config.without, *(() if config.capabilities else ("category",))}
    profile = replace(profile, weights={t: w for t, w in profile.weights.items() if t not in silent})
    resolved = replace(
        config,
        cut=profile.cut if config.cut is None else config.cut,
        floor=profile.floor if config.floor is None else config.floor,
        thin=profile.thin if config.thin is None else config.thin,
    )
    profile = replace(profile, thin=resolved.thin or 0.0)
    return profile, resolved


def _parameters(config: Config, profile: Profile, model: Embedder | None) -> dict[str, Any]:
    return config.as_dict() | {"model": model.name if model else None, "weights": dict(profile.weights)}


def _digest(
    items: Sequence[Item],
    decisions: Iterable[Decision],
    previous: Mapping[str, str] | None,
    parameters: Mapping[str, Any],
) -> str:
    """Return the SHA-256 of the canonical JSON of all input: keys sorted, items by id, each as the list of what its
    ``fields`` hold, each ruling in one direction.
    """
    ruled = sorted({(*sorted((d.left, d.right)), d.together) for d in decisions})
    known = {
        "engine_version": ENGINE_VERSION,
        "fields": _FIELDS,
        "items": list(map(_VALUES, items)),
        "decisions": [list(ruling) for ruling in ruled],
        "previous": dict(previous or {}),
        "parameters": dict(parameters),
    }
    text = json.dumps(known, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
