"""The cut is chosen on labelled files by one command, which changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from procurement.management import measuring
from procurement.management.commands import fit_cut
from procurement.matching.evaluation.fitting import GRID
from procurement.matching.score import PROFILES
from tests.matching.builders import HashedWords


def labelled(path: Path, rows: list[tuple[str, str]]) -> Path:
    lines = (
        json.dumps({"id": f"{n}", "title": title, "borough": f"borough {n}", "users": 10, "cluster": cluster})
        for n, (title, cluster) in enumerate(rows)
    )
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Path]:
    monkeypatch.setattr(measuring, "embedder", lambda engine, options: HashedWords())
    one = [("Payroll system", "pay"), ("Payroll software", "pay"), ("Parking permits", "park")]
    other = [("Parking permits", "a"), ("Parking permits", "b"), ("Waste routes", "c")]
    return [labelled(tmp_path / "needs_one.jsonl", one), labelled(tmp_path / "needs_other.jsonl", other)]


def test_says_what_is_shipped_and_what_each_file_would_choose(
    files: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("fit_cut", *map(str, files))
    said = capsys.readouterr().out
    assert f"Shipped: cut {PROFILES['minilm'].cut:.2f}" in said
    assert said.count("on average") == 5
    # In the second file any cut that joins the two alike is wrong, so what it would choose says so to the first.
    (second,) = [line for line in said.splitlines() if line.startswith("Best on needs_other.jsonl")]
    assert "; on all others: cut" in second


def test_project_s_own_files_are_the_default(
    files: list[Path], monkeypatch: pytest.MonkeyPatch, settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.BASE_DIR = files[0].parent
    monkeypatch.setattr(fit_cut, "_OWN", "needs_o*.jsonl")
    monkeypatch.setattr(measuring, "config", lambda engine: measuring.Config(engine=engine))
    call_command("fit_cut")
    said = capsys.readouterr().out
    assert [name for name in ("needs_one.jsonl", "needs_other.jsonl") if f"Best on {name}" in said] == [
        "needs_one.jsonl",
        "needs_other.jsonl",
    ]


def test_without_the_model_it_is_another_cut(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "embedder", lambda engine, options: None)
    with pytest.raises(CommandError, match="not installed"):
        call_command("fit_cut", str(files[0]))


def test_shipped_settings_are_among_those_that_are_tried() -> None:
    assert (PROFILES["minilm"].cut, PROFILES["minilm"].thin) in GRID
