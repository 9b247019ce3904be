"""Measures the matcher on a labelled file. Reads only; needs no database."""

from __future__ import annotations

import csv
import json
import time
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from procurement.matching import Capability, Config, match
from procurement.matching.items import ENGINES
from procurement.matching.labelled import Labelled, LabelledFileError, read
from procurement.matching.metrics import bcubed, joint_purchase_recall, pairwise


class Command(BaseCommand):
    """Match labelled needs or notices without their labels, and compare the groups found with the labels."""

    help = "Measure how well the matcher groups a labelled file of needs or notices (JSON Lines)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file, the engine and the form of the output."""
        parser.add_argument("path", type=Path, help="labelled needs or notices, one JSON object a line")
        parser.add_argument("--engine", choices=ENGINES, default=ENGINES[0], help="default: %(default)s")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, match, measure, print."""
        try:
            labelled = read(options["path"])
        except LabelledFileError as error:
            raise CommandError(str(error)) from error
        figures, warnings = _measured(labelled, options["engine"])
        for warning in warnings:
            self.stderr.write(self.style.WARNING(warning))
        self.stdout.write(json.dumps(figures, indent=2) if options["json"] else _table(figures))


def _measured(labelled: Labelled, engine: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    config = Config(engine=engine, capabilities=_capabilities(), owner_names=_authority_names())
    began = time.perf_counter()
    # Only the items go in; the labels stay on this side.
    result = match(labelled.items, (), config)
    seconds = time.perf_counter() - began
    found = {item.id: f"alone {item.id}" for item in labelled.items}
    for number, cluster in enumerate(result.clusters):
        found.update({member.id: f"group {number}" for member in cluster.members})
    figures = {
        "n": len(labelled.items),
        "engine": engine,
        "pairwise": asdict(pairwise(labelled.gold, found)),
        "bcubed": asdict(bcubed(labelled.gold, found)),
        "joint_purchase_recall": joint_purchase_recall(labelled.gold, found, labelled.owners),
        "seconds": round(seconds, 3),
    }
    return figures, result.warnings


def _table(figures: dict[str, Any]) -> str:
    lines = [f"{figures['n']} items, engine {figures['engine']}, {figures['seconds']:.1f} seconds"]
    for key, name in (("pairwise", "Pairwise"), ("bcubed", "B-cubed")):
        quality = figures[key]
        lines.append(
            f"{name:<10} precision {quality['precision']:.3f}  recall {quality['recall']:.3f}  F1 {quality['f1']:.3f}"
        )
    lines.append(f"Joint purchase recall {figures['joint_purchase_recall']:.3f}")
    return "\n".join(lines)


def _rows(name: str) -> list[dict[str, str]]:
    path = Path(settings.BASE_DIR) / "boroughs" / "data" / name
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except OSError as error:
        raise CommandError(f"boroughs/data/{name} cannot be read: {error.strerror}.") from error


def _capabilities() -> tuple[Capability, ...]:
    return tuple(
        Capability(
            slug=row["slug"],
            name=row["name"],
            cpv=row["cpv"],
            synonyms=tuple(s.strip() for s in row["synonyms"].split(";") if s.strip()),
        )
        for row in _rows("categories.csv")
    )


def _authority_names() -> tuple[str, ...]:
    return tuple(row["name"] for row in _rows("authorities.csv"))
