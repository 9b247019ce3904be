"""manage.py evaluate_classification"""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from procurement.management import measuring
from procurement.matching.embed import EmbedderUnavailable

DEMO = Path(settings.BASE_DIR) / "boroughs" / "data" / "demo" / "needs_a.jsonl"
CLASSES = Path(settings.BASE_DIR) / "benchmarks" / "data" / "classes.csv"
OWN = [CLASSES.parent / "needs_mixed.jsonl", CLASSES.parent / "needs_terse.jsonl"]

PARKING = {"id": "1", "borough": "camden", "title": "Parking permits", "cluster": "permits", "kind": "software"}
PAYROLL = {"id": "2", "borough": "camden", "title": "Payroll system", "cluster": "pay", "problem": "Pay is late."}


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> None:
        raise EmbedderUnavailable("No model here.")

    monkeypatch.setattr(measuring, "MiniLmEmbedder", absent)


def written(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "needs.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def evaluated(path: Path, *options: str) -> str:
    said = io.StringIO()
    call_command("evaluate_classification", str(path), *options, stdout=said, stderr=io.StringIO())
    return said.getvalue()


def test_hints_and_categories_of_the_rows_are_labels_and_not_read(tmp_path: Path, no_model: None) -> None:
    path = written(tmp_path, PARKING | {"category_hint": "parking"}, PAYROLL | {"category": "parking"})
    found = json.loads(evaluated(path, "--json"))
    # Were the second label read, it would be suggested.
    assert found["category"]["labelled"] == 2
    assert found["category"]["first"] == found["category"]["among"] == 0.5
    assert found["kind"] == {"labelled": 1, "first": 1, "among": 1, "silent": 0, "shown": found["kind"]["shown"]}


def test_misses_are_printed_with_their_texts(tmp_path: Path, no_model: None) -> None:
    path = written(tmp_path, PARKING | {"category_hint": "parking"}, PAYROLL | {"category_hint": "parking"})
    said = evaluated(path, "--misses", "category")
    assert "2 Payroll system\n  label: parking; suggested: hr-payroll" in said
    assert "Pay is late." in said
    assert "1 Parking permits" not in said


def test_groups_lend_their_labels(tmp_path: Path, no_model: None) -> None:
    classes = tmp_path / "classes.csv"
    classes.write_text("cluster,category,kind\npay,hr-payroll,software\n", encoding="utf-8")
    path = written(tmp_path, PARKING, PAYROLL)
    assert "category   no labels in this file" in evaluated(path)
    found = json.loads(evaluated(path, "--json", "--classes", str(classes)))
    assert (found["category"]["labelled"], found["category"]["first"]) == (1, 1)
    assert found["kind"]["labelled"] == 2


def test_a_wrong_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        evaluated(tmp_path / "none.jsonl")
    with pytest.raises(CommandError, match="cannot be read"):
        evaluated(written(tmp_path, PARKING), "--classes", str(tmp_path / "none.csv"))


def test_the_demonstration_keeps_its_quality() -> None:
    found = json.loads(evaluated(DEMO, "--json"))
    assert found["category"]["among"] > 0.93
    assert found["category"]["first"] > 0.8
    assert found["kind"]["among"] > 0.88


def test_every_labelled_group_is_there() -> None:
    rows = [json.loads(line) for path in OWN for line in path.read_text(encoding="utf-8").splitlines()]
    labelled = {line.split(",")[0] for line in CLASSES.read_text(encoding="utf-8").splitlines()[1:]}
    assert {row["cluster"] for row in rows} <= labelled
