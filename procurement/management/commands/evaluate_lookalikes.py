"""Measures the panel beside the form on a labelled file: who is shown to somebody who has typed a title and a problem.

Reads only; needs no database.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from procurement.management import measuring
from procurement.matching import Item
from procurement.matching.calibration import shipped
from procurement.matching.evaluation.labelled import Labelled
from procurement.matching.index import Index
from procurement.queries.lookalikes import NEEDS, PAIRS, words_of
from procurement.queries.similar_needs import WORTH_SHOWING

Search = Callable[[Item], Sequence[str]]


class Command(BaseCommand):
    """Ask with title and problem alone for each need, as if it were not there, and look for those of its group."""

    help = "Measure the panel of look-alikes beside a plain search on a labelled file of needs (JSON Lines)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file and the form of the output."""
        measuring.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, ask, print."""
        labelled = measuring.labelled_file(options["path"])
        config = measuring.config("minilm")
        told = [item.as_others_know_it() for item in labelled.items]
        index = Index.build(told, config, measuring.embedder("minilm", options))
        sought = _sought(labelled)
        if not sought:
            raise CommandError("No need of the file has another borough's need in its group.")
        ticker = measuring.Ticker(self.stderr, "Needs asked for")
        found = {
            "n": len(labelled.items),
            "asked": len(sought),
            "recall_at_5": {
                "panel": _recall(labelled, sought, _panel(index, labelled), ticker),
                "icontains, most words first": _recall(labelled, sought, _icontains(labelled), ticker),
            },
        }
        self.stdout.write(json.dumps(found, indent=2) if options["json"] else _table(found))


def _sought(labelled: Labelled) -> dict[str, frozenset[str]]:
    """Of each need that has any the needs of other boroughs in its group."""
    groups: dict[str, list[Item]] = {}
    for item in labelled.items:
        groups.setdefault(labelled.gold[item.id], []).append(item)
    others = {
        item.id: frozenset(other.id for other in groups[labelled.gold[item.id]] if other.owner != item.owner)
        for item in labelled.items
    }
    return {id: wanted for id, wanted in others.items() if wanted}


def _recall(labelled: Labelled, sought: dict[str, frozenset[str]], search: Search, ticker: measuring.Ticker) -> float:
    """The mean share of what was sought that is among the first five; of more than five, of five."""
    shares = []
    for item in labelled.items:
        if wanted := sought.get(item.id):
            typed = Item(id=item.id, owner=item.owner, title=item.title, problem=item.problem)
            shares.append(len(wanted.intersection(search(typed)[:NEEDS])) / min(NEEDS, len(wanted)))
            ticker(len(shares), len(sought))
    return round(fmean(shares), 4)


def _panel(index: Index, labelled: Labelled) -> Search:
    """What the panel shows of other boroughs: of the best pairs those worth showing."""
    owners, calibration = labelled.owners, shipped()

    def search(typed: Item) -> list[str]:
        pairs = index.suggest(typed, limit=PAIRS, keep=False).pairs
        worth = [pair for pair in pairs if calibration.probability(pair.score) >= WORTH_SHOWING]
        ids = [pair.left if pair.right == typed.id else pair.right for pair in worth]
        return [id for id in ids if owners[id] != typed.owner]

    return search


def _icontains(labelled: Labelled) -> Search:
    """What a search box would find: the words of the title anywhere in title or problem, those with the most first."""
    texts = [(item, f"{item.title}\n{item.problem}".casefold()) for item in labelled.items]

    def search(typed: Item) -> list[str]:
        words = words_of(typed.title)
        met = [(-sum(word in text for word in words), item.id) for item, text in texts if item.owner != typed.owner]
        return [id for few, id in sorted(met) if few < 0]

    return search


def _table(found: dict[str, Any]) -> str:
    lines = [f"{found['n']} needs, {found['asked']} of them with a like one elsewhere, asked for by title and problem"]
    return "\n".join(
        [*lines, *(f"Recall at 5, {name:<28} {share:.3f}" for name, share in found["recall_at_5"].items())]
    )
