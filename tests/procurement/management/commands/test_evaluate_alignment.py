"""manage.py evaluate_alignment"""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from procurement.management.commands import evaluate_alignment
from procurement.management.commands.evaluate_alignment import Group, measured
from procurement.matching.align import WITHOUT_MODEL
from procurement.matching.embed import EmbedderUnavailable
from procurement.matching.items import Item

LABELS = Path(settings.BASE_DIR) / "boroughs" / "data" / "demo" / "alignments.jsonl"
GROUPS = {"it-health-check", "contact-centre"}  # one of each half


@pytest.fixture
def few(tmp_path: Path) -> Path:
    rows = [json.loads(row) for row in LABELS.read_text(encoding="utf-8").splitlines()]
    return written(tmp_path, [row for row in rows if row["group"] in GROUPS])


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> None:
        raise EmbedderUnavailable("No model here.")

    monkeypatch.setattr(evaluate_alignment, "MiniLmEmbedder", absent)


def written(folder: Path, rows: list[dict[str, Any]]) -> Path:
    path = folder / "labels.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def evaluated(path: Path, *options: str) -> str:
    said = io.StringIO()
    call_command("evaluate_alignment", str(path), *options, stdout=said, stderr=said)
    return said.getvalue()


def group(*needs: tuple[str, str, dict[str, list[str]]]) -> Group:
    return Group(
        tuple(Item(key, owner, "", requirements=tuple(lines)) for key, owner, lines in needs),
        {(key, text.casefold()): frozenset(states) for key, _, lines in needs for text, states in lines.items()},
    )


def test_a_perfect_alignment_scores_one():
    found = measured(
        [
            group(
                ("a", "camden", {"Wallboards in the office": ["walls"], "UK GDPR": ["standing"], "Ferry times": []}),
                ("b", "barnet", {"Wallboards in the office": ["walls"], "Choir bookings": []}),
            )
        ],
        WITHOUT_MODEL,
        None,
    )
    assert found["pairwise"] == found["standing"] == {"precision": 1, "recall": 1, "f1": 1}
    assert found["common_recall"] == found["joint_recall"] == found["right_shown"] == found["right_firm"] == 1
    assert (found["true_pairs"], found["true_common"], found["shown"]) == (1, 1, 1)


def test_what_is_wrongly_joined_and_what_is_missed_lowers_the_figures():
    found = measured(
        [
            group(
                ("a", "camden", {"Wallboards in the office": ["walls"], "Ferry times": ["boats"]}),
                ("b", "barnet", {"Wallboards in the office": ["desks"], "Shipping calendar": ["boats"]}),
            )
        ],
        WITHOUT_MODEL,
        None,
    )
    assert found["pairwise"] == {"precision": 0, "recall": 0, "f1": 0}
    assert found["common_recall"] == found["right_shown"] == 0
    assert (found["true_pairs"], found["true_common"], found["shown"]) == (1, 1, 1)


def test_the_cut_is_chosen_on_one_half_only(few: Path, no_model: None):
    figures = json.loads(evaluated(few, "--json").split("\n", 1)[1])
    other = [json.loads(row) for row in few.read_text(encoding="utf-8").splitlines()]
    for row in other:
        if row["half"] == "report":
            row["lines"] = [line | {"states": []} for line in row["lines"]]
    again = json.loads(evaluated(written(few.parent, other), "--json").split("\n", 1)[1])
    for name, engine in figures["engines"].items():
        assert again["engines"][name]["cut"] == engine["cut"]
        assert again["engines"][name]["tune"] == engine["tune"]
        assert engine["report"]["true_pairs"] > again["engines"][name]["report"]["true_pairs"] == 0


def test_without_a_model_it_says_so(few: Path, no_model: None):
    said = evaluated(few)
    assert "No model here. Words and aspects alone are measured." in said
    assert "TF-IDF alone" in said
    assert "meaning alone" not in said


def test_the_labelled_groups_keep_their_quality():
    groups = evaluate_alignment._read(LABELS)["report"]
    embedder = evaluate_alignment.Command()._embedder()
    found = measured(groups, evaluate_alignment.BLEND, embedder)
    assert found["pairwise"]["f1"] > 0.5
    assert found["common_recall"] > 0.75
    assert found["right_firm"] > 0.8
    assert found["standing"]["precision"] == 1
    alone = replace(evaluate_alignment._engines(True)["meaning alone"], cut=0.5)  # the best on the other half
    assert measured(groups, alone, embedder)["pairwise"]["f1"] < 0.45


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda rows: [row | {"lines": row["lines"][1:]} for row in rows], "no label for the line"),
        (lambda rows: [row | {"half": "tune"} for row in rows], "no group in one of the halves"),
        (lambda rows: [row | {"half": "other"} for row in rows], "not a file of labelled lines"),
        (lambda rows: [row | {"need": "DX-1"} for row in rows], "not a file of labelled lines"),
    ],
)
def test_a_wrong_file_is_refused(few: Path, change: Any, complaint: str):
    rows = [json.loads(row) for row in few.read_text(encoding="utf-8").splitlines()]
    with pytest.raises(CommandError, match=complaint):
        evaluated(written(few.parent, change(rows)))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(CommandError, match="cannot be read"):
        evaluated(tmp_path / "none.jsonl")
