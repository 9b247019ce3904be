"""Says in plain English why two items match.

The weight of a reason is its share of the pair's score. A reason of weight 0 is not part of the score: it
is something that a person who decides will want to know, such as when the contracts end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from procurement.matching import kinds, score
from procurement.matching.facts import UNKNOWN, Facts, Numbers
from procurement.matching.features import Features
from procurement.matching.label import Surfaces
from procurement.matching.result import Reason
from procurement.matching.score import Floats, Profile, Rows

_MOST: Final = 5
_MOST_TERMS: Final = 3  # shared words that are named
_LEAST: Final = 0.01  # of a score: below it a reason is noise
_AGAINST: Final = 0.02
NEAR_DAYS: Final = 92
_FAR_DAYS: Final = 550
_TENFOLD: Final = 10
_CHUNK: Final = 16_384

Bools = NDArray[np.bool_]
KIND_NAMES: Final = tuple(kinds.KINDS.values())


class Evidence(NamedTuple):
    """One kind of reason for many pairs: which have it, how much it weighs, and its words for pair number
    so-and-so.
    """

    code: str
    there: Bools
    weight: Floats
    words: Callable[[int], str]


class Explainer:
    """Finds the reasons for pairs of one run; ``ruled`` are the pairs of rows that people put together."""

    def __init__(
        self,
        features: Features,
        facts: Facts,
        profile: Profile,
        surfaces: Surfaces,
        category_names: Sequence[str],
        ruled: frozenset[tuple[int, int]],
    ) -> None:
        self.features = features
        self.facts = facts
        self.profile = profile
        self.surfaces = surfaces
        self.names = category_names
        self.ruled = ruled

    def reasons(self, left: Rows, right: Rows) -> list[tuple[Reason, ...]]:
        """Return the reasons for each pair, heaviest first, those beside the score last."""
        found: list[tuple[Reason, ...]] = []
        for start in range(0, len(left), _CHUNK):
            found.extend(self._chunk(left[start : start + _CHUNK], right[start : start + _CHUNK]))
        return found

    def _chunk(self, a: Rows, b: Rows) -> list[tuple[Reason, ...]]:
        scored, beside = self._scored(a, b), self._beside(a, b)
        weights = np.stack([np.where(e.there & (np.abs(e.weight) >= _LEAST), e.weight, 0.0) for e in scored], axis=1)
        order = np.argsort(-np.abs(weights), axis=1, kind="stable")[:, :_MOST]
        ordered = np.take_along_axis(weights, order, axis=1)
        # Numbers leave the arrays in one go: one by one that would take longer than all the rest.
        found: list[list[Reason]] = [[] for _ in a]
        pairs, places = np.nonzero(ordered)
        columns = order[pairs, places].tolist()
        values = np.round(ordered[pairs, places].astype(np.float64), 4).tolist()
        for pair, column, value in zip(pairs.tolist(), columns, values, strict=True):
            evidence = scored[column]
            found[pair].append(Reason(evidence.code, evidence.words(pair), value))
        for evidence in beside:
            for pair in np.flatnonzero(evidence.there).tolist():
                found[pair].append(Reason(evidence.code, evidence.words(pair), 0.0))
        for pair in self._ruled(a, b):
            found[pair].insert(0, Reason("decision", "A person ruled that these belong together", 1.0))
        return [tuple(reasons) for reasons in found]

    def _ruled(self, a: Rows, b: Rows) -> list[int]:
        if not self.ruled:
            return []
        return [n for n, pair in enumerate(zip(a.tolist(), b.tolist(), strict=True)) if pair in self.ruled]

    def _scored(self, a: Rows, b: Rows) -> list[Evidence]:
        """Return the evidence that is part of the score, in the order of the codes."""
        shares = dict(zip(self.profile.weights, score.terms(self.features, self.profile, a, b).T, strict=True))
        nothing = np.zeros(len(a), dtype=np.float32)
        share = {term: shares.get(term, nothing) for term in score.PROFILES["minilm"].weights}
        every = [
            *self._subject(a, b, share["concepts"] + share["topics"], share["category"]),
            _fixed("meaning", share["meaning"] > 0, share["meaning"], "The two descriptions mean much the same"),
            self._wording(a, b, share["words"] + share["letters"]),
            *self._form(a, b, share["kind"]),
            *self._products(a, b, share["product"]),
        ]
        return sorted(every, key=lambda evidence: evidence.code)

    def _subject(self, a: Rows, b: Rows, concepts: Floats, category: Floats) -> list[Evidence]:
        best = _best_common(self.facts.concepts, a, b)
        both = best != UNKNOWN
        names = self.features.concepts.terms
        # What a named concept accounts for is not told twice.
        weight = category + np.where(both, 0.0, concepts).astype(np.float32)
        one, two = self.facts.stated[a], self.facts.stated[b]
        filed = (one == two) & (one != UNKNOWN)
        likely = self.facts.likely[a]
        alike = ~filed & (likely == self.facts.likely[b]) & (likely != UNKNOWN)
        differ = ~filed & ~alike & (one != UNKNOWN) & (two != UNKNOWN)
        return [
            Evidence("concept", both, concepts, lambda n: f"Both want {in_sentence(names[best[n]])}"),
            Evidence("stated-category", filed, weight, lambda n: f"Both are filed under {self._category(one[n])}"),
            Evidence("category", alike, weight, lambda n: f"Both are about {self._category(likely[n])}"),
            Evidence(
                "other-category",
                differ,
                np.full(len(a), -_AGAINST, dtype=np.float32),
                lambda n: f"Filed under different categories: {self.names[one[n]]} and {self.names[two[n]]}",
            ),
        ]

    def _category(self, index: int) -> str:
        return in_sentence(self.names[index])

    def _wording(self, a: Rows, b: Rows, weight: Floats) -> Evidence:
        lexicon = self.features.words
        common = heaviest(lexicon.matrix[a].multiply(lexicon.matrix[b]).tocsr(), 3 * _MOST_TERMS)
        there = np.array([len(columns) > 0 for columns in common], dtype=np.bool_)

        def words(n: int) -> str:
            return f"Shared words: {', '.join(self.surfaces.best([lexicon.terms[c] for c in common[n]], _MOST_TERMS))}"

        return Evidence("words", there, weight, words)

    def _form(self, a: Rows, b: Rows, weight: Floats) -> list[Evidence]:
        one, two = self.facts.kind[a], self.facts.kind[b]
        known, same = (one != UNKNOWN) & (two != UNKNOWN), one == two
        against = np.full(len(a), -_AGAINST, dtype=np.float32)
        return [
            Evidence("kind", known & same, weight, lambda n: f"Both want {KIND_NAMES[one[n]]}"),
            Evidence(
                "other-kind",
                known & ~same,
                against,
                lambda n: f"One wants {KIND_NAMES[one[n]]}, the other {KIND_NAMES[two[n]]}",
            ),
        ]

    def _products(self, a: Rows, b: Rows, weight: Floats) -> list[Evidence]:
        today = score.pairwise_products(self.facts.incumbents, a, b) > 0
        named = score.pairwise_products(self.facts.products, a, b) > 0
        items, mentioned = self.features.items, self.features.named

        def incumbent(n: int) -> str:
            names = [items[row].incumbent.strip() for row in (a[n], b[n])]
            return f"Both say the product in use today is {min(names, key=lambda name: (len(name), name))}"

        def product(n: int) -> str:
            both = sorted(mentioned[a[n]] & mentioned[b[n]])[:2]
            return f"Both name {', '.join(self.surfaces.product(name) for name in both)}"

        return [
            Evidence("incumbent", today, np.maximum(weight, _LEAST), incumbent),
            Evidence("product", named & ~today, weight, product),
        ]

    def _beside(self, a: Rows, b: Rows) -> list[Evidence]:
        """Return what is no part of the score."""
        facts = self.facts
        dated = (facts.ends[a] > 0) & (facts.ends[b] > 0)
        days = np.abs(facts.ends[a] - facts.ends[b])
        low, high = np.minimum(facts.budget[a], facts.budget[b]), np.maximum(facts.budget[a], facts.budget[b])
        nothing = np.zeros(len(a), dtype=np.float32)
        return [
            _fixed(
                "ends-together", dated & (days <= NEAR_DAYS), nothing, "Contracts end within 3 months of each other"
            ),
            _fixed("ends-apart", dated & (days >= _FAR_DAYS), nothing, "Contracts end more than 18 months apart"),
            _fixed("budgets", (low > 0) & (high > _TENFOLD * low), nothing, "Budgets differ more than tenfold"),
            _fixed(
                "same-owner",
                facts.owner[a] == facts.owner[b],
                nothing,
                "Both come from the same borough: perhaps one need logged twice",
            ),
        ]


def _fixed(code: str, there: Bools, weight: Floats, words: str) -> Evidence:
    return Evidence(code, there, weight, lambda _: words)


def _best_common(matrix: csr_matrix, a: Rows, b: Rows) -> Numbers:
    """Return the column that weighs most in both rows of each pair, ``UNKNOWN`` where they share none."""
    columns = heaviest(matrix[a].multiply(matrix[b]).tocsr(), 1)
    return np.array([found[0] if found else UNKNOWN for found in columns], dtype=np.int64)


def heaviest(matrix: csr_matrix, most: int) -> list[list[int]]:
    """Return for each row its ``most`` heaviest columns, of equal ones the first."""
    matrix.sort_indices()
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    # Row, then weight from the heaviest on, then column in one whole number: sorting those is quick.
    millionths = 1_000_000 - np.rint(matrix.data.clip(0.0, 1.0) * 1_000_000).astype(np.int64)
    bits = max(int(matrix.nnz).bit_length(), 1)
    keys = np.sort((((rows << 20) | millionths) << bits) | np.arange(matrix.nnz))
    kept = np.arange(len(keys)) - matrix.indptr[rows] < most
    columns = matrix.indices[keys[kept] & ((1 << bits) - 1)].tolist()
    ends = np.cumsum(np.minimum(np.diff(matrix.indptr), most)).tolist()
    return [columns[start:end] for start, end in zip([0, *ends], ends, strict=False)]


@lru_cache(maxsize=4_096)
def in_sentence(name: str) -> str:
    """Return a heading as it stands inside a sentence: lower case unless it begins with an acronym."""
    first = name.split(" ", 1)[0].strip(",")
    return name if sum(c.isupper() for c in first) > 1 else name[:1].lower() + name[1:]
