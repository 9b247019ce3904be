"""Says in plain English why two items match, and why an item is in its group.

The weight of a reason is its share of the pair's score. A reason of weight 0 is not part of the score: it
is something that a person who decides will want to know, such as when the contracts end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from procurement.matching import brands, kinds
from procurement.matching.features import Features
from procurement.matching.items import Item
from procurement.matching.label import Surfaces
from procurement.matching.result import Reason
from procurement.matching.score import Profile, Rows

_MOST: Final = 5
_MOST_TERMS: Final = 3  # shared words that are named
_CLEAR: Final = 0.5  # share of one category or kind from which it is named
_LEAST: Final = 0.01  # of a score: below it a reason is noise
_AGAINST: Final = 0.02
_NEAR_DAYS: Final = 92
_FAR_DAYS: Final = 550
_TENFOLD: Final = 10
_CHUNK: Final = 16_384


class Evidence(NamedTuple):
    """A reason before it is put into words: ``code`` says which kind, ``subject`` what it is about."""

    code: str
    subject: str
    weight: float


_PAIR_WORDS: Final[Mapping[str, str]] = {
    "decision": "A person ruled that these belong together",
    "concept": "Both want {}",
    "category": "Both are about {}",
    "stated-category": "Both are filed under {}",
    "meaning": "The two descriptions mean much the same",
    "words": "Shared words: {}",
    "kind": "Both want {}",
    "incumbent": "Both say the product in use today is {}",
    "product": "Both name {}",
    "ends-together": "Contracts end within 3 months of each other",
    "ends-apart": "Contracts end more than 18 months apart",
    "budgets": "Budgets differ more than tenfold",
    "same-owner": "Both come from the same borough: perhaps one need logged twice",
    "other-kind": "{}",
    "other-category": "Filed under different categories: {}",
    "previous": "{}",
}
_MEMBER_WORDS: Final[Mapping[str, str]] = {
    "decision": "A person ruled that it belongs here",
    "concept": "Wants {}, as {} do",
    "category": "Is about {}, as {} are",
    "stated-category": "Is filed under {}, as {} are",
    "meaning": "Its description means much the same as those of {}",
    "words": "Shares words with {}: {}",
    "kind": "Wants {}, as {} do",
    "incumbent": "Uses {} today, as {} do",
    "product": "Names {}, as {} do",
    "ends-together": "Its contract ends within 3 months of those of {}",
}


class Explainer:
    """Finds the evidence for pairs of one run."""

    def __init__(
        self,
        features: Features,
        profile: Profile,
        surfaces: Surfaces,
        category_names: Mapping[str, str],
        category_slugs: Sequence[str],
        ruled: frozenset[tuple[str, str]],
    ) -> None:
        self.features = features
        self.terms = list(profile.weights)
        self.surfaces = surfaces
        self.names = category_names
        self.ruled = ruled
        self.kinds = [kinds.likely(row * row) for row in features.kind]
        self.concepts = [_columns(features.concepts.matrix, row) for row in range(len(features))]
        shares = features.category * features.category
        self.categories = [
            category_slugs[int(row.argmax())] if row.size and row.max() >= _CLEAR else None for row in shares
        ]

    def evidence(self, left: Rows, right: Rows, shares: np.ndarray) -> list[list[Evidence]]:
        """Return the evidence of each pair, heaviest first; ``shares`` are the terms' shares of their
        scores.
        """
        found: list[list[Evidence]] = []
        for start in range(0, len(left), _CHUNK):
            part = slice(start, start + _CHUNK)
            common = self._common_words(left[part], right[part])
            rows = zip(left[part].tolist(), right[part].tolist(), shares[part].tolist(), common, strict=True)
            found.extend(
                self._one(a, b, dict(zip(self.terms, share, strict=True)), words) for a, b, share, words in rows
            )
        return found

    def _one(self, a: int, b: int, share: Mapping[str, float], words: Sequence[str]) -> list[Evidence]:
        one, two = self.features.items[a], self.features.items[b]
        found = [
            *self._subject(a, b, share),
            *self._wording(share, words),
            *self._form(a, b, share),
            *self._products(a, b, share),
        ]
        scored = [e for e in found if abs(e.weight) >= _LEAST or e.code.startswith("other-")]
        scored.sort(key=lambda e: (-abs(e.weight), e.code, e.subject))
        if (one.id, two.id) in self.ruled:
            scored.insert(0, Evidence("decision", "", 1.0))
        return scored[:_MOST] + list(_circumstances(one, two))

    def _subject(self, a: int, b: int, share: Mapping[str, float]) -> Iterable[Evidence]:
        weight = share.get("concepts", 0.0) + share.get("topics", 0.0)
        both = self.concepts[a].keys() & self.concepts[b].keys()
        if both:
            best = min(both, key=lambda c: (-self.concepts[a][c] * self.concepts[b][c], c))
            yield Evidence("concept", _in_sentence(self.features.concepts.terms[best]), weight)
            weight = 0.0
        weight += share.get("category", 0.0)
        first, second = self.features.items[a].category, self.features.items[b].category
        if first and first == second and first in self.names:
            yield Evidence("stated-category", _in_sentence(self.names[first]), weight)
        elif self.categories[a] is not None and self.categories[a] == self.categories[b]:
            yield Evidence("category", _in_sentence(self.names[self.categories[a] or ""]), weight)
        elif first in self.names and second in self.names and first != second:
            yield Evidence("other-category", f"{self.names[first or '']} and {self.names[second or '']}", -_AGAINST)

    def _wording(self, share: Mapping[str, float], words: Sequence[str]) -> Iterable[Evidence]:
        yield Evidence("meaning", "", share.get("meaning", 0.0))
        if words:
            yield Evidence("words", ", ".join(words), share.get("words", 0.0) + share.get("letters", 0.0))

    def _form(self, a: int, b: int, share: Mapping[str, float]) -> Iterable[Evidence]:
        one, two = self.kinds[a], self.kinds[b]
        if one is None or two is None:
            return
        if one == two:
            yield Evidence("kind", kinds.KINDS[one], share.get("kind", 0.0))
        else:
            yield Evidence("other-kind", f"One wants {kinds.KINDS[one]}, the other {kinds.KINDS[two]}", -_AGAINST)

    def _products(self, a: int, b: int, share: Mapping[str, float]) -> Iterable[Evidence]:
        one, two = self.features.items[a], self.features.items[b]
        weight = share.get("product", 0.0)
        today, also = one.incumbent.strip(), two.incumbent.strip()
        if today and (today.casefold() == also.casefold() or brands.named(today) & brands.named(also)):
            yield Evidence("incumbent", min(today, also, key=lambda name: (len(name), name)), max(weight, _LEAST))
        elif both := self.features.named[a] & self.features.named[b]:
            yield Evidence("product", ", ".join(self.surfaces.product(n) for n in sorted(both)[:2]), weight)

    def _common_words(self, left: Rows, right: Rows) -> list[list[str]]:
        """Return the weightiest shared words of each pair as people wrote them."""
        lexicon = self.features.words
        products = lexicon.matrix[left].multiply(lexicon.matrix[right]).tocsr()
        common = []
        for row in range(products.shape[0]):
            part = slice(products.indptr[row], products.indptr[row + 1])
            columns, values = products.indices[part], products.data[part]
            order = np.lexsort((columns, -np.round(values, 6)))[: 3 * _MOST_TERMS]
            common.append(self.surfaces.best([lexicon.terms[c] for c in columns[order]], _MOST_TERMS))
        return common


def pair_reasons(evidence: Sequence[Evidence]) -> tuple[Reason, ...]:
    """Put the evidence for a pair into words."""
    return tuple(Reason(e.code, _PAIR_WORDS[e.code].format(e.subject), round(e.weight, 4)) for e in evidence)


def member_reasons(evidence: Sequence[Sequence[Evidence]], most: int = 3) -> tuple[Reason, ...]:
    """Sum up the evidence of one member's pairs with all the others into at most ``most`` reasons."""
    others = len(evidence)
    by_code: defaultdict[tuple[str, str], list[Evidence]] = defaultdict(list)
    for pair in evidence:
        for e in pair:
            if e.code in _MEMBER_WORDS:
                # Each pair shares other words; the member's reason names the heaviest.
                by_code[e.code, "" if e.code == "words" else e.subject].append(e)
    reasons = []
    for (code, subject), found in by_code.items():
        weight = sum(e.weight for e in found) / others
        rest = _rest(len(found), others)
        words = _member_words(code, subject or max(found, key=lambda e: (e.weight, e.subject)).subject, rest)
        reasons.append(Reason(code, words, round(weight, 4)))
    reasons.sort(key=lambda r: (-r.weight, r.code, r.words))
    return tuple(reasons[:most])


