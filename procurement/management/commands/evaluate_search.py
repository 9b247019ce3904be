"""Measures the board's search on queries in suppliers' words, beside plain searches over the same texts.

Reads only. On PostgreSQL its own full-text search takes part, in a table that goes with the connection.
"""

from __future__ import annotations

import json
import re
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand
from django.db import connection

from procurement.management import measuring
from procurement.matching.embed import Embedder
from procurement.search import query, ranking
from procurement.search.document import WEIGHTS, Document, Field
from procurement.search.evaluation import FullText, Search, Substrings, Wanted, measure, queries
from procurement.search.index import Index
from procurement.search.thesaurus import Thesaurus, Topic

_WORD = re.compile(r"[^\W_]+")


class Command(BaseCommand):
    """Ask every query of every search, and count what is right among the first ten."""

    help = "Measure the board's search beside plain full-text search, on queries written in suppliers' words."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the form of the output."""
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, ask, print."""
        documents, groups = measuring.demonstration_notices()
        model = measuring.embedder("minilm", {"vectors": None})
        wanted = queries()
        found = {
            "notices": len(documents),
            "queries": len(wanted),
            "model": model.name if model else None,
            "searches": {
                name: _figures(search, wanted, groups) for name, search in _searches(documents, model).items()
            },
        }
        self.stdout.write(json.dumps(found, indent=2) if options["json"] else _table(found))


def _searches(documents: Sequence[Document], model: Embedder | None) -> dict[str, Search]:
    """Ours first; then the plain ones, each in the form that does best."""
    every: dict[str, Search] = {}
    if model:
        every["the board's"] = _ours(documents, model)
    every["the board's, without meaning"] = _ours(documents, None)
    title = WEIGHTS[Field.TITLE]
    every["SQLite FTS5, any word"] = FullText(documents, title=title, every=False).search
    every["SQLite FTS5, every word"] = FullText(documents, title=title, every=True).search
    if connection.vendor == "postgresql":
        every["PostgreSQL, any word"] = _postgresql(documents)
    every["LIKE, every word"] = Substrings(documents).search
    return every


def _ours(documents: Sequence[Document], model: Embedder | None) -> Search:
    topics = [Topic(each.slug, each.name, each.synonyms) for each in measuring.capabilities()]
    vectors: dict[int, Any] = {}
    if model:
        vectors = {document.id: np.asarray(model.encode(document.passages)) for document in documents}
    index = Index.build(documents, Thesaurus.of(topics), vectors)

    def search(q: str) -> Sequence[int]:
        asked = query.read(q, index)
        vector = model.encode([asked.text])[0] if model else None
        found: list[int] = ranking.rank(asked, index, vector).ids.tolist()
        return found

    return search


def _postgresql(documents: Sequence[Document]) -> Search:
    """Its English dictionary, the title weighed as A and the rest as D."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE searched (id integer, words tsvector)")
        cursor.executemany(
            "INSERT INTO searched VALUES (%s, setweight(to_tsvector('english', %s), 'A')"
            " || setweight(to_tsvector('english', %s), 'D'))",
            [(each.id, each.fields[Field.TITLE], "\n".join(each.fields[1:])) for each in documents],
        )

    def search(q: str) -> Sequence[int]:
        terms = " | ".join(_WORD.findall(q))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM searched, to_tsquery('english', %s) AS asked WHERE words @@ asked"
                " ORDER BY ts_rank(words, asked, 1) DESC, id DESC",
                [terms],
            )
            return [row[0] for row in cursor.fetchall()]

    return search


def _figures(search: Search, wanted: Sequence[Wanted], groups: dict[int, str]) -> dict[str, float]:
    """Of all queries, and of those which no setting was looked at on."""
    every, held_out = measure(search, wanted, groups), measure(search, wanted[1::2], groups)
    return {
        "recall_at_10": every.recall,
        "ndcg_at_10": every.ndcg,
        "held_out_recall_at_10": held_out.recall,
        "held_out_ndcg_at_10": held_out.ndcg,
    }


def _table(found: dict[str, Any]) -> str:
    lines = [
        f"{found['queries']} queries over {found['notices']} notices; on the right the even ones",
        f"{'':32}{'recall@10':>10}{'nDCG@10':>10}{'recall@10':>12}{'nDCG@10':>10}",
    ]
    lines += [
        f"{name:32}{row['recall_at_10']:>10.3f}{row['ndcg_at_10']:>10.3f}"
        f"{row['held_out_recall_at_10']:>12.3f}{row['held_out_ndcg_at_10']:>10.3f}"
        for name, row in found["searches"].items()
    ]
    return "\n".join(lines)
