"""manage.py evaluate_lookalikes"""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from procurement.management import measuring
from tests.matching.builders import HashedWords

# Two groups of other boroughs' needs, one in words of their own; one borough repeats itself; one need stands alone.
ROWS = [
    ("camden", "Parking permits", "Permits are printed.", "parking"),
    ("brent", "Parking permits online", "Permits take two weeks.", "parking"),
    ("camden", "Parking permits again", "Permits are posted.", "parking"),
    ("ealing", "Payroll bureau", "Pensions of council staff.", "payroll"),
    ("harrow", "Payroll and pensions", "Payroll of council staff.", "payroll"),
    ("barnet", "Library kiosks", "Loans are slow.", "library"),
]


def labelled(folder: Path, rows: list[tuple[str, str, str, str]]) -> Path:
    path = folder / "needs.jsonl"
    names = ("borough", "title", "problem", "cluster")
    lines = [{"id": f"N-{number}"} | dict(zip(names, row, strict=True)) for number, row in enumerate(rows)]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def _model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "embedder", lambda engine, options: HashedWords())


def asked(path: Path, **options: Any) -> str:
    out = io.StringIO()
    call_command("evaluate_lookalikes", path, stdout=out, **options)
    return out.getvalue()


def test_it_asks_for_each_need_that_has_a_like_one_elsewhere(tmp_path: Path) -> None:
    found = json.loads(asked(labelled(tmp_path, ROWS), json=True))
    assert (found["n"], found["asked"]) == (6, 5)
    recall = found["recall_at_5"]
    assert recall["icontains, most words first"] == 1.0
    assert 0 < recall["panel"] <= 1.0


def test_words_that_no_text_has_find_nothing(tmp_path: Path) -> None:
    rows = [("camden", "Permits", "", "parking"), ("brent", "Vouchers", "", "parking")]
    found = json.loads(asked(labelled(tmp_path, rows), json=True))
    assert found["recall_at_5"]["icontains, most words first"] == 0.0


def test_table_names_both(tmp_path: Path) -> None:
    text = asked(labelled(tmp_path, ROWS))
    assert text.startswith("6 needs, 5 of them")
    assert "Recall at 5, panel" in text
    assert "Recall at 5, icontains" in text


def test_file_without_like_needs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No need of the file"):
        asked(labelled(tmp_path, ROWS[-1:]))