def _rest(found: int, others: int) -> str:
    if others == 1:
        return "the other"
    if found == others:
        return "both others" if others == 2 else f"all {others} others"
    return f"{found} of the {others} others"


def _member_words(code: str, subject: str, rest: str) -> str:
    words = _MEMBER_WORDS[code]
    if code == "words":
        return words.format(rest, subject)
    if rest == "the other" or rest.startswith("1 of"):
        words = words.replace("{} do", "{} does").replace("{} are", "{} is")
    return words.format(subject, rest) if words.count("{}") == 2 else words.format(rest)


def _circumstances(one: Item, two: Item) -> Iterable[Evidence]:
    if one.contract_end and two.contract_end:
        days = abs((one.contract_end - two.contract_end).days)
        if days <= _NEAR_DAYS:
            yield Evidence("ends-together", "", 0.0)
        elif days >= _FAR_DAYS:
            yield Evidence("ends-apart", "", 0.0)
    low, high = sorted((one.budget_max or one.budget_min or 0, two.budget_max or two.budget_min or 0))
    if low > 0 and high > _TENFOLD * low:
        yield Evidence("budgets", "", 0.0)
    if one.owner == two.owner:
        yield Evidence("same-owner", "", 0.0)


@lru_cache(maxsize=4_096)
def _in_sentence(name: str) -> str:
    """Return a heading as it stands inside a sentence: lower case unless it begins with an acronym."""
    first = name.split(" ", 1)[0].strip(",")
    return name if sum(c.isupper() for c in first) > 1 else name[:1].lower() + name[1:]


def _columns(matrix: object, row: int) -> dict[int, float]:
    start, stop = matrix.indptr[row], matrix.indptr[row + 1]  # type: ignore[attr-defined]
    columns = matrix.indices[start:stop].tolist()  # type: ignore[attr-defined]
    return dict(zip(columns, matrix.data[start:stop].tolist(), strict=True))  # type: ignore[attr-defined]
