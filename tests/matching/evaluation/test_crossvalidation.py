from __future__ import annotations

from collections.abc import Mapping

import pytest

from procurement.matching import Item
from procurement.matching.evaluation import crossvalidation
from procurement.matching.evaluation.crossvalidation import HeldOut, folds, out_of_family
from procurement.matching.evaluation.figures import measured
from procurement.matching.evaluation.labelled import Labelled


def labelled(gold: Mapping[str, str], families: Mapping[str, str]) -> Labelled:
    return Labelled(tuple(Item(id, f"owner {id}", f"Title {id}") for id in gold), dict(gold), dict(families))


GOLD = {"a": "1", "b": "1", "c": "2", "d": "2", "e": "3", "f": "3", "g": "4"}
FAMILIES = {"a": "P", "b": "P", "c": "P", "d": "P", "e": "Q", "f": "Q", "g": "R"}
SET = labelled(GOLD, FAMILIES)


def test_families_stay_whole_and_every_item_is_in_one_fold() -> None:
    dealt = folds(SET, 2)
    assert sorted(len(fold) for fold in dealt) == [3, 4]
    assert frozenset("abcd") in dealt
    assert frozenset().union(*dealt) == GOLD.keys()


def test_the_seed_rules_the_folds() -> None:
    many = labelled({str(n): f"g{n}" for n in range(40)}, {str(n): f"f{n}" for n in range(40)})
    assert folds(many, 5, seed=1) == folds(many, 5, seed=1)
    assert folds(many, 5, seed=1) != folds(many, 5, seed=2)
    assert [len(fold) for fold in folds(many, 5)] == [8] * 5


def test_families_with_a_group_in_common_are_not_parted() -> None:
    gold = {"a": "1", "b": "2", "c": "2", "d": "3", "e": "9"}
    families = {"a": "P", "b": "P", "c": "Q", "d": "Q", "e": "R"}
    assert set(folds(labelled(gold, families), 3)) == {frozenset("abcd"), frozenset("e")}
    late = {"a": "P", "b": "Q", "c": "Q", "d": "P", "e": "R"}
    joined = {"a": "1", "b": "2", "c": "1", "d": "3", "e": "9"}
    assert set(folds(labelled(joined, late), 3)) == {frozenset("abcd"), frozenset("e")}


def test_one_family_cannot_be_held_out() -> None:
    with pytest.raises(ValueError, match="one family"):
        folds(labelled({"a": "1", "b": "2"}, {"a": "P", "b": "P"}))


def test_a_fold_is_fitted_without_its_own_labels_and_grouped_with_what_was_fitted() -> None:
    dealt = folds(SET, 2)
    seen = []

    def fit(judged: Labelled) -> str:
        seen.append(frozenset(judged.gold))
        assert judged.families.keys() == judged.gold.keys()
        assert len(judged.items) == len(GOLD)
        return "".join(sorted(judged.gold))

    held = out_of_family(SET, dealt, fit, lambda fitted: dict.fromkeys(GOLD, fitted))
    assert seen == [GOLD.keys() - fold for fold in dealt]
    assert [(one.ids, set(one.found.values())) for one in held] == [
        (fold, {"".join(sorted(GOLD.keys() - fold))}) for fold in dealt
    ]


@pytest.mark.parametrize(
    "found",
    [
        GOLD,
        dict.fromkeys(GOLD, "all"),
        {id: id for id in GOLD},
        {"a": "x", "b": "x", "c": "x", "d": "y", "e": "y", "f": "y", "g": "y"},
    ],
)
def test_one_grouping_in_every_fold_gives_its_own_figures(found: Mapping[str, str]) -> None:
    held = [HeldOut(fold, None, found) for fold in folds(SET, 3)]
    ours, plain = crossvalidation.figures(SET, held), measured(SET, found)
    assert (ours.pairwise, ours.bcubed) == (plain.pairwise, plain.bcubed)
    assert ours.joint_purchase_recall == plain.joint_purchase_recall
    assert ours.purity == pytest.approx(plain.purity)


def test_each_item_is_judged_in_the_grouping_of_its_own_fold() -> None:
    everything = dict.fromkeys(GOLD, "all")
    held = [HeldOut(frozenset("abcd"), None, GOLD), HeldOut(frozenset("efg"), None, everything)]
    found = crossvalidation.figures(SET, held)
    # Found: ab, cd; among efg all 3; of their 12 pairs to the others, which only this grouping made, one half.
    assert found.pairwise.precision == pytest.approx(3 / (2 + 3 + 6))
    assert found.pairwise.recall == 1.0
    assert found.bcubed.precision == pytest.approx((4 + 2 / 7 + 2 / 7 + 1 / 7) / 7)
    assert found.joint_purchase_recall == pytest.approx(2 / 3)
