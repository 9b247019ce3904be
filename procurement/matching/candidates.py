"""Which items could stand in one group at all, and which pairs between such blocks are worth a look.

Average link joins two groups only where some pair of theirs reaches the cut. So the items fall into blocks,
the components of the graph of those pairs, which can be grouped one by one without loss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from procurement.matching.cells import Cells
from procurement.matching.features import Features
from procurement.matching.score import SCALE, Floats, Rows, Scored, Scores, Stacked
from procurement.matching.threads import both, in_turn, parts

Codes = NDArray[np.int64]  # a pair as left * count + right
Rescore = Callable[[Scores, Rows, Rows], Scores]
_Found = tuple[Codes, Codes, Scores]  # pairs to look at; those that are sure, with their scores

_JOIN_ROWS: Final = 2_048  # rows joined between two looks at what already holds together
_TILE_ROWS: Final = 256  # of these, rows multiplied at a time: what stays in the cache is searched four times as fast
_TILE_CELLS: Final = 1 << 23  # at most so many cells of it: 32 MB
_EXACT: Final = 4_000  # items up to which the join looks at whole rows
_EVERY_PAIR: Final = 30_000  # items up to which it compares each row with each
_CELLS_AT_ONCE: Final = 16  # cells joined between two looks at what already holds together
_RARE_AT_ONCE: Final = 1 << 18
_DIRECTIONS: Final = 128
_MARGIN: Final = 0.03  # what a pair may lose in those directions: see ``_shortened``
_SHARE_OF_CUT: Final = 0.62  # what the dense terms alone must reach of the cut to make a pair a candidate
_PER_ITEM: Final = 30
_RARE: Final = 12  # a term in at most so many items makes each two of them a candidate
_MOST_IN_BLOCK: Final = 3_000
_STEP: Final = 200  # ten-thousandths by which the cut is raised to break up a block that is too large


@dataclass(frozen=True, slots=True)
class Blocks:
    """Rows that could form groups, block by block, and the scored pairs between blocks."""

    rows: tuple[Rows, ...]
    across: Scored


def one_block(count: int) -> Blocks:
    """Return all rows as one block."""
    none = np.zeros(0, dtype=np.intp)
    return Blocks((np.arange(count),), Scored(none, none, none.astype(np.int32)))


def blocks(features: Features, stack: Stacked, rescore: Rescore, *, cut: int, floor: int, fixed: Codes) -> Blocks:
    """Return the blocks at ``cut``, and the best pairs between them from ``floor`` on.

    Candidates are the pairs whose dense terms come near the cut, found by a blocked join (exact up to 4,000 items,
    above that on shortened rows, and above 30,000 among like ones only: ``cells``), and those which share a rare word.
    ``rescore`` has the last word on scores; pairs of ``fixed`` are in one block whatever they score. Memory grows with
    the number of items and not with its square.
    """
    count = len(features)
    forest = _Forest(count, fixed)
    rare, near = both(lambda: _rare(features, stack), lambda: _whole(stack) if count <= _EXACT else _shortened(stack))
    doubtful: list[Scored] = []
    for left, right, dense in _joined(stack, near, rare, _SHARE_OF_CUT * cut / SCALE, cut / SCALE, forest):
        values = np.rint(np.clip(dense + stack.lexical(left, right), 0, 1) * SCALE).astype(np.int32)
        found = Scored(left, right, rescore(values, left, right))
        found = found.where(found.scores >= min(floor, cut))
        sure = found.scores >= cut
        forest.add(found.left[sure], found.right[sure], found.scores[sure])
        doubtful.append(found)
    label = forest.broken_up(cut)
    order = np.argsort(label, kind="stable")
    rows = tuple(np.split(order, np.flatnonzero(np.diff(label[order])) + 1)) if count else ()
    columns = ((found.left, found.right, found.scores) for found in doubtful)
    every = Scored(*(np.concatenate(column) for column in zip(*columns, strict=True)))
    return Blocks(rows, every.where((label[every.left] != label[every.right]) & (every.scores >= floor)))


class _Forest:
    """The strongest pairs that hold the blocks together: a maximum spanning forest, at most a pair an item."""

    def __init__(self, count: int, fixed: Codes) -> None:
        ones = np.ones(len(fixed), dtype=np.int32)
        self.fixed = coo_matrix((ones, (fixed // max(count, 1), fixed % max(count, 1))), shape=(count, count)).tocsr()
        none = np.zeros(0, dtype=np.int32)
        self.edges = csr_matrix((none, (none, none)), shape=(count, count))
        self.label = self._components(self.edges)

    def add(self, left: Rows, right: Rows, scores: Scores) -> None:
        if len(left):
            # Strengths and costs above nought, since a sparse matrix holds no zeros. A pair may come twice.
            new = coo_matrix((scores + 1, (left, right)), shape=self.edges.shape).tocsr()
            every = csr_matrix(self.edges.maximum(new))
            every.data = 2 * SCALE - every.data
            self.edges = csr_matrix(minimum_spanning_tree(every))
            self.edges.data = 2 * SCALE - self.edges.data
            self.label = self._components(self.edges)

    def broken_up(self, cut: int) -> NDArray[np.intp]:
        """Return the block of each row; a block that is too large loses its weakest ties until it is not."""
        label, edges = self.label, self.edges.tocoo()
        while (sizes := np.bincount(label, minlength=1)).max() > _MOST_IN_BLOCK and cut < SCALE:
            cut += _STEP
            keep = (edges.data > cut) | (sizes[label[edges.row]] <= _MOST_IN_BLOCK)
            edges = coo_matrix((edges.data[keep], (edges.row[keep], edges.col[keep])), shape=edges.shape)
            label = self._components(edges)
        return label

    def _components(self, edges: csr_matrix | coo_matrix) -> NDArray[np.intp]:
        return connected_components(edges + self.fixed, directed=False)[1].astype(np.intp)


def _joined(
    stack: Stacked, near: Floats, rare: Codes, least: float, sure: float, forest: _Forest
) -> Iterator[tuple[Rows, Rows, Floats]]:
    """Yield block by block the candidates among the rows of ``near`` that are not already in one tree of ``forest``,
    with the sum of their dense terms. Pairs which reach ``sure`` by these alone go straight into the forest.
    """
    count = len(near)
    lowest = least if count <= _EXACT else least - _MARGIN
    compared = _by_rows if count <= _EVERY_PAIR else _by_cells
    for codes, certain, scores in compared(near, rare, lowest, sure, forest):
        forest.add(certain // count, certain % count, scores)
        left, right = codes // count, codes % count
        new = forest.label[left] != forest.label[right]
        left, right = left[new], right[new]
        yield left, right, _products(stack.dense, left, right)


def _by_rows(near: Floats, rare: Codes, lowest: float, sure: float, forest: _Forest) -> Iterator[_Found]:
    """Compare each row with all behind it."""
    count = len(near)
    for start in range(0, count, _JOIN_ROWS):
        stop = min(start + _JOIN_ROWS, count)
        codes, certain, scores = _tiled(near, start, stop, lowest, sure, forest.label)
        part = rare[np.searchsorted(rare, start * count) : np.searchsorted(rare, stop * count)]
        yield _without_doubles(np.concatenate([codes, part])), certain, scores


def _by_cells(near: Floats, rare: Codes, lowest: float, sure: float, forest: _Forest) -> Iterator[_Found]:
    """Compare each row with those of cells that it is like."""
    none = np.zeros(0, dtype=np.int64)
    for start in range(0, len(rare), _RARE_AT_ONCE):
        yield rare[start : start + _RARE_AT_ONCE], none, none.astype(np.int32)
    cells = Cells.of(near)
    order = np.argsort(cells.home, kind="stable")
    ends = np.searchsorted(cells.home[order], np.arange(len(cells) + 1))
    for first in range(0, len(cells), _CELLS_AT_ONCE):
        label = forest.label

        def found(cell: int, label: Rows = label) -> _Found:
            rows, visitors = order[ends[cell] : ends[cell + 1]], np.flatnonzero(cells.visits[:, cell])
            step = max(1, _TILE_CELLS // 4 // max(len(visitors), 1))
            tiles = [
                _cell_tile(near, cells, cell, rows[start : start + step], visitors, lowest, sure, label)
                for start in range(0, len(rows), step)
            ]
            return _together(tiles)

        codes, certain, scores = _together(list(in_turn(found, range(first, min(first + _CELLS_AT_ONCE, len(cells))))))
        # What shares a rare word has been there before.
        yield codes[~_among(codes, rare)], certain, scores


def _cell_tile(
    near: Floats,
    cells: Cells,
    cell: int,
    rows: Rows,
    visitors: Rows,
    lowest: float,
    sure: float,
    label: Rows,
) -> _Found:
    """Do for ``rows`` of a cell and its ``visitors`` what ``_tiled`` does, but keep only the best of the sure pairs.
    Where so many are alike, those are enough to hold a block together.
    """
    products = near[rows] @ near[visitors].T
    most = _PER_ITEM * len(rows)

    def best(least: float) -> tuple[Codes, Floats]:
        flat = products.ravel()
        places = np.flatnonzero(flat >= least)
        if most < len(places):
            value = flat[places]
            places = places[value >= np.partition(value, len(value) - most)[len(value) - most]]
        left, right = rows[places // len(visitors)], visitors[places % len(visitors)]
        new = cells.new(cell, left, right)
        left, right = left[new], right[new]
        return np.minimum(left, right) * len(near) + np.maximum(left, right), flat[places[new]]

    certain, value = best(sure)
    # What these pairs hold together needs no weaker tie.
    held = _held(label, certain // len(near), certain % len(near), rows, visitors)
    products[held[: len(rows), None] == held[None, len(rows) :]] = -1.0
    return best(lowest)[0], certain, np.rint(np.minimum(value, 1.0) * SCALE).astype(np.int32)


def _held(label: Rows, left: Rows, right: Rows, rows: Rows, visitors: Rows) -> NDArray[np.int32]:
    """Return the labels of ``rows`` and then of ``visitors``, one for all that the pairs join."""
    known, place = np.unique(label[np.concatenate([rows, visitors])], return_inverse=True)
    one, two = np.searchsorted(known, label[left]), np.searchsorted(known, label[right])
    ties = coo_matrix((np.ones(len(left), dtype=np.int8), (one, two)), shape=(len(known), len(known)))
    held: NDArray[np.int32] = connected_components(ties, directed=False)[1][place].astype(np.int32)
    return held


def _together(parts: Sequence[_Found]) -> _Found:
    none = np.zeros(0, dtype=np.int64)
    codes, certain, scores = zip((none, none, none.astype(np.int32)), *parts, strict=True)
    return np.concatenate(codes), np.concatenate(certain), np.concatenate(scores)


def _tiled(near: Floats, start: int, stop: int, lowest: float, sure: float, label: Rows) -> _Found:
    """Return of the pairs of the rows from ``start`` to ``stop`` with those behind them: the best that reach ``lowest``
    and have different labels, and those that reach ``sure``, with their scores.
    """
    count, step = len(near), max(1, min(_TILE_ROWS, _TILE_CELLS // len(near)))
    short = label.astype(np.int32)

    def tile(first: int) -> _Found:
        rows = min(step, stop - first)
        products = join_block(near, first, first + rows)
        safe = np.flatnonzero(products >= sure)
        scores = np.rint(np.minimum(products.ravel()[safe], 1.0) * SCALE).astype(np.int32)
        # Whole tiles are looked at, since places of millions of pairs would take longer to find than these.
        open_pairs = short[first : first + rows, None] != short[None, first:]
        open_pairs &= products >= lowest
        open_pairs &= products < sure
        doubtful = np.flatnonzero(open_pairs)[_best(products[open_pairs], _PER_ITEM * rows)]
        return _codes(doubtful, first, count), _codes(safe, first, count), scores

    return _together(list(in_turn(tile, range(start, stop, step))))


def _best(values: Floats, most: int) -> Rows | slice:
    """Return the places of the ``most`` highest values, and of all that are equal to them in ten-thousandths."""
    if len(values) <= most:
        return slice(None)
    least = np.partition(values, len(values) - most)[[len(values) - most]]
    near = np.flatnonzero(values >= least - np.float32(2 / SCALE))
    kept: Rows = near[np.round(values[near], 4) >= np.round(least, 4)]
    return kept


def _codes(places: Rows, first: int, count: int) -> Codes:
    """Return the pairs at these places of what ``join_block`` returns from row ``first`` on."""
    width = count - first
    left = places // width
    # The place is ``left * width + right``, both counted from ``first``.
    return places + left * first + first * (count + 1)


def join_block(rows: Floats, start: int, stop: int) -> Floats:
    """Return the inner products of the rows from ``start`` to ``stop`` with all from ``start`` on, shape (rows, rows),
    -1 where the second is not behind the first. Blocks do not depend on each other.
    """
    products: Floats = rows[start:stop] @ rows[start:].T
    products[np.tril_indices(stop - start)] = -1.0
    return products


def _whole(stack: Stacked, rows: Rows | slice = slice(None)) -> Floats:
    """Return what the join compares: the dense terms and the broad ones."""
    return np.hstack([stack.dense[rows], stack.broad[rows].toarray()])


def _shortened(stack: Stacked) -> Floats:
    """Return the rows of ``_whole`` in the directions in which some of them are longest: shape (rows,
    ``_DIRECTIONS``).

    Of the pairs that the whole rows would find among 1,242 real and made-up needs and notices, these find 99.99 % with
    a margin of 0.03, and 99.9 % with 0.02.
    """
    count, width = stack.dense.shape
    found = directions(_whole(stack, np.linspace(0, count - 1, min(count, _JOIN_ROWS)).astype(np.intp)))
    short: Floats = stack.dense @ found[:width] + stack.broad @ found[width:]
    return short


def directions(rows: Floats) -> Floats:
    """Return the directions in which ``rows`` are longest, as unit columns: shape (columns, ``_DIRECTIONS``).

    A randomised range finder (Halko, Martinsson and Tropp, 2011).
    """
    random = np.random.default_rng(0).standard_normal((len(rows), min(_DIRECTIONS, rows.shape[1])), dtype=np.float32)
    found = rows.T @ random
    for _ in range(2):
        found = rows.T @ (rows @ np.linalg.qr(found)[0])
    unit: Floats = np.linalg.qr(found)[0]
    return unit


def _products(rows: Floats, left: Rows, right: Rows) -> Floats:
    def some(part: slice) -> Floats:
        found: Floats = np.einsum("ij,ij->i", rows[left[part]], rows[right[part]])
        return found

    return np.concatenate([np.zeros(0, dtype=np.float32), *in_turn(some, parts(len(left), _JOIN_ROWS))])


def _rare(features: Features, stack: Stacked) -> Codes:
    rare = _rare_pairs(features.words.matrix, len(features))
    if not stack.dense.shape[1] or features.meaning is None:
        rare = np.union1d(rare, _rare_pairs(features.concepts.matrix, len(features), 10 * _RARE))
    return rare


def _rare_pairs(matrix: csr_matrix, count: int, most: int = _RARE) -> Codes:
    """Return each two rows that share a column which at most ``most`` rows have, sorted."""
    columns = matrix.tocsc()
    columns.sort_indices()
    sizes = np.diff(columns.indptr)
    codes = [np.zeros(0, dtype=np.int64)]
    for size in range(2, most + 1):
        starts = columns.indptr[:-1][sizes == size]
        rows = columns.indices[starts[:, None] + np.arange(size)].astype(np.int64)
        left, right = np.triu_indices(size, k=1)
        codes.append((rows[:, left] * count + rows[:, right]).ravel())
    return _without_doubles(np.concatenate(codes))


def _without_doubles(codes: Codes) -> Codes:
    """Return codes sorted and each once; of millions that takes a fraction of the time of ``np.unique``."""
    codes = np.sort(codes)
    return codes[np.diff(codes, prepend=-1) > 0]


def _among(codes: Codes, known: Codes) -> NDArray[np.bool_]:
    """Tell which codes are in ``known``, which is sorted."""
    if not len(known):
        return np.zeros(len(codes), dtype=np.bool_)
    there: NDArray[np.bool_] = known[np.minimum(np.searchsorted(known, codes), len(known) - 1)] == codes
    return there
