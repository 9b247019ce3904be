"""Answers for one need at once, without a run: which needs are like it, why, and which group it would join."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from procurement.matching import capabilities, engine, features, score
from procurement.matching.embed import Embedder, RememberingEmbedder
from procurement.matching.explain import Explainer
from procurement.matching.facts import Facts
from procurement.matching.features import Features
from procurement.matching.items import Config, Decision, Item
from procurement.matching.label import Surfaces
from procurement.matching.reading import ReadingStore, Rules
from procurement.matching.result import Pair
from procurement.matching.score import SCALE, Scores, Stacked

_NOBODY: Final = -1  # ten-thousandths: less than any score


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is known of one need at once.

    ``pairs`` are its best pairs, the best first, and those that a person ruled together. ``group`` holds the sorted ids
    of those it would be together with, none where it stays alone; ``strength`` is its mean score to them.
    """

    pairs: tuple[Pair, ...]
    group: tuple[str, ...]
    strength: float


class Index:
    """The needs of a run with their groups, ready to be compared with one more.

    Words, their idf, and which sentences count as standing ones stay those of the needs it was built from; a word that
    none of them has is no evidence. Groups are not formed anew: a need joins that group to whose members it scores
    most on average, if that reaches the cut, as it would be the last to do in a run. Hysteresis plays no part.

    Asked for again as if they were new, 99 % of the needs of each of the two labelled sets and of the demonstration
    were suggested exactly the group that the run had given them, or to stay alone; really left out of the run, 97 to
    100 %.
    """

    def __init__(
        self,
        built: Features,
        config: Config,
        embedder: RememberingEmbedder | None,
        rules: Rules,
        group: NDArray[np.intp],
        readings: ReadingStore | None,
    ) -> None:
        self._profile, self._config = engine.profiled(config, embedder)
        self._built = built
        self._embedder = embedder
        self._rules = rules
        self._group = group
        self._readings = readings
        self._stack = score.stacked(built, self._profile)
        self._surfaces = Surfaces(built)
        self._row = {item.id: row for row, item in enumerate(built.items)}

    @classmethod
    def build(
        cls,
        items: Sequence[Item],
        config: Config,
        embedder: Embedder | None,
        *,
        clusters: Iterable[Collection[str]] = (),
        readings: ReadingStore | None = None,
    ) -> Index:
        """Index ``items``, of which those in one of ``clusters`` (collections of ids) are a group; all others stand
        alone. ``config`` and ``embedder`` are those of the run, ``embedder`` None where it had no model.

        Raises ``ValueError`` where an id occurs twice.
        """
        items = sorted(items, key=lambda item: item.id)
        row = {item.id: index for index, item in enumerate(items)}
        if len(row) != len(items):
            raise ValueError("Two items have the same id.")
        rules = Rules.of({*config.owner_names, *(item.owner for item in items)}, config.capabilities)
        built = features.build(
            items, config.capabilities, config.owner_names, embedder, lambda done, total: None, readings
        )
        group = np.arange(len(items))
        for cluster in clusters:
            rows = [row[key] for key in cluster if key in row]
            group[rows] = min(rows, default=0)
        remembering = RememberingEmbedder(embedder) if embedder else None
        if remembering is not None:
            # Here, where their vectors may be kept: a text that is not kept finds them remembered.
            remembering.encode([capabilities.described(each) for each in config.capabilities])
        return cls(built, config, remembering, rules, group, readings)

    def __len__(self) -> int:
        return len(self._row)

    def suggest(
        self, item: Item, decisions: Iterable[Decision] = (), limit: int = 10, *, keep: bool = True
    ) -> Suggestion:
        """Return the best pairs of ``item``, at most ``limit`` and those ruled together, and the group it would join.

        ``item`` may be new or stand in for the one with its id. Of ``decisions`` those that name it hold: it joins
        the groups of all that it was ruled together with, and no group that has a need ruled apart from it. Without
        ``keep`` nothing of it is kept, neither its vectors nor how it reads: for a text that is only being typed.
        """
        return self._suggested(self._read(item, keep=keep), decisions, limit)

    def add(self, item: Item, decisions: Iterable[Decision] = ()) -> Suggestion:
        """Do as ``suggest`` does, and put ``item`` into the group suggested, so that the next need meets it there."""
        new = self._read(item)
        found = self._suggested(new, decisions, 10)
        here = len(self._group)
        with_it = [self._group[self._row[key]] for key in found.group]
        self._group = np.append(self._group, here)
        self._group[np.isin(self._group, with_it)] = min(with_it, default=here)
        self._group[here] = min(with_it, default=here)
        if item.id in self._row:
            self._group[self._row[item.id]] = _NOBODY
        self._row[item.id] = here
        self._built = features.joined(self._built, new)
        self._stack = score.stacked(self._built, self._profile)
        return found

    def _read(self, item: Item, *, keep: bool = True) -> Features:
        embedder = self._embedder if keep or self._embedder is None else self._embedder.passing()
        readings = self._readings if keep else None
        return features.later([item], self._built, self._config.capabilities, self._rules, embedder, readings)

    def _suggested(self, new: Features, decisions: Iterable[Decision], limit: int) -> Suggestion:
        (item,) = new.items
        together, apart = self._ruled(item.id, decisions)
        scores = against_all(score.stacked(new, self._profile), self._stack)
        group = np.where(np.arange(len(scores)) == self._row.get(item.id, _NOBODY), _NOBODY, self._group)
        members = self._joined(scores, group, together, apart)
        scores[(group == _NOBODY) | np.isin(np.arange(len(scores)), apart)] = _NOBODY
        best = np.lexsort((np.arange(len(scores)), -scores))[:limit]
        floor = round((self._config.floor or 0.0) * SCALE)
        rows = sorted({*best[scores[best] >= floor].tolist(), *together})
        return Suggestion(
            pairs=self._pairs(new, rows, together),
            group=tuple(sorted(self._built.items[row].id for row in members)),
            strength=round(float(scores[members].mean()) / SCALE, 4) if members else 0.0,
        )

    def _ruled(self, own: str, decisions: Iterable[Decision]) -> tuple[list[int], list[int]]:
        """Return the rows ruled together with the item of id ``own``, and those ruled apart from it."""
        rows: dict[bool, list[int]] = {True: [], False: []}
        for decision in decisions:
            others = {decision.left, decision.right} - {own}
            if own in (decision.left, decision.right) and len(others) == 1:
                rows[decision.together].extend(self._row[key] for key in others if key in self._row)
        return rows[True], rows[False]

    def _joined(self, scores: Scores, group: NDArray[np.intp], together: list[int], apart: list[int]) -> list[int]:
        """Return the rows of the group or groups that an item with these ``scores`` would join."""
        there = group != _NOBODY
        labels, place = np.unique(group[there], return_inverse=True)
        average = np.bincount(place, weights=scores[there]) / np.bincount(place)
        average[np.isin(labels, group[apart])] = _NOBODY
        chosen = group[together]
        if not together and len(labels):
            best = int(average.argmax())
            chosen = labels[best : best + 1][average[best] >= round((self._config.cut or 0.0) * SCALE)]
        rows: list[int] = np.flatnonzero(np.isin(group, chosen) & there).tolist()
        return rows

    def _pairs(self, new: Features, rows: Sequence[int], together: Collection[int]) -> tuple[Pair, ...]:
        """Return the pairs of the new item and these rows, the best first."""
        if not rows:
            return ()
        few = features.joined(new, features.picked(self._built, rows))
        scores = score.stacked(few, self._profile).block(np.arange(len(few)))[0, 1:]
        ids = [item.id for item in few.items]
        others = np.arange(1, len(few))
        before = np.array([ids[other] < ids[0] for other in others])
        left, right = np.where(before, others, 0), np.where(before, 0, others)
        facts = Facts.of(few, [c.slug for c in self._config.capabilities])
        ruled = {(int(a), int(b)) for a, b, row in zip(left, right, rows, strict=True) if row in together}
        names = [c.name for c in self._config.capabilities]
        explainer = Explainer(few, facts, self._profile, self._surfaces, names, frozenset(ruled))
        told = explainer.reasons(left, right)
        pairs = [
            Pair(ids[a], ids[b], value / SCALE, reasons)
            for a, b, value, reasons in zip(left, right, scores.tolist(), told, strict=True)
        ]
        return tuple(sorted(pairs, key=lambda pair: (-pair.score, pair.left, pair.right)))


def against_all(new: Stacked, stack: Stacked) -> Scores:
    """Return the scores of the one row of ``new`` to all of ``stack``, in ten-thousandths, shape (rows,)."""
    values = stack.dense @ new.dense[0] + stack.sparse @ new.sparse[0].toarray().ravel()
    for term, (weight, bonus) in stack.bonuses.items():
        values += weight * np.minimum(bonus @ new.bonuses[term][1][0].toarray().ravel(), 1.0)
    return score.rounded(values - stack.taken - new.taken[0])
