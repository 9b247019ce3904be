"""Gives each group a heading that a procurement lead would use, and no two groups of a run the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from procurement.matching import brands, capabilities, label, lexical, text
from procurement.matching.distinct import UNKNOWN, Numbers
from procurement.matching.facts import Facts
from procurement.matching.features import Features, Floats
from procurement.matching.items import Capability
from procurement.matching.label import Surfaces
from procurement.matching.score import Rows

_MAJORITY: Final = 0.5
_RIVAL: Final = 0.6  # of the weight of the first concept: from there on a second one matters as much
_LONGEST_TITLE: Final = 70  # letters: a longer title is no heading
_KINDS: Final = ("software", "licences", "managed service", "hosting", "equipment", "consultancy", "works", "support")


class Name(NamedTuple):
    """What a group is called, its category and its typical terms."""

    heading: str
    category: str | None
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """A group with what may name it. ``concepts`` are the columns that most members name, the weightiest first."""

    rows: Rows
    medoid: int
    category: int
    concepts: tuple[int, ...]
    weights: NDArray[np.float64]
    kind: int
    terms: tuple[str, ...]


class Namer:
    """Names the groups of one run."""

    def __init__(self, features: Features, facts: Facts, categories: Sequence[Capability], surfaces: Surfaces) -> None:
        self.features = features
        self.facts = facts
        self.categories = categories
        self.surfaces = surfaces
        self.home = _homes(facts.concepts, features.category)
        self._titles: dict[str, frozenset[str]] = {}

    def names(self, members: Sequence[Rows], medoids: Sequence[int]) -> list[Name]:
        """Return the names of groups. Of groups that would have one heading the largest keeps it, and the
        others say in addition what is particular to them.
        """
        groups = [self._group(rows, medoid) for rows, medoid in zip(members, medoids, strict=True)]
        headings: dict[int, str] = {}
        taken: dict[str, _Group] = {}
        for index in sorted(range(len(groups)), key=lambda i: (-len(groups[i].rows), i)):
            heading = self._heading(groups[index])
            if heading.casefold() in taken:
                heading = self._particular(heading, groups[index], taken)
            taken[heading.casefold()] = groups[index]
            headings[index] = heading
        slugs = [c.slug for c in self.categories]
        return [
            Name(
                headings[index],
                slugs[group.category] if group.category != UNKNOWN else None,
                group.terms,
            )
            for index, group in enumerate(groups)
        ]

    def _group(self, rows: Rows, medoid: int) -> _Group:
        concepts = self.facts.concepts[rows]
        users = np.asarray((concepts > 0).sum(axis=0)).ravel()
        weights = np.asarray(concepts.sum(axis=0)).ravel() / len(rows)
        common = np.flatnonzero(users > _MAJORITY * len(rows))
        kinds_found = Counter(kind for kind in self.facts.kind[rows].tolist() if kind != UNKNOWN)
        kind, count = min(kinds_found.items(), key=lambda found: (-found[1], found[0]), default=(UNKNOWN, 0))
        return _Group(
            rows=rows,
            medoid=medoid,
            category=label.category(self.features, len(self.categories), rows),
            concepts=tuple(common[np.lexsort((common, -np.round(weights[common], 6)))].tolist()),
            weights=weights,
            kind=kind if count > _MAJORITY * len(rows) else UNKNOWN,
            terms=label.terms(self.features, self.surfaces, rows),
        )

    def _heading(self, group: _Group) -> str:
        """Return the thing that most members name, the category where they name several of its things alike,
        or else the most typical title.
        """
        confirmed, fitting = self._is_confirmed(group), self._fitting(group)
        if fitting:
            rivals = [c for c in fitting if group.weights[c] >= _RIVAL * group.weights[fitting[0]]]
            if len(rivals) == 1 or not confirmed:
                return self._concept(fitting[0])
        title = self._title(group)
        if title and not fitting and not (confirmed and self._speaks_of_category(group)):
            return _capitalised(title)
        if group.category != UNKNOWN:
            return self.categories[group.category].name.partition(" (")[0]
        return self.features.prepared[group.medoid].title

    def _fitting(self, group: _Group) -> list[int]:
        """Return the concepts that may name the group. One of another category than the group's counts only
        where most titles name it: a word in passing is no subject.
        """
        if group.category == UNKNOWN:
            return list(group.concepts)
        return [c for c in group.concepts if group.category == self.home[c] or not self._foreign(group, c)]

    def _title(self, group: _Group) -> str:
        """Return the most typical title, "" where it is too long for a heading or names a product."""
        title = self.features.prepared[group.medoid].title
        return "" if len(title) > _LONGEST_TITLE or brands.named(title) else title

    def _foreign(self, group: _Group, concept: int) -> bool:
        """Tell whether the titles of the group mostly leave the concept out."""
        name = self.features.concepts.terms[concept]
        titles = self.features.prepared.titles(group.rows.tolist())
        naming = sum(name in self._named(title) for title in titles)
        return naming <= _MAJORITY * len(titles)

    def _named(self, title: str) -> frozenset[str]:
        """Return the concepts that a title names; many titles are alike."""
        if title not in self._titles:
            named = capabilities.concept_counts(text.tokens(title), (), (), brands.named(title))
            self._titles[title] = frozenset(named)
        return self._titles[title]

    def _speaks_of_category(self, group: _Group) -> bool:
        """Tell whether a word that is typical of the group stands in the name of its category."""
        name = text.stems(self.categories[group.category].name)
        return not set(name).isdisjoint(stem for term in group.terms for stem in text.stems(term))

    def _is_confirmed(self, group: _Group) -> bool:
        """Tell whether most of the boroughs that gave a category gave that of the group."""
        stated = self.facts.stated[group.rows]
        given = stated[stated != UNKNOWN]
        return group.category != UNKNOWN and bool((given == group.category).sum() > _MAJORITY * len(given))

    def _particular(self, heading: str, group: _Group, taken: Mapping[str, _Group]) -> str:
        said = set(text.stems(heading))
        for found in self._particulars(heading, group, taken[heading.casefold()]):
            if not said.issuperset(text.stems(found)) and found.casefold() not in taken:
                return found
        number = 2
        while f"{heading} ({number})".casefold() in taken:
            number += 1
        return f"{heading} ({number})"

    def _particulars(self, heading: str, group: _Group, first: _Group) -> Iterator[str]:
        """Yield headings that say what sets ``group`` apart from ``first``, the best first."""
        for concept in self._fitting(group):
            if concept not in first.concepts:
                yield f"{heading}: {_lower(self._concept(concept))}"
        if group.kind not in (UNKNOWN, first.kind):
            yield f"{heading}: {_KINDS[group.kind]}"
        titles = self.features.prepared.titles(group.rows.tolist())
        titled = Counter(term for title in titles for term in lexical.word_counts(title, ""))
        said = set(text.stems(heading))
        new = [term for term in self._terms(group, first) if said.isdisjoint(term.split(" "))]
        in_titles = [term for term in new if titled[term] > _MAJORITY * len(group.rows)]
        yield from (f"{heading}: {self.surfaces.term(term)}" for term in in_titles if " " in term)
        # A word on its own behind a colon reads like a slip: the most typical title says more.
        title = self._title(group)
        if title:
            yield _capitalised(title)
        yield from (f"{heading}: {self.surfaces.term(term)}" for term in (*in_titles, *new))

    def _terms(self, group: _Group, first: _Group) -> list[str]:
        """Return the terms that most members use and ``first`` uses less; two words say more than one."""
        matrix = self.features.words.matrix
        contrast = np.asarray(matrix[group.rows].mean(axis=0) - matrix[first.rows].mean(axis=0)).ravel()
        used = np.asarray((matrix[group.rows] > 0).sum(axis=0)).ravel()
        shared = np.flatnonzero((used > _MAJORITY * len(group.rows)) & (contrast > 0))
        order = shared[np.lexsort((shared, -np.round(contrast[shared], 6)))]
        terms = [self.features.words.terms[column] for column in order]
        return sorted(terms, key=lambda term: " " not in term)

    def _concept(self, concept: int) -> str:
        return _capitalised(self.features.concepts.terms[concept])


def _homes(concepts: csr_matrix, category: Floats) -> Numbers:
    """Return for each concept the category of the items that name it."""
    if not category.shape[1] or not concepts.shape[1]:
        return np.full(concepts.shape[1], UNKNOWN, dtype=np.int64)
    shares = concepts.T @ (category * category)
    homes: Numbers = np.round(shares, 4).argmax(axis=1).astype(np.int64)
    return homes


def _capitalised(name: str) -> str:
    return name[:1].upper() + name[1:]


def _lower(name: str) -> str:
    first = name.split(" ", 1)[0]
    return name if sum(c.isupper() for c in first) > 1 else name[:1].lower() + name[1:]
