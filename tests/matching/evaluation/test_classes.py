from __future__ import annotations

from pathlib import Path

import pytest

from procurement.matching import Item
from procurement.matching.classify import Classification, Hint
from procurement.matching.evaluation.classes import Accuracy, Labels, accuracy, judged, labels, of_groups
from procurement.matching.evaluation.labelled import Labelled, LabelledFileError


def hints(*codes: str) -> tuple[Hint, ...]:
    return tuple(Hint(code, 0.5, "") for code in codes)


ITEMS = (
    Item("a", "camden", "A", category="parking", kind="managed_service"),
    Item("b", "camden", "B"),
    Item("c", "camden", "C"),
)
LABELLED = Labelled(ITEMS, {"a": "one", "b": "one", "c": "two"})


def test_a_row_speaks_before_its_group_and_without_either_there_is_no_label():
    found = labels(LABELLED, {"one": Labels("planning", "software")})
    assert found == {
        "a": Labels("parking", "managed-service"),
        "b": Labels("planning", "software"),
        "c": Labels("", ""),
    }


def test_only_labelled_items_count_and_silence_is_a_miss():
    known = {"a": Labels("parking", ""), "b": Labels("planning", ""), "c": Labels("", "")}
    suggested = {
        "a": Classification(categories=hints("waste", "parking")),
        "b": Classification(),
        "c": Classification(categories=hints("fleet")),
    }
    found = judged(ITEMS, known, suggested, "category")
    assert [(each.item.id, each.place) for each in found] == [("a", 1), ("b", None)]
    assert accuracy(found) == Accuracy(labelled=2, first=0, among=0.5, silent=1, shown=1)
    assert accuracy(judged(ITEMS, known, suggested, "kind")) == Accuracy(0, 0, 0, 0, 0)


def test_reads_labels_of_groups_and_says_what_is_wrong(tmp_path: Path):
    file = tmp_path / "classes.csv"
    file.write_text("cluster,category,kind\none,parking,software\n", encoding="utf-8")
    assert of_groups(file) == {"one": Labels("parking", "software")}
    file.write_text("cluster,kind\none,software\n", encoding="utf-8")
    with pytest.raises(LabelledFileError, match="columns cluster, category and kind"):
        of_groups(file)
    with pytest.raises(LabelledFileError, match="cannot be read"):
        of_groups(tmp_path / "none.csv")
