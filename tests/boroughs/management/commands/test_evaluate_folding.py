"""manage.py evaluate_folding"""

import io
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

PAIRS = Path(settings.BASE_DIR) / "benchmarks" / "data" / "supplier_pairs.csv"


def evaluated(path: Path) -> str:
    said = io.StringIO()
    call_command("evaluate_folding", str(path), stdout=said)
    return said.getvalue()


def test_folding_is_nearly_never_wrong_on_the_labelled_pairs() -> None:
    said = evaluated(PAIRS)
    figures = re.search(r"precision (\S+), recall (\S+)", said)
    assert "200 pairs" in said
    assert figures
    assert float(figures[1]) >= 0.98
    assert float(figures[2]) >= 0.85


def test_misses_of_both_kinds_are_named_with_what_is_suggested(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text(
        "name_a,name_b,same,note\n"
        "Civica UK Ltd,CIVICA,1,brand\n"
        "Softcat plc,Softcat Ltd,0,two forms\n"
        "Phoenix Software Ltd,Pheonix Software Ltd,1,slip\n",
        encoding="utf-8",
    )
    said = evaluated(path)
    assert "precision 0.500, recall 0.500" in said
    assert "  Softcat plc | Softcat Ltd (two forms)" in said
    assert "  Phoenix Software Ltd | Pheonix Software Ltd (slip; suggested: They differ by one letter.)" in said
    assert "CIVICA" not in said


@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n", "name_a,name_b,same,note\nA,B,yes,\n", "name_a,name_b,same,note\nA,B,1\n", "\x00\xff"]
)
def test_file_of_another_kind_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "pairs.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(CommandError):
        evaluated(path)
    with pytest.raises(CommandError):
        evaluated(tmp_path / "missing.csv")


def test_without_a_pair_of_one_supplier_there_is_nothing_to_divide(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("name_a,name_b,same,note\nXMA Ltd,XML Ltd,0,\n", encoding="utf-8")
    assert "precision not measured, recall not measured" in evaluated(path)
