"""Which documents answer a query, the best first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procurement.search.index import Floats, Index
from procurement.search.query import Asked

# Share of the query's weight that the words of a notice must cover to be found by words alone.
_COVERED = 0.35
# Cosines: enough by itself; enough with some of the words; what two unrelated texts have.
_CLOSE = 0.42
NEAR = 0.33
_UNRELATED = 0.15
# What the words count beside the meaning.
_WORDS = 0.5
_SOME = 0.25
# What every word weighs where coverage is counted, beside its rarity: on a small board nearly all are rare.
_EVEN = 0.5
# What BM25 makes at most of a word, in units of its rarity.
_MOST = 2.2
# Less than this share of the best score is noise to somebody who finds better things before it.
_TAIL = 0.2


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found, the best first."""

    ids: NDArray[np.int64]
    scores: Floats
    # The cosine of each with the query; 0 where it is not known.
    near: Floats

    def __len__(self) -> int:
        return len(self.ids)


def rank(asked: Asked, index: Index, vector: Floats | None = None) -> Hits:
    """Rank what answers a query; `vector` is that of its text, where there is a model."""
    if asked.is_empty or not index.entries:
        nothing = np.zeros(0, dtype=np.float32)
        return Hits(np.zeros(0, dtype=np.int64), nothing, nothing)
    allowed = np.ones(len(index.entries), dtype=np.bool_)
    for demand in asked.demands:
        allowed &= demand.rows
    said, covered = words_of(asked, index)
    near = index.nearness(vector) if vector is not None and asked.groups else np.zeros_like(said)
    if asked.groups:
        allowed &= (covered >= _COVERED) | (near >= _CLOSE) | ((covered >= _SOME) & (near >= NEAR))
    meaning = np.clip((near - _UNRELATED) / (1 - _UNRELATED), 0, None)
    score = _WORDS * said * (0.5 + 0.5 * covered) + (1 - _WORDS) * meaning
    best = score[allowed].max(initial=0.0)
    rows = np.flatnonzero(allowed & (score >= _TAIL * best))
    # Of equals the newest: ids are drawn in the order of publication.
    order = np.lexsort((-index.ids[rows], -score[rows].round(6)))
    rows = rows[order]
    return Hits(index.ids[rows], score[rows].astype(np.float32), near[rows])


def words_of(asked: Asked, index: Index) -> tuple[Floats, Floats]:
    """How well the words of each document answer, and what share of the query's weight they cover; both 0 to 1."""
    size = len(index.entries)
    total, covered = np.zeros(size, dtype=np.float32), np.zeros(size, dtype=np.float32)
    for group in asked.groups:
        best = np.zeros(size, dtype=np.float32)
        for alternative in group.alternatives:
            rows, impacts = index.postings(alternative.term)
            best[rows] = np.maximum(best[rows], alternative.weight * impacts)
        total += best
        covered += np.where(best > 0, np.float32(_EVEN + group.rarity), np.float32(0))
    total /= max(_MOST * sum(group.rarity for group in asked.groups), 1e-9)
    covered /= max(sum(_EVEN + group.rarity for group in asked.groups), 1e-9)
    return total, covered
