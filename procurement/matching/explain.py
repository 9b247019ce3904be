"""Says in plain English why two items match.

The weight of a reason is its share of the pair's score. A reason of weight 0 is not part of the score: it
is something that a person who decides will want to know, such as when the contracts end.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from procurement.matching import kinds, score
from procurement.matching.distinct import UNKNOWN, Numbers
from procurement.matching.evidence import TWO_MEAN, Evidence, Told, by_name, by_names, fixed, how_alike, in_words
from procurement.matching.facts import Facts
from procurement.matching.features import Features
from procurement.matching.heaviest import heaviest
from procurement.matching.label import Surfaces
from procurement.matching.result import Reason
from procurement.matching.score import Common, Floats, Profile, Rows
from procurement.matching.threads import in_turn, parts

_MOST: Final = 5
_MOST_TERMS: Final = 3  # shared words that are named
_LEAST: Final = 0.01  # of a score: below it a reason is noise
NEAR_DAYS: Final = 92
_FAR_DAYS: Final = 550
_TENFOLD: Final = 10
_CHUNK: Final = 16_384
_COLUMN_BITS: Final = 5  # there are fewer than 32 kinds of reasons
_OTHER_CATEGORY: Final = "Filed under different categories: {} and {}"
_OTHER_KIND: Final = "One wants {}, the other {}"
_THIN: Final = "{} only what is wanted: no problem, requirements, users or present contract"

KIND_NAMES: Final = tuple(kinds.KINDS.values())


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
        self.filed = [in_sentence(name) for name in category_names]
        self.wanted = [in_sentence(name) for name in features.concepts.terms]
        self.ruled = ruled

    def reasons(self, left: Rows, right: Rows) -> list[tuple[Reason, ...]]:
        """Return the reasons for each pair, heaviest first, those beside the score last."""
        chunks = in_turn(lambda part: self._chunk(left[part], right[part]), parts(len(left), _CHUNK))
        return list(chain.from_iterable(chunks))

    def _chunk(self, a: Rows, b: Rows) -> list[tuple[Reason, ...]]:
        scored = self._scored(a, b)
        weights = np.stack([np.where(e.there & (np.abs(e.weight) >= _LEAST), e.weight, 0.0) for e in scored], axis=1)
        order = _heaviest_first(weights)[:, :_MOST]
        ordered = np.take_along_axis(weights, order, axis=1)
        pair, place = np.nonzero(ordered)
        value: NDArray[np.float64] = ordered[pair, place].astype(np.float64).round(4)
        around = [self._decided(a, b), *self._beside(a, b)]
        # A decision comes first, then what is part of the score, then what is beside it.
        found = [Told(pair, place + 1, order[pair, place], value)]
        for number, evidence in enumerate(around):
            there = np.flatnonzero(evidence.there)
            rank, column = _MOST + number if number else 0, len(scored) + number
            values = evidence.weight[there].astype(np.float64)
            found.append(Told(there, np.full(len(there), rank), np.full(len(there), column), values))
        return in_words([*scored, *around], Told(*map(np.concatenate, zip(*found, strict=True))), len(a))

    def _decided(self, a: Rows, b: Rows) -> Evidence:
        there = np.zeros(len(a), dtype=np.bool_)
        if self.ruled:
            there[:] = [pair in self.ruled for pair in zip(a.tolist(), b.tolist(), strict=True)]
        one = np.ones(len(a), dtype=np.float32)
        return fixed("decision", there, one, "A person ruled that these belong together")

    def _scored(self, a: Rows, b: Rows) -> list[Evidence]:
        """Return the evidence that is part of the score, in the order of the codes."""
        common = score.common(self.features, self.profile, a, b)
        shares = dict(zip(self.profile.weights, score.shares(self.profile, common).T, strict=True))
        nothing = np.zeros(len(a), dtype=np.float32)
        share = {term: shares.get(term, nothing) for term in score.PROFILES["minilm"].weights}
        mean = how_alike(share["meaning"] * (self.profile.total / self.profile.weights.get("meaning", np.inf)))
        every = [
            *self._subject(a, b, common, share["concepts"] + share["topics"], share["category"]),
            Evidence(
                "meaning",
                share["meaning"] > 0,
                share["meaning"],
                by_name("The two descriptions {}", TWO_MEAN, mean),
                mean,
            ),
            self._wording(common, share["words"]),
            *self._form(a, b, share["kind"]),
            *self._products(a, b, common, share["product"]),
            self._thin(a, b),
        ]
        return sorted(every, key=lambda evidence: evidence.code)

    def _common(self, common: Common, term: str, a: Rows, b: Rows) -> csr_matrix:
        """Return what the pairs have in common of a sparse term, which need not be part of the score."""
        if term not in common:
            return score.elementwise(csr_matrix(score.representation(self.features, term)), a, b)
        return csr_matrix(common[term])

    def _subject(self, a: Rows, b: Rows, common: Common, concepts: Floats, category: Floats) -> list[Evidence]:
        best = heaviest(self._common(common, "concepts", a, b), 1)[:, 0]
        both = best != UNKNOWN
        # What a named concept accounts for is not told twice.
        weight = category + np.where(both, 0.0, concepts).astype(np.float32)
        one, two = self.facts.stated[a], self.facts.stated[b]
        filed = (one == two) & (one != UNKNOWN)
        likely = self.facts.likely[a]
        alike = ~filed & (likely == self.facts.likely[b]) & (likely != UNKNOWN)
        differ = ~filed & ~alike & (one != UNKNOWN) & (two != UNKNOWN)
        return [
            Evidence("concept", both, concepts, by_name("Both want: {}", self.wanted, best), best),
            Evidence("stated-category", filed, weight, by_name("Both are filed under {}", self.filed, one), one),
            Evidence("category", alike, weight, by_name("Both are about {}", self.filed, likely), likely),
            Evidence(
                "other-category",
                differ,
                self._lost("category", category),
                by_names(_OTHER_CATEGORY, self.names, one, two),
                one * len(self.names) + two,
            ),
        ]

    def _lost(self, term: str, share: Floats) -> Floats:
        """Return what the score would gain, as a negative weight, if the pairs were alike in ``term``."""
        lost: Floats = np.minimum(share - np.float32(self.profile.weights.get(term, 0.0) / self.profile.total), -_LEAST)
        return lost

    def _wording(self, common: Common, words: Floats) -> Evidence:
        def worded(pairs: Rows) -> list[str]:
            shared = csr_matrix(common["words"])[pairs]
            return list(map("Shared words: {}".format, self.surfaces.shown(shared, _MOST_TERMS)))

        return Evidence("words", words > 0, words, worded)

    def _form(self, a: Rows, b: Rows, weight: Floats) -> list[Evidence]:
        one, two = self.facts.kind[a], self.facts.kind[b]
        known, same = (one != UNKNOWN) & (two != UNKNOWN), one == two
        return [
            Evidence("kind", known & same, weight, by_name("Both want {}", KIND_NAMES, one), one),
            Evidence(
                "other-kind",
                known & ~same,
                self._lost("kind", weight),
                by_names(_OTHER_KIND, KIND_NAMES, one, two),
                one * len(KIND_NAMES) + two,
            ),
        ]

    def _thin(self, a: Rows, b: Rows) -> Evidence:
        taken = score.taken(self.features, self.profile)
        both = (self.features.thin[a] > 0) & (self.features.thin[b] > 0)
        words = [_THIN.format("One of the two says"), _THIN.format("Both say")]

        def worded(pairs: Rows) -> list[str]:
            return [words[index] for index in both[pairs].astype(np.intp).tolist()]

        return Evidence("thin", taken[a] + taken[b] > 0, -(taken[a] + taken[b]), worded, both.astype(np.int64))

    def _products(self, a: Rows, b: Rows, common: Common, weight: Floats) -> list[Evidence]:
        today = score.pairwise_products(self.facts.incumbents, a, b) > 0
        both = self._common(common, "product", a, b)
        both.sort_indices()
        written, names = self.facts.written, self.features.product_names
        one, two = self.facts.today[a], self.facts.today[b]

        def incumbent(n: int) -> str:
            names = (written[one[n]], written[two[n]])
            return f"Both say the product in use today is {min(names, key=lambda name: (len(name), name))}"

        def product(n: int) -> str:
            first = both.indices[both.indptr[n] : both.indptr[n + 1]][:2].tolist()
            return f"Both name {', '.join(self.surfaces.product(names[column]) for column in first)}"

        return [
            Evidence(
                "incumbent",
                today,
                np.maximum(weight, _LEAST),
                lambda pairs: list(map(incumbent, pairs.tolist())),
                one * len(written) + two,
            ),
            Evidence("product", (np.diff(both.indptr) > 0) & ~today, weight, lambda pairs: list(map(product, pairs))),
        ]

    def _beside(self, a: Rows, b: Rows) -> list[Evidence]:
        """Return what is no part of the score."""
        facts = self.facts
        dated = (facts.ends[a] > 0) & (facts.ends[b] > 0)
        days = np.abs(facts.ends[a] - facts.ends[b])
        low, high = np.minimum(facts.budget[a], facts.budget[b]), np.maximum(facts.budget[a], facts.budget[b])
        nothing = np.zeros(len(a), dtype=np.float32)
        return [
            fixed("ends-together", dated & (days <= NEAR_DAYS), nothing, "Contracts end within 3 months of each other"),
            fixed("ends-apart", dated & (days >= _FAR_DAYS), nothing, "Contracts end more than 18 months apart"),
            fixed("budgets", (low > 0) & (high > _TENFOLD * low), nothing, "Budgets differ more than tenfold"),
            fixed(
                "same-owner",
                facts.owner[a] == facts.owner[b],
                nothing,
                "Both come from the same borough: perhaps one need logged twice",
            ),
        ]


def _heaviest_first(weights: Floats) -> Numbers:
    """Return the columns of each row in the order of their size, of equal ones the first before the second."""
    # The bits of numbers from nought on are in the order of the numbers. With the column in one whole number they are
    # sorted in a fraction of the time.
    size = np.abs(weights).view(np.int32).astype(np.int64)
    keys = np.sort((-size << _COLUMN_BITS) | np.arange(weights.shape[1]), axis=1)
    return keys & ((1 << _COLUMN_BITS) - 1)


@lru_cache(maxsize=4_096)
def in_sentence(name: str) -> str:
    """Return a heading as it stands inside a sentence: lower case unless it begins with an acronym."""
    first = name.split(" ", 1)[0].strip(",")
    return name if sum(c.isupper() for c in first) > 1 else name[:1].lower() + name[1:]
