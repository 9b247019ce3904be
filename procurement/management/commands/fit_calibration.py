"""Fits the calibration that comes with the engine to labelled files, shows what would change, and writes on demand."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from procurement.management import measuring
from procurement.matching import calibration
from procurement.matching.evaluation.calibration_error import expected_calibration_error
from procurement.matching.evaluation.pairs import ScoredPairs, joined, scored_pairs


class Command(BaseCommand):
    """Fit two numbers to all pairs of the demonstration's labelled needs and of any files named."""

    help = "Fit the engine's calibration to labelled files; --write replaces procurement/matching/calibration.json."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare further files, the folder of vectors and whether to write."""
        parser.add_argument("paths", type=Path, nargs="*", help="labelled files beside those of the demonstration")
        parser.add_argument("--vectors", type=Path, metavar="FOLDER", help="keep sentence vectors there between calls")
        parser.add_argument("--write", action="store_true", help="put the fitted numbers into the engine's file")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fit, print before and after for each file, write."""
        model = measuring.embedder("minilm", options)
        if model is None:
            raise CommandError(
                "The sentence model is not installed, and without it scores are not those of the product."
            )
        paths = [*measuring.demonstration(), *options["paths"]]
        pairs = {
            path.name: scored_pairs(measuring.labelled_file(path), measuring.config("minilm"), model) for path in paths
        }
        try:
            every = joined(list(pairs.values()))
            found = every.fitted(np.ones(len(every), dtype=np.bool_))
        except ValueError as error:
            raise CommandError(str(error)) from error
        before = calibration.shipped()
        self.stdout.write(f"Before: slope {before.slope}, offset {before.offset}")
        self.stdout.write(f"After:  slope {found.slope}, offset {found.offset}")
        for name, each in pairs.items():
            errors = (f"{_error(numbers, each):.3f}" for numbers in (before, found))
            self.stdout.write(f"{name}: expected calibration error {' -> '.join(errors)} over {len(each)} pairs")
        if options["write"]:
            path = Path(str(calibration.__file__)).with_name("calibration.json")
            path.write_text(json.dumps(found.as_dict() | {"fitted_on": list(pairs)}) + "\n", encoding="utf-8")
            self.stdout.write("Written.")


def _error(numbers: calibration.Calibration, pairs: ScoredPairs) -> float:
    return expected_calibration_error(numbers.probabilities(pairs.scores), pairs.true)
