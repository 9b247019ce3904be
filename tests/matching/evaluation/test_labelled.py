from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date

import pytest

from procurement.matching.evaluation.labelled import LabelledFileError, read
from tests.matching.builders import shared_data

NEED = {
    "id": "N-1",
    "borough": "camden",
    "title": "Phones",
    "problem": None,
    "description": "Mobile phones",
    "requirements": ["5G"],
    "category_hint": "mobile",
    "cpv": [],
    "budget_min": 10,
    "budget_max": 20,
    "users": None,
    "start": "2027-01-01",
    "months": 24,
    "contract_end": "2026-12-31",
    "incumbent": None,
    "cluster": "secret-label",
    "cluster_size": 4,
    "family": "secret-family",
    "note": "secret-note",
}
NOTICE = {
    "id": "R-1",
    "buyer": "Leeds City Council",
    "title": "Mobile airtime",
    "description": ".",
    "cpv": ["64212000"],
    "value": 1000.4,
    "start": "2020-01-01",
    "end": "2022-01-01",
    "cluster": "secret-label",
}


def written(tmp_path, *rows):
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_reads_both_shapes(tmp_path):
    labelled = read(written(tmp_path, NEED, "", NOTICE))
    need, notice = labelled.items
    assert (need.owner, need.category, need.requirements, need.contract_end) == (
        "camden",
        "mobile",
        ("5G",),
        date(2026, 12, 31),
    )
    assert (notice.owner, notice.description, notice.budget_max, notice.months) == (
        "Leeds City Council",
        "",
        1000,
        24,
    )
    assert labelled.gold == {"N-1": "secret-label", "R-1": "secret-label"}


def test_reads_needs_as_the_demonstration_has_them(tmp_path):
    row = {
        **NEED,
        "requirements": [{"text": "5G", "priority": "must"}, {"text": "Porting", "priority": "should"}],
        "category": "mobile-phones",
        "kind": "managed_service",
        "users_description": "Field staff",
    }
    del row["category_hint"]
    (item,) = read(written(tmp_path, row)).items
    assert item.requirements == ("5G", "Porting")
    assert (item.category, item.kind, item.description) == (
        "mobile-phones",
        "managed_service",
        "Field staff\nMobile phones",
    )


def test_labels_never_reach_the_items(tmp_path):
    labelled = read(written(tmp_path, NEED, NOTICE))
    assert "secret" not in json.dumps([asdict(item) for item in labelled.items], default=str)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("{not json", "Line 2: not JSON"),
        ("[1]", "Line 2: expected one JSON object"),
        ({**NOTICE, "cluster": None}, "Line 2: no label"),
        ({**NOTICE, "buyer": ""}, "Line 2: no authority"),
        ({**NOTICE, "title": ""}, 'Line 2: the fields "id" and "title"'),
        ({**NEED}, "Line 2: the id 'N-1' is used twice"),
        ({**NEED, "id": "N-2", "start": "soon"}, "Line 2: "),
        ({**NEED, "id": "N-2", "users": "many"}, "Line 2: "),
    ],
)
def test_says_which_line_is_at_fault(tmp_path, row, words):
    with pytest.raises(LabelledFileError, match=r"^Line 2") as caught:
        read(written(tmp_path, NEED, row))
    assert words in str(caught.value)


def test_refuses_missing_empty_and_binary_files(tmp_path):
    with pytest.raises(LabelledFileError, match="cannot be read"):
        read(tmp_path / "nowhere.jsonl")
    with pytest.raises(LabelledFileError, match="holds no rows"):
        read(written(tmp_path, ""))
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LabelledFileError, match="not a UTF-8"):
        read(tmp_path / "binary")


@pytest.mark.parametrize(("name", "count"), [("needs_dev.jsonl", 204), ("notices_dev.jsonl", 312)])
def test_reads_the_labelled_sets(name, count):
    labelled = read(shared_data(name))
    assert len(labelled.items) == len(labelled.gold) == count
