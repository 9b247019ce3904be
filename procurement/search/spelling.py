"""The words of the board that a word which no notice has may stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from procurement.search.index import Index

_SHORTEST = 4
# From this length on two slips are forgiven.
_LONG = 8
_MOST = 3
_BEGUN_SHORTEST = 3
_BEGUN_MOST = 8


def nearest(word: str, index: Index) -> list[str]:
    """What was probably meant, the most probable first: with fewest slips, then what is written most often."""
    if len(word) < _SHORTEST or not word.isalpha():
        return []
    slips = 2 if len(word) >= _LONG else 1
    found = process.extract(word, index.spellings, scorer=OSA.distance, score_cutoff=slips, limit=None)
    ranked = sorted((slip, form[0] != word[0], -index.written(form), form) for form, slip, _ in found)
    # A second slip is no better than a first one: only the nearest words are meant.
    return [form for slip, _, _, form in ranked if slip == ranked[0][0]][:_MOST]


def begun(word: str, index: Index) -> list[str]:
    """Words that begin with this one, those that are written most often first."""
    if len(word) < _BEGUN_SHORTEST:
        return []
    found = [form for form in index.spellings if form.startswith(word) and index.written(form)]
    return sorted(found, key=lambda form: (-index.written(form), form))[:_BEGUN_MOST]


def parted(word: str, index: Index) -> list[str]:
    """The two known words that were written together, or nothing."""
    cuts = range(3, len(word) - 2)
    found = [
        (min(index.written(word[:cut]), index.written(word[cut:])), cut)
        for cut in cuts
        if index.written(word[:cut]) and index.written(word[cut:])
    ]
    if not found:
        return []
    cut = max(found)[1]
    return [word[:cut], word[cut:]]
