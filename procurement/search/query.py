"""What somebody typed into the search, read against an index: which words count, and what else would do for each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from procurement.search import spelling, words
from procurement.search.index import Index

_REFERENCE: Final = re.compile(r"(nt|jd)[- ]?(\d{1,12})", re.ASCII)
_CPV: Final = re.compile(r"(\d{8})(?:-\d)?", re.ASCII)
_QUOTES: Final = str.maketrans(dict.fromkeys("“”„«»″", '"'))
# What a match counts that was not typed in so many words.
_JOINED = 1.0
_SPELT = 0.9
_BEGUN = 0.7
_SYNONYM = 1.0


class How(Enum):
    """How a term comes to stand for a word of the query."""

    TYPED = "typed"
    SPELT = "spelt"
    BEGUN = "begun"
    SYNONYM = "synonym"


@dataclass(frozen=True, slots=True)
class Alternative:
    """A term that would do for a word of the query, and how much of a match it would be."""

    term: int
    weight: float
    how: How
    # The word or phrase of the query that it stands for, and what it was read as.
    typed: str
    read: str


@dataclass(slots=True)
class Group:
    """A word of the query with all that would do for it."""

    word: str
    rarity: float
    alternatives: list[Alternative] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Demand:
    """What a notice must have to be found at all, in words, and the rows that have it."""

    words: str
    rows: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Asked:
    """A query that was read."""

    groups: tuple[Group, ...]
    demands: tuple[Demand, ...]
    # What is left for the comparison of meanings.
    text: str
    # Words that no notice has, with the nearest that one has.
    corrections: tuple[tuple[str, str], ...]

    @property
    def is_empty(self) -> bool:
        return not self.groups and not self.demands


def read(q: str, index: Index) -> Asked:
    """Read a query. Any text will do: what holds no word asks for nothing."""
    plain, quoted = _parted(words.fold(q.translate(_QUOTES)))
    demands = [
        Demand(f"“{' '.join(phrase)}” word for word", index.with_phrase(phrase))
        for phrase in (words.words(text) for text in quoted)
        if phrase
    ]
    left: list[str] = []
    for piece in plain.split():
        found = _address(piece.strip(".,;:()"), index)
        if found:
            demands.append(found)
        else:
            left.append(piece)
    rest, named = _without_authorities(words.words(" ".join(left)), index)
    demands.extend(named)
    groups = _groups(" ".join(left), rest, index)
    corrections = tuple(
        (group.word, group.alternatives[0].read)
        for group in groups
        if group.alternatives and group.alternatives[0].how is How.SPELT
    )
    return Asked(tuple(groups), tuple(demands), " ".join(rest), corrections)


def _parted(folded: str) -> tuple[str, list[str]]:
    """What stands outside quotes, and what in them; a quote that is never closed is none."""
    parts = folded.split('"')
    if len(parts) % 2 == 0:
        parts[-2:] = [f"{parts[-2]} {parts[-1]}"]
    return " ".join(parts[::2]), parts[1::2]


def _address(piece: str, index: Index) -> Demand | None:
    """A reference or a CPV code that was typed whole."""
    reference = _REFERENCE.fullmatch(piece)
    if reference:
        wanted = (reference[1], int(reference[2]))
        rows = [row for name, rows in index.references.items() for row in rows if _numbered(name) == wanted]
        return Demand(f"the reference {piece.upper()}", _mask(rows, index))
    code = _CPV.fullmatch(piece)
    if code:
        # Zeros at the end of a code stand for everything below it.
        begin = code[1].rstrip("0").ljust(2, "0")
        rows = [row for known, rows in index.cpv.items() for row in rows if known.startswith(begin)]
        return Demand(f"the CPV code {code[1]} or one below it", _mask(rows, index))
    return None


def _numbered(reference: str) -> tuple[str, int]:
    found = _REFERENCE.fullmatch(reference)
    return (found[1], int(found[2])) if found else ("", 0)


def _without_authorities(typed: list[str], index: Index) -> tuple[list[str], list[Demand]]:
    """The words without the authorities that they name; what is left may be said of any of these."""
    rest: list[str] = []
    named: list[tuple[str, int]] = []
    at = 0
    longest = max(map(len, index.authorities), default=0)
    while at < len(typed):
        sizes = range(min(longest, len(typed) - at), 0, -1)
        size = next((size for size in sizes if tuple(typed[at : at + size]) in index.authorities), 0)
        if size:
            named.append(index.authorities[tuple(typed[at : at + size])])
        else:
            rest.append(typed[at])
        at += size or 1
    if not named:
        return rest, []
    rows = np.concatenate([index.postings(term)[0] for _, term in named])
    names = " or ".join(dict.fromkeys(name for name, _ in named))
    return rest, [Demand(f"{names} takes part", _mask(rows.tolist(), index))]


def _groups(text: str, typed: Sequence[str], index: Index) -> list[Group]:
    typed = _repaired(typed, index)
    said = [word for word in typed if word not in words.STOP] or list(typed)
    stems = [words.stem(word) for word in typed]
    groups = {stem: _group(word, stem, index) for word, stem in zip(typed, stems, strict=True) if word in said}
    for written, parts in _joinable(text, typed):
        term = index.term_of("".join(parts))
        if index.count(term):
            for group in filter(None, (groups.get(words.stem(part)) for part in parts)):
                group.alternatives.insert(0, Alternative(term, _JOINED, How.TYPED, written, written))
    _add_synonyms(groups, typed, stems, index)
    for group in groups.values():
        group.rarity = _rarity(group, index)
    return list(groups.values())


def _repaired(typed: Sequence[str], index: Index) -> list[str]:
    """The words, and in place of two that were written together both."""
    found: list[str] = []
    for word in typed:
        is_known = index.count(index.term_of(word)) or word in index.vocabulary.thesaurus.forms
        found.extend((not is_known and spelling.parted(word, index)) or [word])
    return found


def _group(word: str, stem: str, index: Index) -> Group:
    group = Group(word, 0.0)
    term = index.term_of(word)
    if index.count(term):
        group.alternatives.append(Alternative(term, 1.0, How.TYPED, word, word))
    elif word not in index.vocabulary.thesaurus.forms:
        begun = spelling.begun(word, index)
        nearest = [] if begun else spelling.nearest(word, index)
        for form in begun:
            group.alternatives.append(Alternative(index.term_of(form), _BEGUN, How.BEGUN, word, form))
        for place, form in enumerate(nearest):
            weight = _SPELT / (1 + place)
            group.alternatives.append(Alternative(index.term_of(form), weight, How.SPELT, word, form))
    return group


def _joinable(text: str, typed: Sequence[str]) -> Iterable[tuple[str, Sequence[str]]]:
    """Words that may also be written as one: neighbours, and those with a hyphen or the like between them."""
    yield from ((" ".join(pair), pair) for pair in pairwise(typed))
    yield from (("-".join(parts), parts) for _, parts in words.compounds(text))


def _add_synonyms(groups: dict[str, Group], typed: Sequence[str], stems: Sequence[str], index: Index) -> None:
    thesaurus = index.vocabulary.thesaurus
    # A word that was read as another is looked up as that one.
    read = [_as_read(groups.get(stem), word) for word, stem in zip(typed, stems, strict=True)]
    for start, end, key in thesaurus.found([words.stem(word) for word in read]):
        term = index.vocabulary.terms.get(key, -1)
        if not index.count(term):
            continue
        phrase = " ".join(read[start:end])
        own = [groups[stem] for stem in dict.fromkeys(stems[start:end]) if stem in groups]
        for group in own:
            weight = _SYNONYM / len(own) ** 0.5
            group.alternatives.append(Alternative(term, weight, How.SYNONYM, phrase, thesaurus.names[key]))


def _as_read(group: Group | None, word: str) -> str:
    spelt = group is not None and group.alternatives and group.alternatives[0].how is How.SPELT
    return group.alternatives[0].read if group and spelt else word


def _rarity(group: Group, index: Index) -> float:
    """What a word may add to a score: rare words say more. One that nothing stands for is held against nobody much."""
    direct = [alternative for alternative in group.alternatives if alternative.how is not How.SYNONYM]
    if not group.alternatives:
        return index.idf(0) / 3
    return max(index.idf(index.count(alternative.term)) for alternative in direct or group.alternatives)


def _mask(rows: Iterable[int], index: Index) -> NDArray[np.bool_]:
    found = np.zeros(len(index.entries), dtype=np.bool_)
    found[list(rows)] = True
    return found
