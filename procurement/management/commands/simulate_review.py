"""Simulates one pass of human review over the groups that the matcher proposes, on a labelled file."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from procurement.charts import curves
from procurement.management import measuring
from procurement.matching import Decision, Result, match, review
from procurement.matching.evaluation.labelled import Labelled
from procurement.matching.evaluation.simulation import BUDGET, Pass, Reviewer, course, simulate

_SEEDS = 10


class Command(BaseCommand):
    """One pass with a reviewer who is always right, and some with reviewers who slip. Reads only; no database."""

    help = "Simulate one pass of human review over the proposed groups of a labelled file (JSON Lines)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file, the reviewers, the budget and the outputs."""
        measuring.add_arguments(parser)
        parser.add_argument(
            "--error-rate", type=float, default=0.1, help="share of answers that are slips; default: %(default)s"
        )
        parser.add_argument(
            "--reviewers", type=int, default=_SEEDS, help="how many of those who slip, averaged; default: %(default)s"
        )
        parser.add_argument("--budget", type=float, default=BUDGET, help="clicks a group; default: %(default)s")
        parser.add_argument("--cut", type=float, help="average score at which groups join; default: the matcher's")
        parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw quality against clicks")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, simulate, print, draw."""
        if not 0 <= options["error_rate"] < 1:
            raise CommandError("The error rate must be from 0 to below 1.")
        labelled = measuring.labelled_file(options["path"])
        flawless, *erring = self._passes(labelled, options)
        figures = {
            "n": len(labelled.items),
            "seed": options["seed"],
            "budget": options["budget"],
            "before": flawless.steps[0].figures.as_dict(),
            "flawless": _figures(flawless),
            "curve": [{"clicks": step.clicks, "opened": step.opened} | _short(step) for step in flawless.steps],
        }
        if erring:
            figures["erring"] = {"error_rate": options["error_rate"], "reviewers": len(erring)} | _mean(
                [_figures(one) for one in erring]
            )
        if options["plot"]:
            _draw(flawless, erring, options)
        self.stdout.write(json.dumps(figures, indent=2) if options["json"] else _table(figures))

    def _passes(self, labelled: Labelled, options: dict[str, Any]) -> list[Pass]:
        """Return a pass without a slip, and one for each seed of reviewers who slip."""
        config = measuring.config(
            "minilm", cut=options["cut"], suggestions=review.KEPT_SUGGESTIONS, floor=review.KEPT_FLOOR
        )
        embedder = measuring.embedder("minilm", options)
        warned: set[str] = set()

        def run(decisions: Sequence[Decision]) -> Result:
            # Only the items and what the reviewer ruled go in; the labels stay on this side.
            result = match(labelled.items, decisions, config, embedder=embedder)
            for warning in set(result.warnings) - warned:
                self.stderr.write(self.style.WARNING(warning))
            warned.update(result.warnings)
            return result

        reviewers = [Reviewer(labelled.gold)]
        if options["error_rate"]:
            reviewers += [
                Reviewer(labelled.gold, options["error_rate"], options["seed"] + number)
                for number in range(options["reviewers"])
            ]
        return [
            simulate(
                labelled,
                run,
                reviewer,
                budget=options["budget"],
                report=measuring.Ticker(self.stderr, f"Reviewer {number} of {len(reviewers)}, groups opened"),
            )
            for number, reviewer in enumerate(reviewers, start=1)
        ]


def _figures(done: Pass) -> dict[str, Any]:
    return done.last.figures.as_dict() | {
        "proposed": done.proposed,
        "proposed_in_all": done.proposed_in_all,
        "opened": done.last.opened,
        "clicks": done.last.clicks,
        "removals": done.removals,
        "accepts": done.accepts,
        "asked_again": done.asked_again,
        "clicks_per_group": round(done.clicks_per_group, 3),
    }


def _short(step: Any) -> dict[str, float]:
    figures = step.figures
    return {
        "f1": round(figures.pairwise.f1, 4),
        "bcubed_f1": round(figures.bcubed.f1, 4),
        "joint_purchase_recall": round(figures.joint_purchase_recall, 4),
    }


def _mean(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the mean of each figure, through the levels."""
    return {
        key: _mean([part[key] for part in parts]) if isinstance(value, dict) else fmean(part[key] for part in parts)
        for key, value in parts[0].items()
    }


def _draw(flawless: Pass, erring: Sequence[Pass], options: dict[str, Any]) -> None:
    clicks = max(one.last.clicks for one in (flawless, *erring))
    lines: dict[str, Sequence[float]] = {}
    for words, passes in (("", [flawless]), (f", {options['error_rate']:.0%} slips", erring)):
        if passes:
            went = course(passes, clicks)
            lines[f"F1{words}"] = went.f1
            lines[f"Joint purchases{words}"] = went.joint_purchase_recall
    picture = curves.svg(range(clicks + 1), lines, title="Quality against clicks in one pass of review", of="clicks")
    try:
        options["plot"].write_text(picture, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{options['plot']} cannot be written: {error.strerror}.") from error


def _table(figures: dict[str, Any]) -> str:
    lines = [
        f"{figures['n']} items, {figures['flawless']['proposed']} groups proposed, "
        f"at most {figures['budget']:g} clicks a group",
        _line("Before", figures["before"]),
        _line("Reviewed", figures["flawless"]),
    ]
    if "erring" in figures:
        lines.append(_line(f"{figures['erring']['error_rate']:.0%} slips", figures["erring"]))
    return "\n".join(lines)


def _line(name: str, part: dict[str, Any]) -> str:
    quality = part["pairwise"]
    words = (
        f"{name:<10} precision {quality['precision']:.3f}  recall {quality['recall']:.3f}  F1 {quality['f1']:.3f}"
        f"  B-cubed F1 {part['bcubed']['f1']:.3f}  joint purchase recall {part['joint_purchase_recall']:.3f}"
        f"  pure {part['purity']:.3f}"
    )
    if "clicks" in part:
        words += f"  {part['clicks']:g} clicks, {part['opened']:g} groups opened"
        words += f", {part['clicks_per_group']:.2f} clicks a group"
    return words
