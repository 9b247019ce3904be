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
from procurement.matching.evidence import (
    LITTLE,
    TWO_MEAN,
    Bools,
    Evidence,
    Told,
    Words,
    by_name,
    by_names,
    fixed,
    how_alike,
    in_words,
    is_subject,
)
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
_OTHER_CATEGORY: Final = "Filed under different categories: “{}” and “{}”"
# What kind is wanted is a fact where both needs give it, else it is read off what they say.
_SAME_KIND: Final = ("By their words both want {}", "Both want {}")
_OTHER_KIND: Final = ("By their words one wants {}, the other {}", "One wants {}, the other {}")
_THING: Final = ("Both touch on {}", "Both are about {}")
_SAME_OWNER: Final = "Both come from the same borough"
_THIN: Final = "{} empty: problem, requirements, users and present contract"

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
        common = score.common(self.features, self.profile, a, b)
        shares = score.shares(self.profile, common)
        scored = self._scored(a, b, common, shares)
        weights = np.stack([np.where(e.there & (np.abs(e.weight) >= _LEAST), e.weight, 0.0) for e in scored], axis=1)
        order = _heaviest_first(weights)[:, :_MOST]
        ordered = np.take_along_axis(weights, order, axis=1)
        pair, place = np.nonzero(ordered)
        value: NDArray[np.float64] = ordered[pair, place].astype(np.float64).round(4)
        taken = score.taken(self.features, self.profile)
        grouped = shares.sum(axis=1) - taken[a] - taken[b] >= self.profile.cut
        around = [self._decided(a, b), *self._beside(a, b, grouped)]
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

    def _scored(self, a: Rows, b: Rows, common: Common, shares: Floats) -> list[Evidence]:
        """Return the evidence that is part of the score, in the order of the codes."""
        found = dict(zip(self.profile.weights, shares.T, strict=True))
        nothing = np.zeros(len(a), dtype=np.float32)
        share = {term: found.get(term, nothing) for term in score.PROFILES["minilm"].weights}
        every = [
            *self._subject(a, b, common, share["concepts"] + share["topics"], share["category"]),
            *self._meaning(share["meaning"]),
            self._wording(common, share["words"]),
            *self._form(a, b, share["kind"]),
            *self._products(a, b, common, share["product"]),
            self._thin(a, b),
        ]
        return sorted(every, key=lambda evidence: evidence.code)

    def _likeness(self, share: Floats, *terms: str) -> Floats:
        """Return a share of the score as that of what ``terms`` can add to it at most."""
        most = sum(self.profile.weights.get(term, 0.0) for term in terms) or np.inf
        likeness: Floats = share * np.float32(self.profile.total / most)
        return likeness

    def _meaning(self, share: Floats) -> list[Evidence]:
        likeness = self._likeness(share, "meaning")
        little, mean = likeness.round(4) < LITTLE, how_alike(likeness)
        return [
            Evidence("meaning", (share > 0) & ~little, share, by_name("The two descriptions {}", TWO_MEAN, mean), mean),
            fixed("other-meaning", (share > 0) & little, share, "The two descriptions are not much alike"),
        ]

    def _common(self, common: Common, term: str, a: Rows, b: Rows) -> csr_matrix:
        """Return what the pairs have in common of a sparse term, which need not be part of the score."""
        if term not in common:
            return score.elementwise(csr_matrix(score.representation(self.features, term)), a, b)
        return csr_matrix(common[term])

    def _subject(self, a: Rows, b: Rows, common: Common, concepts: Floats, category: Floats) -> list[Evidence]:
        best = heaviest(self._common(common, "concepts", a, b), 1)[:, 0]
        both = best != UNKNOWN
        subject = is_subject(self._likeness(concepts, "concepts", "topics")).astype(np.int64)
        # What a named concept accounts for is not told twice.
        weight = category + np.where(both, 0.0, concepts).astype(np.float32)
        one, two = self.facts.stated[a], self.facts.stated[b]
        filed = (one == two) & (one != UNKNOWN)
        likely = self.facts.likely[a]
        alike = ~filed & (likely == self.facts.likely[b]) & (likely != UNKNOWN)
        differ = ~filed & ~alike & (one != UNKNOWN) & (two != UNKNOWN)
        return [
            Evidence("concept", both, concepts, self._thing(best, subject), 2 * best + subject),
            Evidence("stated-category", filed, weight, by_name("Both are filed under {}", self.filed, one), one),
            Evidence("category", alike, weight, by_name("Both fit under {}", self.filed, likely), likely),
            Evidence(
                "other-category",
                differ,
                self._lost("category", category),
                by_names(_OTHER_CATEGORY, self.names, one, two),
                one * len(self.names) + two,
            ),
        ]

    def _thing(self, best: Numbers, subject: Numbers) -> Words:
        def worded(pairs: Rows) -> list[str]:
            told = zip(subject[pairs].tolist(), best[pairs].tolist(), strict=True)
            return [_THING[about].format(self.wanted[thing]) for about, thing in told]

        return worded

    def _lost(self, term: str, share: Floats) -> Floats:
        """Return what the score would gain, as a negative weight, if the pairs were alike in ``term``."""
        lost: Floats = np.minimum(share - np.float32(self.profile.weights.get(term, 0.0) / self.profile.total), -_LEAST)
        return lost

    def _wording(self, common: Common, words: Floats) -> Evidence:
        there = np.zeros(len(words), dtype=np.bool_)
        found = np.flatnonzero(words >= _LEAST)
        telling = self.surfaces.telling(csr_matrix(common["words"])[found]) if len(found) else csr_matrix((0, 0))
        there[found] = np.diff(telling.indptr) > 0

        def worded(pairs: Rows) -> list[str]:
            shared = csr_matrix(telling[np.searchsorted(found, pairs)])
            return list(map("Shared words: {}".format, self.surfaces.shown(shared, _MOST_TERMS)))

        return Evidence("words", there, words, worded)

    def _form(self, a: Rows, b: Rows, weight: Floats) -> list[Evidence]:
        one, two = self.facts.kind[a], self.facts.kind[b]
        known, same = (one != UNKNOWN) & (two != UNKNOWN), one == two
        stated = (self.facts.states_kind[a] & self.facts.states_kind[b]).astype(np.int64)

        def alike(pairs: Rows) -> list[str]:
            told = zip(stated[pairs].tolist(), one[pairs].tolist(), strict=True)
            return [_SAME_KIND[given].format(KIND_NAMES[kind]) for given, kind in told]

        def other(pairs: Rows) -> list[str]:
            told = zip(stated[pairs].tolist(), one[pairs].tolist(), two[pairs].tolist(), strict=True)
            return [_OTHER_KIND[given].format(KIND_NAMES[first], KIND_NAMES[second]) for given, first, second in told]

        kinds_of = 2 * (one * len(KIND_NAMES) + two) + stated
        return [
            Evidence("kind", known & same, weight, alike, kinds_of),
            Evidence("other-kind", known & ~same, self._lost("kind", weight), other, kinds_of),
        ]

    def _thin(self, a: Rows, b: Rows) -> Evidence:
        taken = score.taken(self.features, self.profile)
        both = (self.features.thin[a] > 0) & (self.features.thin[b] > 0)
        words = [_THIN.format("One of the two leaves"), _THIN.format("Both leave")]

        def worded(pairs: Rows) -> list[str]:
            return [words[index] for index in both[pairs].astype(np.intp).tolist()]

        return Evidence("thin", taken[a] + taken[b] > 0, -(taken[a] + taken[b]), worded, both.astype(np.int64))

    def _products(self, a: Rows, b: Rows, common: Common, weight: Floats) -> list[Evidence]:
        used = heaviest(score.elementwise(self.facts.incumbents, a, b), 1)[:, 0]
        today = used != UNKNOWN
        both = self._common(common, "product", a, b)
        both.sort_indices()
        names = self.features.product_names

        def product(n: int) -> str:
            first = both.indices[both.indptr[n] : both.indptr[n + 1]][:2].tolist()
            return f"Both name {', '.join(self.surfaces.product(names[column]) for column in first)}"

        return [
            Evidence(
                "incumbent",
                today,
                np.maximum(weight, _LEAST),
                by_name("Both name {} as in use today", self.facts.used, used),
                used,
            ),
            Evidence("product", (np.diff(both.indptr) > 0) & ~today, weight, lambda pairs: list(map(product, pairs))),
        ]

    def _beside(self, a: Rows, b: Rows, grouped: Bools) -> list[Evidence]:
        """Return what is no part of the score; ``grouped`` marks pairs that it is high enough for."""
        facts = self.facts
        dated = (facts.ends[a] > 0) & (facts.ends[b] > 0)
        days = np.abs(facts.ends[a] - facts.ends[b])
        # Ranges, of which the most of one must lie below the least of the other.
        far = [(facts.most[x] > 0) & (facts.least[y] > _TENFOLD * facts.most[x]) for x, y in ((a, b), (b, a))]
        # One need logged twice is as like as two of one group: below that hardly any is.
        twice = [_SAME_OWNER, f"{_SAME_OWNER}: perhaps one need logged twice"]
        nothing = np.zeros(len(a), dtype=np.float32)
        return [
            fixed("ends-together", dated & (days <= NEAR_DAYS), nothing, "Contracts end within 3 months of each other"),
            fixed("ends-apart", dated & (days >= _FAR_DAYS), nothing, "Contracts end more than 18 months apart"),
            fixed("budgets", far[0] | far[1], nothing, "Budgets differ more than tenfold"),
            Evidence(
                "same-owner",
                facts.owner[a] == facts.owner[b],
                nothing,
                by_name("{}", twice, grouped.astype(np.int64)),
                grouped.astype(np.int64),
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
