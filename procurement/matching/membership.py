"""Says in plain English why an item is in its group, against all the others of the group together.

Similarities are inner products, so what an item has in common with all others of a group is its product with
their sum: no pair is looked at on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from procurement.matching import score
from procurement.matching.distinct import numbered
from procurement.matching.explain import KIND_NAMES, NEAR_DAYS, in_sentence
from procurement.matching.facts import UNKNOWN, Facts, Numbers
from procurement.matching.features import Features
from procurement.matching.label import Surfaces
from procurement.matching.result import Reason
from procurement.matching.score import BONUSES, Profile, Rows

_MOST: Final = 3
_MOST_TERMS: Final = 3
_MEANS: Final = "Its description means much the same as"
_LEAST: Final = 0.01  # of a score: below it a reason is noise

Weights = NDArray[np.float64]


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
        """Return the heaviest reasons of each row, none for rows without a group; ``ruled`` are the pairs
        that people put together.
        """
        found: list[list[Reason]] = [[] for _ in self.group]
        self._subject(found)
        self._meaning(found)
        self._words(found)
        kind = self._shared(_columns(self.facts.kind), ("kind",))
        self._add(found, "kind", kind, lambda row, key, rest: f"Wants {KIND_NAMES[key]}, as {_do(rest)}")
        self._products(found)
        self._ends(found)
        for row in sorted({row for pair in ruled for row in pair if self.others[row]}):
            found[row].append(Reason("decision", "A person ruled that it belongs here", 1.0))
        return [tuple(sorted(reasons, key=lambda r: (-r.weight, r.code, r.words))[:_MOST]) for reasons in found]

    def _subject(self, found: list[list[Reason]]) -> None:
        concept = self._shared(self.facts.concepts, ("concepts", "topics"))
        terms = self.features.concepts.terms
        self._add(found, "concept", concept, lambda row, key, rest: f"Wants {in_sentence(terms[key])}, as {_do(rest)}")
        stated = self._shared(_columns(self.facts.stated), ("category",))
        likely = self._shared(_columns(self.facts.likely), ("category",))
        topics = self._shared(_columns(self.facts.likely), ("category", "concepts", "topics"))
        # What a named concept accounts for is not told twice.
        bare = concept.key == UNKNOWN
        filed = (stated.key != UNKNOWN) & (stated.others >= likely.others)
        weight = np.where(filed, stated.weight, np.where(bare, topics.weight, likely.weight))
        filed_key, likely_key = np.where(filed, stated.key, UNKNOWN), np.where(filed, UNKNOWN, likely.key)
        names = [in_sentence(name) for name in self.names]
        self._add(
            found,
            "stated-category",
            _Shared(filed_key, stated.others, weight),
            lambda row, key, rest: f"Is filed under {names[key]}, as {_are(rest)}",
        )
        self._add(
            found,
            "category",
            _Shared(likely_key, likely.others, weight),
            lambda row, key, rest: f"Is about {names[key]}, as {_are(rest)}",
        )

    def _meaning(self, found: list[list[Reason]]) -> None:
        shared = self._shared(self._grouped(), ("meaning",))
        self._add(
            found, "meaning", shared, lambda row, key, rest: f"Its description means much the same as {_of(rest)}"
        )

    def _words(self, found: list[list[Reason]]) -> None:
        shared = self._shared(self._grouped(), ("words",))
        rows = np.flatnonzero(shared.key != UNKNOWN)
        if not len(rows):
            return
        rows = rows[np.argsort(self.group[rows], kind="stable")]
        lexicon = self.features.words
        common = _common(self.group[rows], csr_matrix(lexicon.matrix[rows]))
        shown = self.surfaces.shown(lexicon.terms, common, _MOST_TERMS)
        for row, words in zip(rows.tolist(), shown, strict=True):
            if words:
                rest = "the other" if self.others[row] == 1 else "others"
                weight = round(float(shared.weight[row]), 4)
                found[row].append(Reason("words", f"Shares words with {rest}: {words}", weight))

    def _products(self, found: list[list[Reason]]) -> None:
        items, names = self.features.items, self.features.product_names
        today = self._shared(self.facts.incumbents, ("product",))
        weight = np.maximum(today.weight, _LEAST * today.others / np.maximum(self.others, 1))
        self._add(
            found,
            "incumbent",
            today._replace(weight=weight),
            lambda row, key, rest: f"Uses {items[row].incumbent.strip()} today, as {_do(rest)}",
        )
        named = self._shared(_binary(self.facts.products), ("product",))
        named = named._replace(key=np.where(today.key == UNKNOWN, named.key, UNKNOWN))
        self._add(
            found,
            "product",
            named,
            lambda row, key, rest: f"Names {self.surfaces.product(names[key])}, as {_do(rest)}",
        )

    def _ends(self, found: list[list[Reason]]) -> None:
        rows = np.flatnonzero((self.facts.ends > 0) & (self.group != UNKNOWN))
        # A day of one group is far from every day of another.
        days = np.sort(self.group[rows] * 10_000_000 + self.facts.ends[rows])
        own = self.group[rows] * 10_000_000 + self.facts.ends[rows]
        near = np.searchsorted(days, own + NEAR_DAYS, "right") - np.searchsorted(days, own - NEAR_DAYS, "left") - 1
        for row, others in zip(rows.tolist(), near.tolist(), strict=True):
            if others:
                words = f"Its contract ends within 3 months of {_of(_rest(others, int(self.others[row])))}"
                found[row].append(Reason("ends-together", words, 0.0))

    def _add(
        self, found: list[list[Reason]], code: str, shared: _Shared, words: Callable[[int, int, str], str]
    ) -> None:
        # What fewer than half of the others share says little of why an item is here.
        told = (shared.key != UNKNOWN) & (shared.weight >= _LEAST / 10) & (2 * shared.others >= self.others)
        for row in np.flatnonzero(told).tolist():
            rest = _rest(int(shared.others[row]), int(self.others[row]))
            reason = Reason(code, words(row, int(shared.key[row]), rest), round(float(shared.weight[row]), 4))
            found[row].append(reason)

    def _grouped(self) -> csr_matrix:
        """Return the one property that all members have: being in their group."""
        return _columns(np.where(self.group == UNKNOWN, UNKNOWN, 0))

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


def _columns(numbers: Numbers) -> csr_matrix:
    """Return numbers as a matrix with a one in their column, none for ``UNKNOWN``."""
    rows = np.flatnonzero(numbers != UNKNOWN)
    width = int(numbers.max(initial=0)) + 1
    return csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, numbers[rows])), shape=(len(numbers), width))


def _binary(matrix: csr_matrix) -> csr_matrix:
    return csr_matrix((np.ones_like(matrix.data), matrix.indices, matrix.indptr), shape=matrix.shape)


def _rest(found: int, others: int) -> str:
    if others == 1:
        return "the other"
    if found == others:
        return "both others" if others == 2 else f"all {others} others"
    return f"{found} of the {others} others"


def _is_one(rest: str) -> bool:
    return rest == "the other" or rest.startswith("1 of")


def _do(rest: str) -> str:
    return f"{rest} {'does' if _is_one(rest) else 'do'}"


def _are(rest: str) -> str:
    return f"{rest} {'is' if _is_one(rest) else 'are'}"


def _of(rest: str) -> str:
    return f"{'that' if _is_one(rest) else 'those'} of {rest}"
