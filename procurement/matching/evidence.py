"""Puts evidence into words: kinds of reasons in, the reasons of many subjects out.

A subject is what reasons are given for, a pair or a member, and named by its place. All that is of one kind is put into
words at once: one by one that would take longer than all the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise, repeat
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from procurement.matching.distinct import Numbers, numbered
from procurement.matching.result import Reason
from procurement.matching.score import SCALE, Rows

Bools = NDArray[np.bool_]
Weights = NDArray[np.float64]
Words = Callable[[Rows], list[str]]

# A named tuple of three made in half the time.
_REASON: Final[Callable[[tuple[str, str, float]], Reason]] = partial(tuple.__new__, Reason)

# From which likeness of two meanings on, a cosine, they speak for a pair, and from which on the second and the third of
# the words below are true. Of the pairs that a run keeps one in ten belong together below the first, then a quarter,
# half and four in five (docs/matching.md).
LITTLE: Final = 0.3
_MUCH: Final = (0.4, 0.5)
# From which share on of what a named thing and all that is like it can add to a score two needs are about that thing:
# three of four such pairs belong together, of the others one in four.
_SUBJECT: Final = 0.7
TWO_MEAN: Final = ("have something in common", "have much in common", "mean much the same")
ONE_MEANS: Final = ("has something in common with", "has much in common with", "means much the same as")


class Evidence(NamedTuple):
    """One kind of reason for many subjects: which have it, how much it weighs, and its words for some of them.
    Subjects with one number in ``alike`` have the same words.
    """

    code: str
    there: Bools
    weight: NDArray[np.floating]
    words: Words
    alike: Numbers | None = None


class Told(NamedTuple):
    """Reasons to be told: the subject, the rank among its reasons, the number of the evidence, and the weight."""

    subject: Rows
    rank: Rows
    evidence: Rows
    weight: Weights


def in_words(every: Sequence[Evidence], told: Told, count: int) -> list[tuple[Reason, ...]]:
    """Return the reasons of each of ``count`` subjects by their ranks. What many subjects have, word for word and with
    one weight, is made once for them all. Weights are between -1 and 1, in whole ten-thousandths.
    """
    reasons: list[Reason] = []
    places = []
    for number, kind in enumerate(every):
        here = np.flatnonzero(told.evidence == number)
        if len(here):
            reasons.extend(_made(kind, told.subject[here], told.weight[here]))
            places.append(here)
    order = np.concatenate([np.zeros(0, dtype=np.intp), *places])
    width = told.rank.max(initial=0) + 1
    order = np.argsort(told.subject[order] * width + told.rank[order])
    ordered = list(map(reasons.__getitem__, order.tolist()))
    ends = np.cumsum(np.bincount(told.subject, minlength=count)).tolist()
    return [tuple(ordered[start:end]) for start, end in pairwise([0, *ends])]


def _made(kind: Evidence, subject: Rows, weight: Weights) -> Iterable[Reason]:
    if kind.alike is None:
        return map(_REASON, zip(repeat(kind.code), kind.words(subject), weight.tolist(), strict=False))
    parts_of_score = np.rint(weight * SCALE).astype(np.int64) + SCALE
    known, place = numbered(kind.alike[subject] * (2 * SCALE + 1) + parts_of_score)
    one = np.empty(len(known), dtype=np.intp)
    one[place] = np.arange(len(subject))
    reasons = list(_made(kind._replace(alike=None), subject[one], weight[one]))
    return map(reasons.__getitem__, place.tolist())


def fixed(code: str, there: Bools, weight: NDArray[np.floating], words: str) -> Evidence:
    """Return evidence that has the same words for all."""
    return Evidence(code, there, weight, lambda some: [words] * len(some), np.zeros(len(there), dtype=np.int64))


def how_alike(likeness: NDArray[np.floating]) -> Numbers:
    """Return for each likeness of two meanings, a cosine, the place of what can be said of it in ``TWO_MEAN``."""
    return np.searchsorted(_MUCH, likeness.round(4), side="right")


def is_subject(likeness: NDArray[np.floating]) -> Bools:
    """Tell for each likeness in what is wanted, from 0 to 1, whether it shows more than a word in passing."""
    found: Bools = likeness.round(4) >= _SUBJECT
    return found


def by_name(words: str, names: Sequence[str], place: Numbers) -> Words:
    """Return what puts subjects into words that hold one of ``names``; ``place`` says which."""

    def worded(some: Rows) -> list[str]:
        sentences = [words.format(name) for name in names]
        return [sentences[index] for index in place[some].tolist()]

    return worded


def by_names(words: str, names: Sequence[str], one: Numbers, two: Numbers) -> Words:
    """Return the same for words that hold two of ``names``."""

    def worded(some: Rows) -> list[str]:
        places = zip(one[some].tolist(), two[some].tolist(), strict=True)
        return [words.format(names[first], names[second]) for first, second in places]

    return worded
