"""The calibration that comes with the engine is fitted to labelled files, and written only when told to."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from procurement.management import measuring
from procurement.matching import calibration
from tests.matching.builders import HashedWords


@pytest.fixture(autouse=True)
def small_files(monkeypatch, tmp_path):
    """Two small labelled files in place of the demonstration, and a model that needs no files."""
    monkeypatch.setattr(measuring, "embedder", lambda engine, options: HashedWords())
    rows = [("a", "Payroll system", "pay"), ("b", "Payroll software", "pay"), ("c", "Parking permits", "park")]
    rows += [("d", "Payroll system", "another"), ("e", "Parking permits online", "park")]
    text = "\n".join(
        json.dumps({"id": id, "title": title, "borough": f"borough {id}", "users": 10, "cluster": cluster})
        for id, title, cluster in rows
    )
    path = tmp_path / "labelled.jsonl"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(measuring, "_DEMONSTRATION", (str(path),))
    monkeypatch.setattr(calibration, "__file__", str(tmp_path / "calibration.py"))
    return tmp_path


def test_says_before_and_after_and_writes_nothing_unasked(small_files, capsys):
    call_command("fit_calibration")
    said = capsys.readouterr().out
    shipped = calibration.shipped()
    assert f"Before: slope {shipped.slope}, offset {shipped.offset}" in said
    assert "labelled.jsonl: expected calibration error" in said
    assert not (small_files / "calibration.json").exists()


def test_writes_the_numbers_and_what_they_were_fitted_on(small_files, capsys):
    call_command("fit_calibration", "--write")
    written = json.loads((small_files / "calibration.json").read_text(encoding="utf-8"))
    assert written["fitted_on"] == ["labelled.jsonl"]
    assert f"After:  slope {written['slope']}, offset {written['offset']}" in capsys.readouterr().out


def test_files_without_a_true_pair_are_refused(small_files, monkeypatch):
    path = small_files / "apart.jsonl"
    rows = [{"id": id, "title": "Payroll", "borough": id, "cluster": id} for id in "abc"]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    monkeypatch.setattr(measuring, "_DEMONSTRATION", (str(path),))
    with pytest.raises(CommandError, match="belong together and pairs that do not"):
        call_command("fit_calibration")


def test_without_the_model_there_is_nothing_to_fit(monkeypatch):
    monkeypatch.setattr(measuring, "embedder", lambda engine, options: None)
    with pytest.raises(CommandError, match="not installed"):
        call_command("fit_calibration")
