from __future__ import annotations

from collections.abc import Mapping

import pytest

from procurement.matching import Item
from procurement.matching.evaluation.figures import measured
from procurement.matching.evaluation.fitting import CHANCE, best_of, careful, f1, near, once
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


def graded(setting: tuple[float, float]) -> Mapping[str, str]:
    """Right from a cut of 0.40 on; below everything is in one group, which aims at 0.9 less."""
    return GOLD if setting[0] >= 0.4 else dict.fromkeys(GOLD, "all")


GRADED = tuple((cut, thin) for cut in (0.36, 0.38, 0.4, 0.42, 0.44) for thin in (0.16, 0.22))


def test_the_usual_setting_is_kept_where_nothing_does_better() -> None:
    assert near(SET, GRADED, graded, careful, (0.42, 0.22)) == (0.42, 0.22)


def test_where_others_do_clearly_better_the_nearest_of_them_is_chosen() -> None:
    assert near(SET, GRADED, graded, careful, (0.36, 0.22)) == (0.4, 0.22)


def test_the_usual_setting_need_not_be_one_of_those_tried() -> None:
    assert near(SET, GRADED, graded, careful, (0.5, 0.3)) == (0.44, 0.22)


def test_a_difference_that_chance_could_make_does_not_move_it() -> None:
    aims = {0.38: 1.0, 0.4: 1.0 + CHANCE / 2, 0.42: 1.0 + 2 * CHANCE}
    found = iter([aims[0.38], aims[0.4], aims[0.38], aims[0.42]])
    assert near(SET, [(0.38, 0.22), (0.4, 0.22)], graded, lambda _: next(found), (0.38, 0.22)) == (0.38, 0.22)
    assert near(SET, [(0.38, 0.22), (0.42, 0.22)], graded, lambda _: next(found), (0.38, 0.22)) == (0.42, 0.22)


def test_of_two_as_near_the_better_is_chosen() -> None:
    found = iter([1.0, 1.0 + CHANCE / 4])
    assert near(SET, [(0.36, 0.22), (0.4, 0.22)], graded, lambda _: next(found), (0.38, 0.22)) == (0.4, 0.22)


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
