"""Forms the groups block by block, and keeps of all scored pairs only those that are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from procurement.matching import candidates, link
from procurement.matching.distinct import numbered
from procurement.matching.features import Features
from procurement.matching.items import Config, Item
from procurement.matching.link import Rulings
from procurement.matching.result import Progress
from procurement.matching.score import SCALE, Rows, Scored, Scores, Stacked
from procurement.matching.threads import in_turn

_CHUNK_ROWS: Final = 512


@dataclass(frozen=True, slots=True)
class Grouping:
    """``group`` names the group of each row by its lowest row, ``strength`` is its mean score to the others
    of its group (0 where it is alone); ``inside`` and ``outside`` are the pairs to show.
    """

    group: NDArray[np.intp]
    strength: NDArray[np.float64]
    inside: Scored
    outside: Scored


def grouped(
    built: Features,
    stack: Stacked,
    config: Config,
    rulings: Rulings,
    previous: Mapping[str, str],
    report: Progress,
) -> Grouping:
    """Group all rows, whose terms are in ``stack``. Up to ``config.exhaustive`` of them every pair is scored, above it
    those inside blocks of ``candidates`` and the candidates between these.
    """
    count, cut, floor = len(built), round((config.cut or 0.0) * SCALE), round((config.floor or 0.0) * SCALE)
    references, step = _references(built.items, previous), round(config.hysteresis * SCALE)

    def steadied(values: Scores, left: Rows, right: Rows) -> Scores:
        """Favour what was, a little: a group should not change because an unrelated need came in."""
        if not previous:
            return values
        one, two = references[left], references[right]
        shift = np.where((one >= 0) & (two >= 0), np.where(one == two, step, -step), 0)
        return np.clip(values + shift, 0, SCALE).astype(np.int32)

    if count <= config.exhaustive:
        found = candidates.one_block(count)
    else:
        fixed = _codes(rulings.together, count)
        found = candidates.blocks(built, stack, steadied, cut=cut, floor=floor, fixed=fixed)
    report("comparing", count, count)
    group, strength = np.arange(count), np.zeros(count)
    inside, outside = [_none()], [found.across]

    def settled(rows: Rows) -> Grouping:
        scores = steadied(stack.block(rows), rows[:, None], rows[None, :])
        within = rulings.among(rows)
        local = link.average_link(scores, cut=cut, together=within.together, apart=within.apart)
        return Grouping(
            rows[local],
            _strength(scores, local),
            _placed(_partners(scores, local, within, config.partners), rows),
            _placed(_neighbours(scores, local, within, floor, config.suggestions), rows),
        )

    shared = [rows for rows in found.rows if len(rows) > 1]
    done = count - sum(map(len, shared))
    for rows, part in zip(shared, in_turn(settled, shared), strict=True):
        group[rows], strength[rows] = part.group, part.strength
        inside.append(part.inside)
        outside.append(part.outside)
        done += len(rows)
        report("grouping", done, count)
    report("grouping", count, count)
    apart = _codes(rulings.apart, count)
    return Grouping(group, strength, _joined(inside), _best(_joined(outside), apart, config.suggestions, count))


def _references(items: Sequence[Item], previous: Mapping[str, str]) -> NDArray[np.int64]:
    """Number the previous groups: -1 for a new item, and a number of its own for an item that was alone."""
    numbers: dict[str, int] = {}
    references = np.full(len(items), -1, dtype=np.int64)
    for index, item in enumerate(items):
        reference = previous.get(item.id)
        if reference is not None:
            references[index] = numbers.setdefault(reference or f"\0{item.id}", len(numbers))
    return references


def _strength(scores: Scores, local: Rows) -> NDArray[np.float64]:
    """Return the mean score of each row to the others of its group."""
    strength = np.zeros(len(local))
    for rows in _members(local):
        part = scores[np.ix_(rows, rows)].astype(np.int64)
        strength[rows] = (part.sum(axis=1) - part.diagonal()) / (len(rows) - 1) / SCALE
    return strength


def _partners(scores: Scores, local: Rows, rulings: Rulings, most: int) -> Scored:
    """Return for each row its best ``most`` pairs inside its group, and the pairs that people joined."""
    ruled = np.array(rulings.together, dtype=np.intp).reshape(-1, 2)
    lefts, rights = [ruled[:, 0]], [ruled[:, 1]]
    for rows in _members(local):
        part = scores[np.ix_(rows, rows)].copy()
        np.fill_diagonal(part, -1)
        left, right = _top(part, most)
        lefts.append(rows[left])
        rights.append(rows[right])
    return _scored(scores, np.concatenate(lefts), np.concatenate(rights))


def _neighbours(scores: Scores, local: Rows, rulings: Rulings, floor: int, most: int) -> Scored:
    """Return for each row its best ``most`` pairs outside its group, from ``floor`` on."""
    apart = np.array(rulings.apart, dtype=np.intp).reshape(-1, 2)
    one, two = np.concatenate([apart, apart[:, ::-1]]).T
    lefts, rights = [np.zeros(0, dtype=np.intp)], [np.zeros(0, dtype=np.intp)]
    for start in range(0, len(local), _CHUNK_ROWS):
        part = scores[start : start + _CHUNK_ROWS].copy()
        part[(local[start : start + _CHUNK_ROWS, None] == local[None, :]) | (part < floor)] = -1
        here = (one >= start) & (one < start + len(part))
        part[one[here] - start, two[here]] = -1
        left, right = _top(part, most)
        lefts.append(left + start)
        rights.append(right)
    return _scored(scores, np.concatenate(lefts), np.concatenate(rights))


def _top(scores: Scores, most: int) -> tuple[Rows, Rows]:
    """Return (row, column) of the ``most`` highest scores of each row that are not negative; of equal ones
    the first.
    """
    width = scores.shape[1]
    most = min(most, width)
    # One whole number says which score comes before which, and no two are equal. It holds the column as well, so that
    # the numbers are parted and not their places; those of a block fit in 32 bits, which takes half the time.
    short = (SCALE + 1) * width <= np.iinfo(np.int32).max
    keys = scores.astype(np.int32 if short else np.int64) * width + np.arange(width, dtype=np.int32)[::-1]
    best, last = np.divmod(np.partition(keys, width - most, axis=1)[:, width - most :].ravel(), width)
    rows = np.repeat(np.arange(len(scores)), most)
    keep = best >= 0
    return rows[keep], (width - 1 - last[keep]).astype(np.intp)


def _scored(scores: Scores, left: Rows, right: Rows) -> Scored:
    """Return the pairs once each, left before right."""
    width = len(scores)
    codes, _ = numbered(np.minimum(left, right).astype(np.int64) * width + np.maximum(left, right))
    left, right = codes // width, codes % width
    return Scored(left, right, scores[left, right])


def _best(pairs: Scored, apart: NDArray[np.int64], most: int, count: int) -> Scored:
    """Return for each row its best ``most`` pairs, none of those ruled apart."""
    codes = pairs.left.astype(np.int64) * count + pairs.right
    pairs = pairs.where(~np.isin(codes, apart))
    rows, others = np.concatenate([pairs.left, pairs.right]), np.concatenate([pairs.right, pairs.left])
    # Row, then score from the highest on, then the other row in one whole number: sorting those is quick.
    lost = SCALE - np.concatenate([pairs.scores, pairs.scores]).astype(np.int64)
    order = np.argsort((rows.astype(np.int64) * (SCALE + 1) + lost) * count + others)
    ordered = rows[order]
    rank = np.arange(len(ordered)) - np.searchsorted(ordered, np.arange(count))[ordered]
    chosen = order[rank < most] % max(len(pairs.left), 1)
    keep = np.zeros(len(pairs.left), dtype=np.bool_)
    keep[chosen] = True
    return pairs.where(keep)


def _members(local: Rows) -> list[Rows]:
    """Return the rows of each group of two or more."""
    order = np.argsort(local, kind="stable")
    return [rows for rows in np.split(order, np.flatnonzero(np.diff(local[order])) + 1) if len(rows) > 1]


def _placed(pairs: Scored, rows: Rows) -> Scored:
    return Scored(rows[pairs.left], rows[pairs.right], pairs.scores)


def _joined(parts: Sequence[Scored]) -> Scored:
    return Scored(
        np.concatenate([part.left for part in parts]),
        np.concatenate([part.right for part in parts]),
        np.concatenate([part.scores for part in parts]),
    )


def _none() -> Scored:
    return Scored(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.int32))


def _codes(pairs: Iterable[tuple[int, int]], count: int) -> NDArray[np.int64]:
    return np.array(sorted({a * count + b for a, b in pairs}), dtype=np.int64)
