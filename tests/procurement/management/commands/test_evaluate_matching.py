"""manage.py evaluate_matching"""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from procurement.management import measuring
from procurement.management.commands import evaluate_matching
from procurement.matching import Config, Decision, Item, Result, match
from procurement.matching.evaluation import fitting, peers

DEMO = Path(settings.BASE_DIR) / "boroughs" / "data" / "demo"
PARKING = "Parking permits and penalty charge notice back office"
PAYROLL = "Payroll and HR system for council staff"


def need(key: str, borough: str, title: str, cluster: str) -> dict[str, Any]:
    return {
        "id": key,
        "borough": borough,
        "title": title,
        "problem": title,
        "description": title,
        "requirements": [{"text": f"{title} online", "priority": "must"}],
        "users_description": "Officers",
        "category": "parking" if "Parking" in title else "hr-payroll",
        "kind": "managed_service",
        "cluster": cluster,
        "family": f"{cluster}-family",
        "note": "secret-note",
    }


KEYS = {"n", "engine", "pairwise", "bcubed", "joint_purchase_recall", "purity", "calibration_error", "label"} | {
    "bands",
    "seconds",
}
ROWS = [
    need("N-1", "camden", PARKING, "secret-parking"),
    need("N-2", "brent", PARKING, "secret-parking"),
    need("N-3", "camden", PAYROLL, "secret-payroll"),
    need("N-4", "ealing", PAYROLL, "secret-payroll"),
]


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    return written(tmp_path, *ROWS)


def written(folder: Path, *rows: dict[str, Any] | str) -> Path:
    path = folder / "needs.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return path


def evaluated(path: Path, *options: str) -> str:
    said = io.StringIO()
    call_command("evaluate_matching", str(path), "--engine", "tfidf", *options, stdout=said)
    return said.getvalue()


def test_evaluate_matching_as_json_needs_no_database(labelled: Path) -> None:
    figures = json.loads(evaluated(labelled, "--json"))

    assert set(figures) == KEYS
    assert all(set(figures[key]) == {"precision", "recall", "f1"} for key in ("pairwise", "bcubed", "label"))
    assert (figures["n"], figures["engine"]) == (4, "tfidf")
    # Two true groups of two boroughs, in words that leave no doubt.
    assert figures["pairwise"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert figures["joint_purchase_recall"] == 1.0
    assert figures["seconds"] >= 0


def test_evaluate_matching_as_table(labelled: Path) -> None:
    said = evaluated(labelled)
    assert said.startswith("4 items, engine tfidf, ")
    assert "Pairwise   precision 1.000  recall 1.000  F1 1.000" in said
    assert "Joint purchase recall 1.000" in said


def test_evaluate_matching_of_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.jsonl cannot be read: No such file"):
        evaluated(tmp_path / "nowhere.jsonl")


def test_evaluate_matching_names_the_broken_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"^Line 3: not JSON"):
        evaluated(written(tmp_path, ROWS[0], ROWS[1], "{broken", ROWS[2]))


def test_evaluate_matching_wants_a_label_on_every_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"^Line 2: no label"):
        evaluated(written(tmp_path, ROWS[0], ROWS[1] | {"cluster": ""}))


