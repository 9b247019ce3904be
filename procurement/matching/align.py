"""Aligns the requirements of the members of a joint demand: what most of them ask for, what is one borough's own, what
every specification carries anyway, and which requirement of one need meets which of another.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from procurement.matching import clauses, text
from procurement.matching.embed import Embedder
from procurement.matching.items import Item

Likeness = NDArray[np.float64]
Priority = Literal["must", "should", ""]

# A person asks for one thing twice in one text, but seldom in two lines of one list.
_SAME_NEED: Final = 0.1
_OPPOSED: Final = -1000.0  # outweighs every average, so that opposites never come to one group
_PART: Final = 0.9  # what the likeness of a part of a line counts for the line
_MOST_LINES: Final = 40  # of one need; what follows is left out
_RECURRING: Final = 0.3
_PROSE: Final = 0.1  # a listed requirement stands for a group rather than a sentence of prose
_WORDS_OF_A_LINE: Final = (4, 24)  # what reads well on a page
_RULED_OUT: Final = re.compile(r"\b(?:not|no|without|out|outside|exclu\w*|except)\b", re.IGNORECASE)
# Sentences about when and with whom to buy.
_CIRCUMSTANCE: Final = re.compile(
    r"\b(?:contract|licences?|agreement|term|support)(?: \w+){0,3} "
    r"(?:ends?|expires?|finish(?:es)?|lapses?|stops?|is up|up)\b"
    r"|\b(?:jointly|together) with\b|\bother boroughs\b|\banother borough\b",
    re.IGNORECASE,
)
_LEAD_IN: Final = re.compile(r"^[^\W\d_][^:.;!?]{0,38}:\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Blend:
    """How the likeness of two lines is mixed, with weights that add up to 1, and the average from which lines join."""

    meaning: float
    words: float
    aspects: float
    names: float
    cut: float


BLEND: Final = Blend(meaning=0.65, words=0.05, aspects=0.2, names=0.1, cut=0.34)
WITHOUT_MODEL: Final = Blend(meaning=0.0, words=0.45, aspects=0.45, names=0.1, cut=0.16)

# Strength of a requirement from which most are right: 19 of 22 on the labelled groups, below it 25 of 61.
FIRM: Final = 0.45


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """One requirement as a need states it; ``place`` counts the lines of the need from 0.

    ``prose`` marks a sentence of a need that lists no requirements, ``opposes`` a line that says what must not be or is
    not needed.
    """

    item: str
    owner: str
    place: int
    text: str
    prose: bool = False
    priority: Priority = ""
    opposes: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """Values that do not agree: of what ("officers", "how often"), and each as written with the owners who state it."""

    what: str
    values: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """Lines that ask for the same; ``text`` is the one that stands best for all, as it was written.

    ``owners`` are sorted; ``share`` is theirs among all owners of the group, from 0 to 1. ``strength`` is the mean
    likeness of lines of different needs, from 0 to 1, and 1 of a single line. ``against`` are lines that state the
    opposite.
    """

    text: str
    lines: tuple[Line, ...]
    owners: tuple[str, ...]
    share: float
    strength: float
    priority: Priority
    differences: tuple[Difference, ...] = ()
    against: tuple[Line, ...] = ()

    @property
    def firm(self) -> bool:
        """Whether it may be shown as one requirement; else a person should confirm that the lines ask for the same."""
        return self.strength >= FIRM

    @property
    def differs(self) -> bool:
        """Whether the owners have something to agree on before this can be bought as one."""
        return bool(self.differences or self.against)


@dataclass(frozen=True, slots=True)
class StandingTerm:
    """A term that every specification carries, by its topic, with the lines that state it."""

    topic: str
    lines: tuple[Line, ...]
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """The requirements of a group of needs. Every line is in exactly one place.

    ``common`` are asked for by two owners and by at least half of them, ``shared`` by two or more but less than half;
    both are sorted by falling share. ``specific`` has the lines left over, by owner.
    """

    owners: tuple[str, ...] = ()
    common: tuple[Requirement, ...] = ()
    shared: tuple[Requirement, ...] = ()
    specific: tuple[tuple[str, tuple[Line, ...]], ...] = ()
    standing: tuple[StandingTerm, ...] = ()


@dataclass(frozen=True, slots=True)
class Meeting:
    """A line of one need that meets a line of another; ``strength`` is their likeness, from 0 to 1."""

    left: Line
    right: Line
    strength: float


def align(
    needs: Sequence[Item],
    embedder: Embedder | None,
    *,
    priorities: Mapping[str, Mapping[str, Priority]] | None = None,
    blend: Blend | None = None,
) -> Alignment:
    """Align the requirements of ``needs``; the order in which they come does not matter.

    ``priorities`` are by need id and text of the requirement. The embedder is asked once for all lines; without one
    words and aspects decide. Average link (Sokal and Michener, 1958) with a cut; lines that state opposites never join.
    """
    lines = sorted(chain.from_iterable(lines_of(need, (priorities or {}).get(need.id)) for need in needs))
    owners = tuple(sorted({need.owner for need in needs}))
    standing, asked = _parted(lines)
    blend = blend or (BLEND if embedder else WITHOUT_MODEL)
    likeness = _likeness(asked, embedder, blend)
    groups = _groups(asked, likeness, blend.cut)
    found = [_requirement(rows, asked, likeness, len(owners)) for rows in groups]
    found = [
        _opposed(requirement, rows, asked, likeness, blend.cut) for requirement, rows in zip(found, groups, strict=True)
    ]
    found.sort(key=lambda requirement: (-requirement.share, -len(requirement.lines), requirement.lines))
    several = [requirement for requirement in found if len(requirement.owners) > 1]
    left_over = sorted(chain.from_iterable(each.lines for each in found if len(each.owners) == 1))
    return Alignment(
        owners=owners,
        common=tuple(each for each in several if each.share >= 0.5),
        shared=tuple(each for each in several if each.share < 0.5),
        specific=tuple(
            (owner, own) for owner in owners if (own := tuple(line for line in left_over if line.owner == owner))
        ),
        standing=standing,
    )


def meets(left: Item, right: Item, embedder: Embedder | None, *, blend: Blend | None = None) -> tuple[Meeting, ...]:
    """Return which requirement of ``left`` meets which of ``right``, each at most once, strongest first.

    The pairing is the one with the largest sum of strengths (Hungarian method), without those below the cut. To swap
    the needs swaps the sides and nothing else. Standing terms are left out.
    """
    lines = sorted({*lines_of(left), *lines_of(right)})
    asked = _parted(lines)[1]
    blend = blend or (BLEND if embedder else WITHOUT_MODEL)
    likeness = _likeness(asked, embedder, blend)
    first, second = min(left.id, right.id), max(left.id, right.id)
    rows = [row for row, line in enumerate(asked) if line.item == first]
    columns = [row for row, line in enumerate(asked) if line.item == second and first != second]
    block = likeness[np.ix_(rows, columns)]
    block = np.where(block >= blend.cut, block, 0.0)
    # Imported here, for it takes a fifth of a second, which every command's start would pay.
    from scipy.optimize import linear_sum_assignment

    pairs = [
        (asked[rows[a]], asked[columns[b]], round(float(min(block[a, b], 1.0)), 4))
        for a, b in zip(*linear_sum_assignment(-block), strict=True)
        if block[a, b] > 0
    ]
    pairs.sort(key=lambda pair: (-pair[2], pair[0], pair[1]))
    return tuple(Meeting(a, b, s) if left.id == first else Meeting(b, a, s) for a, b, s in pairs)


def texts_of(needs: Iterable[Item]) -> tuple[str, ...]:
    """Return the texts that `align` and `meets` ask an embedder for: lines, and the parts of those that list several
    things.
    """
    lines = chain.from_iterable(map(lines_of, needs))
    return tuple(chain.from_iterable((line.text, *clauses.parts(line.text)) for line in lines))


def lines_of(need: Item, priorities: Mapping[str, Priority] | None = None) -> tuple[Line, ...]:
    """Return what ``need`` asks for: its requirements or, where it lists none, the telling sentences of its
    description, or of its problem where there is no description either.

    ``priorities`` are those of this need's requirements, by text. A line that repeats another word for word is left
    out, and so is one without a word.
    """
    listed = [line for line in map(_tidy, need.requirements) if line]
    rank_of = {_tidy(line): rank for line, rank in (priorities or {}).items()}
    written = listed or _telling(need)
    first = {line.casefold(): line for line in reversed(written) if text.tokens(line)}
    return tuple(
        Line(need.id, need.owner, place, line, not listed, rank_of.get(line, ""), clauses.is_opposing(line))
        for place, line in enumerate(list(reversed(first.values()))[:_MOST_LINES])
    )


def _tidy(line: str) -> str:
    return " ".join(text.plain(line).split())


def _telling(need: Item) -> list[str]:
    """Return the sentences of prose that ask for something or state a standing term, without words like "We need:"."""
    told = []
    for sentence in text.sentences(text.plain(need.description if need.description.strip() else need.problem)):
        lead = _LEAD_IN.match(sentence)
        # "Not needed: handsets" must not become a wish for handsets.
        if lead and _RULED_OUT.search(lead.group()):
            continue
        rest = sentence[lead.end() :] if lead else sentence
        aside = text.is_exclusion(sentence) or text.is_boilerplate(rest) or _CIRCUMSTANCE.search(rest)
        if clauses.standing_topic(rest) or not aside:
            told.append(rest)
    return told


def _parted(lines: Sequence[Line]) -> tuple[tuple[StandingTerm, ...], list[Line]]:
    """Return the standing terms, those of most owners first, and the lines that ask for something."""
    by_topic: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_topic[clauses.standing_topic(line.text)].append(line)
    asked = by_topic.pop("", [])
    terms = [StandingTerm(topic, tuple(found), _owners(found)) for topic, found in by_topic.items()]
    return tuple(sorted(terms, key=lambda term: (-len(term.owners), term.topic))), asked


def _owners(lines: Iterable[Line]) -> tuple[str, ...]:
    return tuple(sorted({line.owner for line in lines}))


def _likeness(lines: Sequence[Line], embedder: Embedder | None, blend: Blend) -> Likeness:
    """Return the likeness of every two lines, at most 1, shape (lines, lines); opposites are far below 0.

    A line that lists several things is compared as a whole and part by part; the best counts.
    """
    if not lines:
        return np.zeros((0, 0))
    pieces = [(line.text, *clauses.parts(line.text)) for line in lines]
    starts = np.cumsum([0, *map(len, pieces[:-1])])
    weight = np.full(sum(map(len, pieces)), _PART)
    weight[starts] = 1.0
    likeness = _mixed(list(chain.from_iterable(pieces)), embedder, blend) * np.minimum.outer(weight, weight)
    likeness = np.maximum.reduceat(np.maximum.reduceat(likeness, starts, axis=0), starts, axis=1)
    opposes = np.array([line.opposes for line in lines], dtype=bool)
    likeness[opposes[:, None] != opposes[None, :]] += _OPPOSED
    return np.asarray(likeness)


def _mixed(texts: Sequence[str], embedder: Embedder | None, blend: Blend) -> Likeness:
    words = _cosines([text.stems(each) for each in texts])
    about = _cosines(_telling_apart([clauses.aspects(each) for each in texts]))
    named = _cosines([clauses.names(each) for each in texts])
    likeness = blend.words * words + blend.aspects * about + blend.names * named
    if embedder and blend.meaning:
        vectors = embedder.encode(texts).astype(np.float64)
        likeness += blend.meaning * (vectors @ vectors.T)
    place = {said: number for number, said in enumerate(dict.fromkeys(map(str.casefold, texts)))}
    alike = np.array([place[each.casefold()] for each in texts])
    # Made symmetric, as the last bits of a product are not; the same text is wholly alike, whatever it has no words of.
    return np.where(alike[:, None] == alike[None, :], 1.0, (likeness + likeness.T) / 2)


def _telling_apart(documents: Sequence[Sequence[str]]) -> list[list[str]]:
    """Leave out the terms that a large part of the documents has: they are what the whole group is about."""
    having = Counter(chain.from_iterable(map(set, documents)))
    most = max(_RECURRING * len(documents), 3.0)
    return [[term for term in document if having[term] <= most] for document in documents]


def _cosines(documents: Sequence[Sequence[str]]) -> Likeness:
    """Return cosines of TF-IDF, weighed as in ``lexical.weighed``, shape (documents, documents)."""
    place = {term: column for column, term in enumerate(sorted(set(chain.from_iterable(documents))))}
    counts = np.zeros((len(documents), len(place)))
    for row, document in enumerate(documents):
        for term, count in Counter(document).items():
            counts[row, place[term]] = count
    idf = np.log((1 + len(documents)) / (1 + (counts > 0).sum(axis=0))) + 1
    weights = np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0.0) * idf
    weights /= np.maximum(np.linalg.norm(weights, axis=1, keepdims=True), 1e-300)
    return np.asarray(weights @ weights.T)


def _groups(lines: Sequence[Line], likeness: Likeness, cut: float) -> list[list[int]]:
    """Return the rows of each group of lines, by average link."""
    if len(lines) < 2:
        return [[row] for row in range(len(lines))]
    places = {need: place for place, need in enumerate(dict.fromkeys(line.item for line in lines))}
    need = np.array([places[line.item] for line in lines])
    # Imported here for the same reason as in meets().
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    distances = 1 - likeness + _SAME_NEED * (need[:, None] == need[None, :])
    distances = distances.clip(min=0.0)
    np.fill_diagonal(distances, 0.0)
    # Rounded, so that the last bits of a sum do not decide between equals.
    tree = linkage(squareform(distances.round(6), checks=False), method="average")
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for row, group in enumerate(fcluster(tree, 1 - cut, criterion="distance").tolist()):
        groups[group].append(row)
    return list(groups.values())


def _requirement(rows: Sequence[int], lines: Sequence[Line], likeness: Likeness, owners: int) -> Requirement:
    own = tuple(lines[row] for row in rows)
    typical = likeness[np.ix_(rows, rows)].mean(axis=1).round(6).tolist()
    best = min(range(len(rows)), key=lambda at: (-typical[at] + _unreadable(own[at]), own[at]))
    stating = _owners(own)
    ranks = Counter(line.priority for line in own if line.priority)
    return Requirement(
        text=own[best].text,
        lines=own,
        owners=stating,
        share=len(stating) / owners,
        strength=_strength(own, likeness[np.ix_(rows, rows)]),
        priority="must" if ranks["must"] and ranks["must"] >= ranks["should"] else "should" if ranks else "",
        differences=_differences(own),
    )


def _strength(lines: Sequence[Line], likeness: Likeness) -> float:
    need = np.array([line.item for line in lines])
    across = likeness[need[:, None] != need[None, :]]
    return round(min(float(across.mean()), 1.0), 4) if across.size else 1.0


def _unreadable(line: Line) -> float:
    """Return what speaks against showing ``line`` for its group."""
    count = len(line.text.split())
    low, high = _WORDS_OF_A_LINE
    return _PROSE * line.prose + 0.02 * (max(low - count, 0) + max(count - high, 0))


def _differences(lines: Sequence[Line]) -> tuple[Difference, ...]:
    stated: defaultdict[str, defaultdict[frozenset[float | str], list[tuple[str, str]]]]
    stated = defaultdict(lambda: defaultdict(list))
    for line in lines:
        for of, (value, written) in clauses.values(line.text).items():
            stated[of][value].append((written, line.owner))
    return tuple(
        Difference(
            of,
            tuple(sorted((min(w for w, _ in said), tuple(sorted({o for _, o in said}))) for said in by_value.values())),
        )
        for of, by_value in sorted(stated.items())
        if len({owner for said in by_value.values() for _, owner in said}) > 1 and len(by_value) > 1
    )


def _opposed(
    requirement: Requirement, rows: Sequence[int], lines: Sequence[Line], likeness: Likeness, cut: float
) -> Requirement:
    """Add the lines that state the opposite of ``requirement``: as alike as its own lines are, but for the negation."""
    opposing = [row for row, line in enumerate(lines) if line.opposes != lines[rows[0]].opposes]
    averages = likeness[np.ix_(rows, opposing)].sum(axis=0) / len(rows) - _OPPOSED
    against = tuple(lines[row] for row, average in zip(opposing, averages.tolist(), strict=True) if average >= cut)
    return replace(requirement, against=against) if against else requirement
