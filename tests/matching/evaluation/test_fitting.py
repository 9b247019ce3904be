from __future__ import annotations

from collections.abc import Mapping

import pytest

from procurement.matching import Item
from procurement.matching.evaluation.figures import measured
from procurement.matching.evaluation.fitting import best_of, careful, f1, once
from procurement.matching.evaluation.labelled import Labelled

GOLD = {"a": "1", "b": "1", "c": "2"}
SET = Labelled(tuple(Item(id, id, id) for id in GOLD), GOLD)


def predict(value: float) -> Mapping[str, str]:
    """Right from 2 to 4."""
    if value < 2:
        return dict.fromkeys(GOLD, "all")
    return GOLD if value <= 4 else {id: id for id in GOLD}


def test_the_middle_of_the_best_is_chosen() -> None:
    assert best_of(SET, (0, 1, 2, 3, 4, 5), predict, careful) == 3
    assert best_of(SET, (0, 2, 3, 5), predict, f1) == 2


def test_recall_ahead_of_precision_costs() -> None:
    figures = measured(SET, predict(0))
    assert figures.pairwise.recall > figures.pairwise.precision
    ahead = figures.pairwise.recall - figures.pairwise.precision
    assert careful(figures) == pytest.approx(figures.pairwise.f1 + figures.bcubed.f1 - ahead)


def test_labels_that_are_left_out_have_no_say() -> None:
    assert best_of(SET.judged_on({"a", "b"}), (0, 1), predict, f1) == 0


def test_a_grouping_is_made_once() -> None:
    asked: list[float] = []

    def counted(value: float) -> Mapping[str, str]:
        asked.append(value)
        return predict(value)

    kept = once(counted)
    assert kept(2) is kept(2)
    assert asked == [2]
