"""Measures the matcher on a labelled file. Reads only; needs no database."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from procurement.management import measuring
from procurement.matching import Config, calibration, match
from procurement.matching.embed import Embedder
from procurement.matching.evaluation import crossvalidation, fitting, headings
from procurement.matching.evaluation.bands import hit_rates
from procurement.matching.evaluation.calibration_error import expected_calibration_error
from procurement.matching.evaluation.figures import figures
from procurement.matching.evaluation.labelled import Labelled
from procurement.matching.evaluation.metrics import Quality
from procurement.matching.evaluation.pairs import ScoredPairs, joined, scored_pairs
from procurement.matching.evaluation.peers import PEERS, NotInstalled, Peer, Texts, oracle
from procurement.matching.items import ENGINES
from procurement.matching.score import PROFILES


class Command(BaseCommand):
    """Match labelled needs or notices without their labels, and compare the groups found with the labels."""

    help = "Measure how well the matcher groups a labelled file of needs or notices (JSON Lines)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file, the engine and what to measure."""
        measuring.add_arguments(parser)
        parser.add_argument("--engine", choices=ENGINES, default=ENGINES[0], help="default: %(default)s")
        parser.add_argument(
            "--cross-validate",
            action="store_true",
            help="choose the cut on other families of technology than those it is measured on",
        )
        parser.add_argument(
            "--ablate", action="store_true", help="leave out one part of the score after the other, cross-validated"
        )
        parser.add_argument(
            "--peers",
            action="store_true",
            help="measure what others would use on the same texts, cross-validated alike; needs the extra peers",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, match, measure, print."""
        labelled = measuring.labelled_file(options["path"])
        study = _Study(labelled, measuring.config(options["engine"]), measuring.embedder(options["engine"], options))
        found = study.plain()
        for warning in study.warnings:
            self.stderr.write(self.style.WARNING(warning))
        if options["cross_validate"] or options["peers"] or options["ablate"]:
            folds = self._folds(labelled, options["seed"])
            found |= study.cross_validated(folds, measuring.Ticker(self.stderr, "Folds"))
            found["seed"] = options["seed"]
            if options["ablate"]:
                found["without"] = self._ablated(study, folds)
            if options["peers"]:
                model = study.embedder or measuring.embedder("minilm", options)
                texts = Texts.of(labelled, study.config.owner_names, model)
                found["peers"] = {
                    peer.name: self._peer(peer, labelled, texts, folds, options) for peer in (*PEERS, oracle(labelled))
                }
        self.stdout.write(json.dumps(found, indent=2) if options["json"] else _table(found))

    def _ablated(self, study: _Study, folds: tuple[frozenset[str], ...]) -> dict[str, Any]:
        """Return the figures without each part of the score, its cut chosen anew."""
        found = {}
        for term in PROFILES[study.config.engine].weights:
            ticker = measuring.Ticker(self.stderr, f"Without {term}, folds")
            without = _Study(study.labelled, replace(study.config, without=(term,)), study.embedder)
            found[term] = without.cross_validated(folds, ticker)
        return found

    def _folds(self, labelled: Labelled, seed: int) -> tuple[frozenset[str], ...]:
        try:
            return crossvalidation.folds(labelled, seed=seed)
        except ValueError as error:
            raise CommandError(str(error)) from error

    def _peer(
        self,
        peer: Peer,
        labelled: Labelled,
        texts: Texts,
        folds: tuple[frozenset[str], ...],
        options: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Measure one peer, its threshold chosen for each fold by F1 on the others."""
        self.stderr.write(f"{peer.name} …")
        began = time.perf_counter()
        try:
            held = peer.held_out(labelled, texts, folds, options["seed"])
        except NotInstalled as missing:
            return {"status": f"not installed: {missing}"}
        except Exception as error:  # noqa: BLE001 - one peer's fault must not hide the others' figures
            return {"status": f"failed: {type(error).__name__}: {error}"}
        return (
            {"status": "measured"}
            | _shown(crossvalidation.figures(labelled, held).as_dict())
            | {"seconds": round(time.perf_counter() - began, 3)}
        )


class _Study:
    """One labelled file under one engine."""

    def __init__(self, labelled: Labelled, config: Config, embedder: Embedder | None) -> None:
        self.labelled = labelled
        self.config = config
        self.embedder = embedder
        self.warnings: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """Return the figures with the settings as they are shipped."""
        began = time.perf_counter()
        # Only the items go in; the labels stay on this side.
        result = match(self.labelled.items, (), self.config, embedder=self.embedder)
        seconds = time.perf_counter() - began
        self.warnings = result.warnings
        return {
            "n": len(self.labelled.items),
            "engine": self.config.engine,
            **_shown(figures(self.labelled, result).as_dict()),
            "calibration_error": self._shipped_error(),
            "label": asdict(self._label_quality()),
            "bands": {
                band: asdict(rate)
                for band, rate in hit_rates(self.labelled.gold, result, calibration.shipped()).items()
            },
            "seconds": round(seconds, 3),
        }

    def cross_validated(self, folds: tuple[frozenset[str], ...], ticker: measuring.Ticker) -> dict[str, Any]:
        """Return the figures on families that had no say in the cut, in ``thin`` or in the calibration."""
        predict = fitting.matched(self.labelled, self.config, self.embedder)
        shipped = PROFILES[self.config.engine]
        held = crossvalidation.out_of_family(
            self.labelled,
            folds,
            lambda judged: fitting.near(judged, fitting.GRID, predict, fitting.careful, (shipped.cut, shipped.thin)),
            predict,
            ticker,
        )
        return _shown(crossvalidation.figures(self.labelled, held).as_dict()) | {
            "calibration_error": self._calibration_error(folds),
            "folds": [
                {
                    "families": sorted({self.labelled.families[id] for id in fold.ids}),
                    "n": len(fold.ids),
                    "cut": fold.fitted[0],
                    "thin": fold.fitted[1],
                }
                for fold in held
            ],
        }

    def _calibration_error(self, folds: tuple[frozenset[str], ...]) -> float | None:
        """Return the expected calibration error over all pairs, each judged by two numbers fitted to pairs without the
        family of its left item, and a little to the demonstration's; None where the labels do not allow a fit.
        """
        pairs = self._pairs(self.labelled)
        beside = self._beside()
        probabilities = np.zeros(len(pairs))
        for fold in folds:
            left = np.array([id in fold for id in pairs.left], dtype=np.bool_)
            known = ~left & np.array([id not in fold for id in pairs.right], dtype=np.bool_)
            try:
                fitted = pairs.fitted(known, beside)
            except ValueError:
                return None
            probabilities[left] = fitted.probabilities(pairs.scores[left])
        return round(expected_calibration_error(probabilities, pairs.true), 4)

    def _shipped_error(self) -> float | None:
        """The same of the numbers that are shipped, which are those of one engine. They are out of family where
        ``calibration.json`` does not name the file.
        """
        if self.config.engine != "minilm" or self.embedder is None:
            return None
        pairs = self._pairs(self.labelled)
        return round(expected_calibration_error(calibration.shipped().probabilities(pairs.scores), pairs.true), 4)

    def _beside(self) -> ScoredPairs | None:
        """The pairs of the demonstration, without the half that is measured."""
        others = [measuring.labelled_file(path) for path in measuring.demonstration()]
        known = [self._pairs(each) for each in others if each.gold != self.labelled.gold]
        return joined(known) if known else None

    def _pairs(self, labelled: Labelled) -> ScoredPairs:
        return scored_pairs(labelled, self.config, self.embedder)

    def _label_quality(self) -> Quality:
        """Measure the headings of the true groups, which rulings bring about."""
        config = replace(self.config, cut=1.01)
        result = match(self.labelled.items, headings.as_decisions(self.labelled.gold), config, embedder=self.embedder)
        return headings.label_quality(
            (self.labelled.gold[cluster.medoid], cluster.label) for cluster in result.clusters
        )


def _shown(found: dict[str, Any]) -> dict[str, Any]:
    """Return the figures in the order in which they are printed."""
    return {key: found[key] for key in ("pairwise", "bcubed", "joint_purchase_recall", "purity")}


def _table(found: dict[str, Any]) -> str:
    lines = [
        f"{found['n']} items, engine {found['engine']}, {found['seconds']:.1f} seconds",
        *_lines(found),
    ]
    if "folds" in found:
        lines[0] += f", out of family in {len(found['folds'])} folds"
        cuts = ", ".join(f"{fold['cut']:.2f}" for fold in found["folds"])
        lines.append(f"Cuts chosen {cuts}")
    if found["calibration_error"] is not None:
        lines.append(f"Expected calibration error {found['calibration_error']:.3f}")
    words = (f"{band} {rate['right']:.0%} of {rate['members']}" for band, rate in found["bands"].items())
    lines.append(f"Members right: {', '.join(words)}")
    label = found["label"]
    lines.append(f"Headings   precision {label['precision']:.3f}  recall {label['recall']:.3f}")
    others = {f"without {term}": figures for term, figures in found.get("without", {}).items()}
    others |= found.get("peers", {})
    if others:
        lines += ["", f"{'':<44} precision  recall      F1  B-cubed      JP", _peer_line("this matcher", found)]
        lines += [_peer_line(name, figures) for name, figures in others.items()]
    return "\n".join(lines)


def _lines(found: dict[str, Any]) -> list[str]:
    lines = [
        f"{name:<10} precision {found[key]['precision']:.3f}  recall {found[key]['recall']:.3f}"
        f"  F1 {found[key]['f1']:.3f}"
        for key, name in (("pairwise", "Pairwise"), ("bcubed", "B-cubed"))
    ]
    return [*lines, f"Joint purchase recall {found['joint_purchase_recall']:.3f}, pure {found['purity']:.3f}"]


def _peer_line(name: str, found: dict[str, Any]) -> str:
    if found.get("status", "measured") != "measured":
        return f"{name:<44} {found['status']}"
    pairwise = found["pairwise"]
    return (
        f"{name:<44} {pairwise['precision']:>9.3f} {pairwise['recall']:>7.3f} {pairwise['f1']:>7.3f}"
        f" {found['bcubed']['f1']:>8.3f} {found['joint_purchase_recall']:>7.3f}"
    )
