"""Measures a search by queries whose answers are known."""

from __future__ import annotations

import json
import math
import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from statistics import fmean
from typing import Final

from procurement.search import words
from procurement.search.document import Document, Field

Search = Callable[[str], Sequence[int]]
PLACES: Final = 10
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A query in a supplier's words, with the groups of needs that answer it."""

    q: str
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class Measured:
    """Means over the queries."""

    recall: float
    ndcg: float


def queries() -> list[Wanted]:
    """The queries that come with the search, in the order in which they were written."""
    written = files("procurement.search").joinpath("suppliers.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in written.splitlines()]
    return [Wanted(row["q"], frozenset(row["groups"])) for row in rows]


def measure(search: Search, wanted: Sequence[Wanted], groups: dict[int, str]) -> Measured:
    """Ask every query; `groups` gives the group of each document."""
    recalls, gains = [], []
    for query in wanted:
        right = {id for id, group in groups.items() if group in query.groups}
        hits = [id in right for id in list(search(query.q))[:PLACES]]
        most = min(PLACES, len(right))
        recalls.append(sum(hits) / most)
        gains.append(_gain(hits) / _gain([True] * most))
    return Measured(round(fmean(recalls), 4), round(fmean(gains), 4))


def _gain(hits: Sequence[bool]) -> float:
    return sum(1 / math.log2(place + 2) for place, hit in enumerate(hits) if hit)


class FullText:
    """SQLite's own full-text search with its English stemmer, the title counting as much as it does in ours."""

    def __init__(self, documents: Sequence[Document], *, title: float, every: bool) -> None:
        self._title = title
        self._joint = " AND " if every else " OR "
        self._database = sqlite3.connect(":memory:")
        self._database.execute("CREATE VIRTUAL TABLE notice USING fts5(title, rest, tokenize='porter unicode61')")
        self._database.executemany(
            "INSERT INTO notice (rowid, title, rest) VALUES (?, ?, ?)",
            ((document.id, document.fields[Field.TITLE], "\n".join(document.fields[1:])) for document in documents),
        )

    def search(self, q: str) -> list[int]:
        """Ids of what has the words, by SQLite's BM25."""
        terms = [f'"{word}"' for word in _WORD.findall(q)]
        if not terms:
            return []
        found = self._database.execute(
            "SELECT rowid FROM notice WHERE notice MATCH ? ORDER BY bm25(notice, ?, 1.0), rowid DESC",
            (self._joint.join(terms), self._title),
        )
        return [row[0] for row in found]


class Substrings:
    """Every word somewhere in the text, the newest first: a search by LIKE."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._texts = {document.id: words.fold("\n".join(document.fields)) for document in documents}

    def search(self, q: str) -> list[int]:
        """Ids of what has the words."""
        terms = words.fold(q).split()
        return sorted((id for id, text in self._texts.items() if all(term in text for term in terms)), reverse=True)
