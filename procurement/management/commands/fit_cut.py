"""Chooses the cut, and what bare texts lose, on labelled files; shows the best and changes nothing."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from procurement.management import measuring
from procurement.matching.embed import Embedder
from procurement.matching.evaluation.figures import measured
from procurement.matching.evaluation.fitting import GRID, careful, matched
from procurement.matching.score import PROFILES

_OWN = "benchmarks/data/needs_*.jsonl"
_SHOWN = 5


class Command(BaseCommand):
    """Try every setting on the project's own labelled needs, or on the files named."""

    help = "Choose the cut on labelled files: those of the project, whose families of technology nothing was fitted to."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the files and the folder of vectors."""
        parser.add_argument("paths", type=Path, nargs="*", help=f"labelled files; default: {_OWN}")
        parser.add_argument("--vectors", type=Path, metavar="FOLDER", help="keep sentence vectors there between calls")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure each setting on each file, print the best on average, and the best without each file."""
        model = measuring.embedder("minilm", options)
        if model is None:
            raise CommandError("The sentence model is not installed, and without it the cut is another.")
        paths = options["paths"] or sorted(Path(settings.BASE_DIR).glob(_OWN))
        reached = np.array([self._aims(path, model) for path in paths])
        shipped = PROFILES["minilm"]
        self.stdout.write(f"Shipped: cut {shipped.cut:.2f}, bare texts lose {shipped.thin:.2f}")
        average = reached.mean(axis=0)
        for place in np.argsort(-average, kind="stable")[:_SHOWN]:
            self.stdout.write(f"{_words(place)}: {average[place]:.3f} on average")
        for path, own in zip(paths, reached, strict=True):
            line = f"Best on {path.name}: {_words(int(own.argmax()))}"
            if len(paths) > 1:
                line += f"; on all others: {_words(int((reached.sum(axis=0) - own).argmax()))}"
            self.stdout.write(line)

    def _aims(self, path: Path, model: Embedder) -> list[float]:
        """Return pairwise F1 + B-cubed F1, less what recall is ahead of precision, for each setting of the grid."""
        labelled = measuring.labelled_file(path)
        predict = matched(labelled, measuring.config("minilm"), model)
        ticker = measuring.Ticker(self.stderr, path.name)
        found = []
        for done, setting in enumerate(GRID):
            ticker(done, len(GRID))
            found.append(careful(measured(labelled, predict(setting))))
        return found


def _words(place: int) -> str:
    cut, thin = GRID[place]
    return f"cut {cut:.2f}, bare texts lose {thin:.2f}"
