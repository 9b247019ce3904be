"""Says in plain English why an item is in its group, against all the others of the group together.

Similarities are inner products, so what an item has in common with all others of a group is its product with
their sum: no pair is looked at on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from procurement.matching import score
from procurement.matching.distinct import UNKNOWN, Numbers, numbered
from procurement.matching.evidence import (
    ONE_MEANS,
    Evidence,
    Told,
    Weights,
    Words,
    fixed,
    how_alike,
    in_words,
)
from procurement.matching.explain import KIND_NAMES, NEAR_DAYS, in_sentence
from procurement.matching.facts import Facts
from procurement.matching.features import Features
from procurement.matching.label import Surfaces
from procurement.matching.result import Reason
from procurement.matching.score import BONUSES, Profile, Rows

_MOST: Final = 3
_MOST_TERMS: Final = 3
_LEAST: Final = 0.01  # of a score: below it a reason is noise
_SUBJECT: Final = 0.4  # of all that an item names: from there on it is about a thing and does not only touch on it

Names = Callable[[Rows], Sequence[str]]


class _Shared(NamedTuple):
    """For each row the property that most others of its group have too, ``UNKNOWN`` where none has; how many
    others have it; and the row's summed share of the scores to these.
    """

    key: Numbers
    others: Numbers
    weight: Weights


class Membership:
    """Finds the reasons for members; ``group`` is a number from 0 for each row in a group, else ``UNKNOWN``."""

    def __init__(
        self,
        features: Features,
        facts: Facts,
        profile: Profile,
        surfaces: Surfaces,
        category_names: Sequence[str],
        group: Numbers,
    ) -> None:
        self.features = features
        self.facts = facts
        self.profile = profile
        self.surfaces = surfaces
        self.names = category_names
        self.group = group
        sizes = np.bincount(group[group != UNKNOWN], minlength=1)
        self.others = np.where(group == UNKNOWN, 0, sizes[group] - 1)

    def reasons(self, ruled: Sequence[tuple[int, int]]) -> list[tuple[Reason, ...]]:
        """Return the heaviest reasons of each row, of equal ones the first by its code, none for rows without a group;
        ``ruled`` are the pairs that people put together.
        """
        rest = [self._meaning(), self._words(), self._ends(), self._decided(ruled)]
        every = sorted([*self._subject(), *self._kind(), *self._products(), *rest], key=lambda evidence: evidence.code)
        # Which are told is settled before any is put into words. None weighs less than nought.
        weights = np.stack([np.where(e.there, e.weight.round(4), -1.0) for e in every], axis=1)
        order = np.argsort(-weights, axis=1, kind="stable")[:, :_MOST]
        ordered = np.take_along_axis(weights, order, axis=1)
        row, rank = np.nonzero(ordered >= 0)
        return in_words(every, Told(row, rank, order[row, rank], ordered[row, rank]), len(self.group))

    def _subject(self) -> list[Evidence]:
        concept = self._shared(self.facts.concepts, ("concepts", "topics"))
        about = self._shared(_subjects(self.facts.concepts), ())
        subject = (about.key == concept.key) & (2 * about.others >= self.others)
        about = about._replace(weight=concept.weight)
        stated = self._shared(_columns(self.facts.stated), ("category",))
        likely = self._shared(_columns(self.facts.likely), ("category",))
        topics = self._shared(_columns(self.facts.likely), ("category", "concepts", "topics"))
        # What a named concept accounts for is not told twice.
        bare = concept.key == UNKNOWN
        filed = (stated.key != UNKNOWN) & (stated.others >= likely.others)
        weight = np.where(filed, stated.weight, np.where(bare, topics.weight, likely.weight))
        wanted = [in_sentence(name) for name in self.features.concepts.terms]
        names = [in_sentence(name) for name in self.names]
        stated = _Shared(np.where(filed, stated.key, UNKNOWN), stated.others, weight)
        likely = _Shared(np.where(filed, UNKNOWN, likely.key), likely.others, weight)
        return [
            self._evidence("concept", _where(about, subject), "Is about {}, as {}", _are, _by(wanted, concept.key)),
            self._evidence("concept", _where(concept, ~subject), "Touches on {}, as {}", _do, _by(wanted, concept.key)),
            self._evidence("stated-category", stated, "Is filed under {}, as {}", _are, _by(names, stated.key)),
            self._evidence("category", likely, "Fits under {}, as {}", _do, _by(names, likely.key)),
        ]

    def _meaning(self) -> Evidence:
        # The one property that all members have: being in their group.
        shared = self._shared(_columns(np.where(self.group == UNKNOWN, UNKNOWN, 0)), ("meaning",))
        mean = how_alike(shared.weight * (self.profile.total / self.profile.weights.get("meaning", np.inf)))
        # It may be unlike some of them.
        words = [
            f"{begun} {means}" for begun in ("Its description", "On average its description") for means in ONE_MEANS
        ]
        place = mean + len(ONE_MEANS) * (self.others > 1)
        return self._evidence("meaning", shared, "{} {}", _of, _by(words, place))

    def _words(self) -> Evidence:
        rows = np.flatnonzero(self.group != UNKNOWN)
        rows = rows[np.argsort(self.group[rows], kind="stable")]
        lexicon = self.features.words
        common = _common(self.group[rows], csr_matrix(lexicon.matrix[rows]))
        telling = self.surfaces.telling(common)
        there, weight = np.zeros(len(self.group), dtype=np.bool_), np.zeros(len(self.group))
        there[rows] = np.diff(telling.indptr) > 0
        if "words" in self.profile.weights:
            share = self.profile.weights["words"] / self.profile.total
            weight[rows] = share * np.asarray(common.sum(axis=1)).ravel() / self.others[rows]
        place = np.zeros(len(self.group), dtype=np.intp)
        place[rows] = np.arange(len(rows))

        def worded(some: Rows) -> list[str]:
            shown = self.surfaces.shown(csr_matrix(telling[place[some]]), _MOST_TERMS)
            with_whom = np.where(self.others[some] == 1, "the other", "others").tolist()
            return list(map("Shares words with {}: {}".format, with_whom, shown))

        return Evidence("words", there, weight, worded)

    def _kind(self) -> list[Evidence]:
        shared = self._shared(_columns(self.facts.kind), ("kind",))
        stated = self._shared(_columns(np.where(self.facts.states_kind, self.facts.kind, UNKNOWN)), ())
        # A fact where it and half of the others give their kind, of whom alone it is told, else read off their words.
        given, names = (stated.key != UNKNOWN) & (2 * stated.others >= self.others), _by(KIND_NAMES, shared.key)
        stated = stated._replace(weight=shared.weight)
        return [
            self._evidence("kind", _where(stated, given), "Wants {}, as {}", _do, names),
            self._evidence("kind", _where(shared, ~given), "By its words it wants {}, as {}", _do, names),
        ]

    def _products(self) -> list[Evidence]:
        today = self._shared(self.facts.incumbents, ("product",))
        weight = np.maximum(today.weight, _LEAST * today.others / np.maximum(self.others, 1))
        used = _by(self.facts.used, today.key)
        named = self._shared(_binary(self.facts.products), ("product",))
        named = named._replace(key=np.where(today.key == UNKNOWN, named.key, UNKNOWN))
        names = [self.surfaces.product(name) for name in self.features.product_names]
        return [
            self._evidence("incumbent", today._replace(weight=weight), "Names {} as in use today, as {}", _do, used),
            self._evidence("product", named, "Names {}, as {}", _do, _by(names, named.key)),
        ]

    def _ends(self) -> Evidence:
        rows = np.flatnonzero((self.facts.ends > 0) & (self.group != UNKNOWN))
        # A day of one group is far from every day of another.
        own = self.group[rows] * 10_000_000 + self.facts.ends[rows]
        days = np.sort(own)
        near = np.zeros(len(self.group), dtype=np.int64)
        near[rows] = (
            np.searchsorted(days, own + NEAR_DAYS, "right") - np.searchsorted(days, own - NEAR_DAYS, "left") - 1
        )
        words = self._worded("Its contract ends within 3 months of {}", near, _of)
        return Evidence("ends-together", near > 0, np.zeros(len(near)), words)

    def _decided(self, ruled: Sequence[tuple[int, int]]) -> Evidence:
        there = np.zeros(len(self.group), dtype=np.bool_)
        there[[row for pair in ruled for row in pair]] = True
        return fixed("decision", there & (self.others > 0), np.ones(len(there)), "A person ruled that it belongs here")

    def _evidence(
        self, code: str, shared: _Shared, words: str, verb: Callable[[int, int], str], names: Names | None = None
    ) -> Evidence:
        # What fewer than half of the others share says little of why an item is here.
        there = (shared.key != UNKNOWN) & (shared.weight >= _LEAST / 10) & (2 * shared.others >= self.others)
        return Evidence(code, there, shared.weight, self._worded(words, shared.others, verb, names))

    def _worded(self, words: str, found: Numbers, verb: Callable[[int, int], str], names: Names | None = None) -> Words:
        """Return what puts rows into ``words``: these hold one of ``names``, and ``verb`` of how many are ``found``."""

        def worded(some: Rows) -> list[str]:
            rest = map(verb, found[some].tolist(), self.others[some].tolist())
            return list(map(words.format, names(some), rest) if names else map(words.format, rest))

        return worded

    def _shared(self, keys: csr_matrix, terms: Sequence[str]) -> _Shared:
        """Find for each row the column of ``keys`` which most others of its group have; ``terms`` are those
        of the score that it accounts for.
        """
        count = len(self.group)
        shared = _Shared(np.full(count, UNKNOWN), np.zeros(count, dtype=np.int64), np.zeros(count))
        entries = keys.tocoo()
        inside = self.group[entries.row] != UNKNOWN
        rows, columns, values = entries.row[inside], entries.col[inside].astype(np.int64), entries.data[inside]
        holders, place = numbered(self.group[rows] * keys.shape[1] + columns)
        others = np.bincount(place, minlength=len(holders))[place] - 1
        order = np.lexsort((columns, -np.round(values, 6), -others, rows))
        order = order[np.unique(rows[order], return_index=True)[1]]
        order = order[others[order] > 0]
        chosen = rows[order]
        shared.key[chosen], shared.others[chosen] = columns[order], others[order]
        ones = csr_matrix((np.ones(len(rows), dtype=np.float32), (place, rows)), shape=(len(holders), count))
        for term in (term for term in terms if term in self.profile.weights):
            representation = score.representation(self.features, term)
            products = _products(representation, ones, place[order], chosen)
            if term in BONUSES:
                products = np.minimum(products, others[order])
            weight = self.profile.weights[term] / self.profile.total
            shared.weight[chosen] += weight * products / self.others[chosen]
        return shared


def _products(rows: NDArray[np.float32] | csr_matrix, holders: csr_matrix, place: Numbers, chosen: Rows) -> Weights:
    """Return for each of the ``chosen`` rows its product with the sum of the rows that ``holders`` has at its
    place, less that with itself.
    """
    if isinstance(rows, csr_matrix):
        own = csr_matrix(rows[chosen])
        others = csr_matrix((holders @ rows)[place]) - own
        return np.asarray(own.multiply(others).sum(axis=1), dtype=np.float64).ravel()
    sums: NDArray[np.float32] = holders @ rows
    products: Weights = np.einsum("ij,ij->i", rows[chosen], sums[place] - rows[chosen]).astype(np.float64)
    return products


def _common(group: Numbers, matrix: csr_matrix) -> csr_matrix:
    """Return for each row its entries that others of its group have too, times what these add up to; ``group`` is
    sorted.
    """
    shared = np.zeros(matrix.nnz)
    own, width = matrix.data.astype(np.float64), matrix.shape[1]
    total, count = np.zeros(width), np.zeros(width, dtype=np.int64)
    begins = np.flatnonzero(np.diff(group, prepend=-1))
    for start, end in pairwise([*matrix.indptr[begins].tolist(), matrix.nnz]):
        part, columns = slice(start, end), matrix.indices[start:end]
        np.add.at(total, columns, own[part])
        np.add.at(count, columns, 1)
        shared[part] = np.where(count[columns] > 1, own[part] * (total[columns] - own[part]), 0.0)
        total[columns], count[columns] = 0.0, 0
    common = csr_matrix((shared, matrix.indices, matrix.indptr), matrix.shape)
    common.eliminate_zeros()
    return common


def _where(shared: _Shared, keep: NDArray[np.bool_]) -> _Shared:
    return shared._replace(key=np.where(keep, shared.key, UNKNOWN))


def _columns(numbers: Numbers) -> csr_matrix:
    """Return numbers as a matrix with a one in their column, none for ``UNKNOWN``."""
    rows = np.flatnonzero(numbers != UNKNOWN)
    width = int(numbers.max(initial=0)) + 1
    return csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, numbers[rows])), shape=(len(numbers), width))


def _subjects(concepts: csr_matrix) -> csr_matrix:
    """Return of the things that each row names those that it is about."""
    kept = csr_matrix(concepts.multiply(concepts.power(2) >= _SUBJECT))
    kept.eliminate_zeros()
    return kept


def _binary(matrix: csr_matrix) -> csr_matrix:
    return csr_matrix((np.ones_like(matrix.data), matrix.indices, matrix.indptr), shape=matrix.shape)


def _by(names: Sequence[str], place: Numbers) -> Names:
    return lambda some: [names[index] for index in place[some].tolist()]


def _rest(found: int, others: int) -> str:
    if others == 1:
        return "the other"
    if found == others:
        return "both others" if others == 2 else f"all {others} others"
    return f"{found} of the {others} others"


# Groups are of few sizes, so members by the thousand have the same.
@lru_cache(maxsize=4_096)
def _do(found: int, others: int) -> str:
    return f"{_rest(found, others)} {'does' if found == 1 else 'do'}"


@lru_cache(maxsize=4_096)
def _are(found: int, others: int) -> str:
    return f"{_rest(found, others)} {'is' if found == 1 else 'are'}"


@lru_cache(maxsize=4_096)
def _of(found: int, others: int) -> str:
    return f"{'that' if found == 1 else 'those'} of {_rest(found, others)}"
