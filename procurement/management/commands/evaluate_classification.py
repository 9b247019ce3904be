"""Measures the suggestions of category and kind on a labelled file. Reads only; needs no database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from procurement.management import measuring
from procurement.matching.classify import Classification, Classifier
from procurement.matching.evaluation.classes import Judged, accuracy, judged, labels, of_groups
from procurement.matching.evaluation.labelled import Labelled, LabelledFileError

_WHAT: Final = ("category", "kind")


class Command(BaseCommand):
    """The label of an item is what its row says of category and kind, which the classifier never reads."""

    help = "Measure how often the suggested category and kind of needs are the right ones, on a labelled file."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file, its labels and what to print."""
        parser.add_argument("path", type=Path, help="labelled needs, one JSON object a line")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
        parser.add_argument("--vectors", type=Path, metavar="FOLDER", help="keep sentence vectors there between calls")
        parser.add_argument(
            "--classes",
            type=Path,
            metavar="FILE",
            help="category and kind of true groups whose rows do not say them: CSV with cluster, category, kind",
        )
        parser.add_argument("--misses", choices=_WHAT, help="print the needs whose label is not among the suggestions")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, suggest, measure, print."""
        labelled = measuring.labelled_file(options["path"])
        try:
            known = labels(labelled, of_groups(options["classes"]) if options["classes"] else {})
        except LabelledFileError as error:
            raise CommandError(str(error)) from error
        suggested = self._suggested(labelled, options)
        found = {what: judged(labelled.items, known, suggested, what) for what in _WHAT}
        figures = {what: asdict(accuracy(each)) for what, each in found.items()}
        self.stdout.write(json.dumps(figures, indent=2) if options["json"] else _table(figures))
        for each in found.get(options["misses"], ()):
            if each.place is None:
                self.stdout.write(_miss(each))

    def _suggested(self, labelled: Labelled, options: dict[str, Any]) -> dict[str, Classification]:
        embedder = measuring.embedder("minilm", options)
        if embedder is None:
            self.stderr.write(self.style.WARNING("The sentence model is not there: words alone are measured."))
        classifier = Classifier(measuring.config("minilm"), embedder)
        ticker = measuring.Ticker(self.stderr, "Needs")
        suggested = {}
        for done, item in enumerate(labelled.items):
            ticker(done, len(labelled.items))
            suggested[item.id] = classifier.classify(item)
        return suggested


def _table(figures: dict[str, dict[str, Any]]) -> str:
    lines = [f"{'':<10} labelled  first  top 3  none  shown"]
    lines += [
        f"{what:<10} {each['labelled']:>8}  {each['first']:>5.3f}  {each['among']:>5.3f}  {each['silent']:>4}"
        f"  {each['shown']:>5.2f}"
        if each["labelled"]
        else f"{what:<10} no labels in this file"
        for what, each in figures.items()
    ]
    return "\n".join(lines)


def _miss(miss: Judged) -> str:
    hints = "; ".join(f"{hint.code} {hint.score:.2f} ({hint.reason})" for hint in miss.hints) or "nothing"
    body = " ".join(miss.item.body.split())
    return f"\n{miss.item.id} {miss.item.title}\n  label: {miss.label}; suggested: {hints}\n  {body}"
