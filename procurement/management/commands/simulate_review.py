"""Simulates one pass of human review over the groups that the matcher proposes, on a labelled file."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from statistics import fmean
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from procurement.charts import curves
from procurement.management import measuring
from procurement.matching import Decision, Result, match, opinions
from procurement.matching.evaluation.labelled import Labelled
from procurement.matching.evaluation.simulation import BUDGET, Answering, Pass, Reviewer, Team, course, simulate

_SEEDS = 10
_TEAM = 3


class Command(BaseCommand):
    """One pass with a reviewer who is always right, and some with reviewers who slip: one person alone, and several who
    read independently of each other. Reads only; no database.
    """

    help = "Simulate one pass of human review over the proposed groups of a labelled file (JSON Lines)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file, the reviewers, the budget and the outputs."""
        measuring.add_arguments(parser)
        parser.add_argument(
            "--error-rate", type=float, default=0.1, help="share of answers that are slips; default: %(default)s"
        )
        parser.add_argument(
            "--reviewers",
            type=int,
            default=_SEEDS,
            help="how many of those who slip, and how many teams, averaged; default: %(default)s",
        )
        parser.add_argument(
            "--team", type=int, default=_TEAM, help="how many read together, 0 for no such pass; default: %(default)s"
        )
        parser.add_argument(
            "--budget", type=float, default=BUDGET, help="clicks a group, of each person; default: %(default)s"
        )
        parser.add_argument("--cut", type=float, help="average score at which groups join; default: the matcher's")
        parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw quality against clicks")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, simulate, print, draw."""
        if not 0 <= options["error_rate"] < 1:
            raise CommandError("The error rate must be from 0 to below 1.")
        if options["team"] and options["team"] < opinions.FEWEST:
            raise CommandError(f"A team is of at least {opinions.FEWEST} people.")
        labelled = measuring.labelled_file(options["path"])
        passes = self._passes(labelled, options)
        flawless = passes["flawless"][0]
        figures = {
            "n": len(labelled.items),
            "seed": options["seed"],
            "budget": options["budget"],
            "before": flawless.steps[0].figures.as_dict(),
            "flawless": _figures(flawless),
            "curve": [{"clicks": step.clicks, "opened": step.opened} | _short(step) for step in flawless.steps],
        }
        said = {"error_rate": options["error_rate"], "reviewers": options["reviewers"]}
        for name, people in (("erring", 1), ("team", options["team"])):
            if passes[name]:
                figures[name] = said | {"people": people} | _mean([_figures(one) for one in passes[name]])
        if options["plot"]:
            _draw(passes, options)
        self.stdout.write(json.dumps(figures, indent=2) if options["json"] else _table(figures))

    def _passes(self, labelled: Labelled, options: dict[str, Any]) -> dict[str, list[Pass]]:
        """Return a pass without a slip, and one for each seed of people who slip: alone, and in a team."""
        config = measuring.config("minilm", cut=options["cut"])
        embedder = measuring.embedder("minilm", options)
        warned: set[str] = set()

        def run(decisions: Sequence[Decision]) -> Result:
            # Only the items and what the reviewer ruled go in; the labels stay on this side.
            result = match(labelled.items, decisions, config, embedder=embedder)
            for warning in set(result.warnings) - warned:
                self.stderr.write(self.style.WARNING(warning))
            warned.update(result.warnings)
            return result

        gold, rate = labelled.gold, options["error_rate"]
        seeds = range(options["seed"], options["seed"] + options["reviewers"] if rate else options["seed"])
        people: dict[str, list[Answering]] = {
            "flawless": [Reviewer(gold)],
            "erring": [Reviewer(gold, rate, seed) for seed in seeds],
            "team": [Team(gold, options["team"], rate, seed) for seed in seeds if options["team"]],
        }
        total = sum(map(len, people.values()))
        numbers = count(1)

        def passed(reviewer: Answering) -> Pass:
            ticker = measuring.Ticker(self.stderr, f"Pass {next(numbers)} of {total}, groups opened")
            return simulate(labelled, run, reviewer, budget=options["budget"], report=ticker)

        return {name: [passed(reviewer) for reviewer in reviewers] for name, reviewers in people.items()}


def _figures(done: Pass) -> dict[str, Any]:
    return done.last.figures.as_dict() | {
        "proposed": done.proposed,
        "proposed_in_all": done.proposed_in_all,
        "opened": done.last.opened,
        "clicks": done.last.clicks,
        "clicks_in_all": sum(done.clicks),
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


def _draw(passes: dict[str, list[Pass]], options: dict[str, Any]) -> None:
    clicks = max(one.last.clicks for group in passes.values() for one in group)
    words = {
        "flawless": "",
        "erring": f", {options['error_rate']:.0%} slips",
        "team": f", {options['team']} who slip",
    }
    lines: dict[str, Sequence[float]] = {}
    for name, group in passes.items():
        if group:
            went = course(group, clicks)
            lines[f"F1{words[name]}"] = went.f1
            lines[f"Joint purchases{words[name]}"] = went.joint_purchase_recall
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
    if "team" in figures:
        lines.append(_line(f"{figures['team']['people']} people", figures["team"]))
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
        if part.get("people", 1) > 1:
            words += f" by whoever clicks most, {part['clicks_in_all']:g} in all"
    return words