def test_evaluate_matching_keeps_the_labels_from_the_engine(labelled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def watched(items: tuple[Item, ...], decisions: tuple[Decision, ...], config: Config, **model: Any) -> Result:
        seen.append(repr((items, decisions, config)))
        return match(items, decisions, config, **model)

    for module in (evaluate_matching, fitting):
        monkeypatch.setattr(module, "match", watched)
    evaluated(labelled, "--cross-validate")

    assert "Parking permits" in seen[0]
    assert not any("secret" in given for given in seen)
    # Only the headings of the true groups are asked for with rulings, in a run of their own.
    assert sum("together=True" in given for given in seen) == 1


@pytest.mark.parametrize("engine", ["minilm", "tfidf"])
def test_evaluate_matching_runs_the_engine_that_is_asked_for(
    labelled: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def watched(items: tuple[Item, ...], decisions: tuple[Decision, ...], config: Config, **model: Any) -> Result:
        asked.append(config.engine)
        return match((), (), Config(engine="tfidf"))

    monkeypatch.setattr(evaluate_matching, "match", watched)
    said = io.StringIO()
    call_command("evaluate_matching", str(labelled), "--engine", engine, "--json", stdout=said)

    assert set(asked) == {engine}
    assert json.loads(said.getvalue())["engine"] == engine


def test_evaluate_matching_refuses_an_unknown_engine(labelled: Path) -> None:
    with pytest.raises(CommandError, match="invalid choice: 'magic'"):
        call_command("evaluate_matching", str(labelled), "--engine", "magic")


@pytest.mark.parametrize("name", ["needs_a.jsonl", "needs_b.jsonl"])
def test_evaluate_matching_reads_the_demonstration_set(name: str) -> None:
    figures = json.loads(evaluated(DEMO / name, "--json"))
    assert figures["n"] == 150
    # Far below what it reaches, far above what chance would.
    assert figures["pairwise"]["f1"] > 0.2


def test_cross_validation_adds_what_each_fold_chose(labelled: Path) -> None:
    figures = json.loads(evaluated(labelled, "--cross-validate", "--json"))

    assert set(figures) == KEYS | {"folds", "seed"}
    assert [fold["families"] for fold in sorted(figures["folds"], key=lambda fold: fold["families"])] == [
        ["secret-parking-family"],
        ["secret-payroll-family"],
    ]
    assert all(0.28 <= fold["cut"] <= 0.6 for fold in figures["folds"])
    assert figures["pairwise"]["f1"] == 1.0


def test_calibration_is_judged_as_it_is_shipped_and_out_of_family(labelled: Path) -> None:
    said = io.StringIO()
    call_command("evaluate_matching", str(labelled), "--json", stdout=said)
    shipped = json.loads(said.getvalue())["calibration_error"]
    assert 0 <= shipped <= 1
    # The shipped numbers are not those of another engine.
    assert json.loads(evaluated(labelled, "--json"))["calibration_error"] is None


def test_ablation_leaves_out_each_part_of_the_score(labelled: Path) -> None:
    figures = json.loads(evaluated(labelled, "--ablate", "--json"))
    # TF-IDF has words alone; without them nothing is found.
    assert set(figures["without"]) == {"words"}
    assert figures["without"]["words"]["pairwise"]["recall"] == 0.0
    assert figures["pairwise"]["recall"] == 1.0
    assert "without words" in evaluated(labelled, "--ablate")


def test_cross_validation_wants_two_families(tmp_path: Path) -> None:
    path = written(tmp_path, *(row | {"family": "one"} for row in ROWS))
    with pytest.raises(CommandError, match="nothing to hold out"):
        evaluated(path, "--cross-validate")


def test_peers_are_measured_or_say_why_not(labelled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def right(texts: peers.Texts, seed: int) -> peers.Trainer:
        return lambda judged: lambda value: np.array([0, 0, 1, 1])

    def missing(texts: peers.Texts, seed: int) -> peers.Trainer:
        raise peers.NotInstalled("some_library")

    def broken(texts: peers.Texts, seed: int) -> peers.Trainer:
        raise RuntimeError("it broke")

    three = tuple(peers.Peer(build.__name__, (1,), build) for build in (right, missing, broken))
    monkeypatch.setattr(evaluate_matching, "PEERS", three)
    monkeypatch.setattr(measuring, "embedder", lambda engine, options: None)
    figures = json.loads(evaluated(labelled, "--peers", "--json"))["peers"]

    assert list(figures)[:3] == ["right", "missing", "broken"]
    assert figures["right"]["pairwise"]["f1"] == 1.0
    assert figures["missing"] == {"status": "not installed: some_library"}
    assert figures["broken"] == {"status": "failed: RuntimeError: it broke"}
    said = evaluated(labelled, "--peers")
    assert "this matcher" in said
    assert "not installed: some_library" in said
