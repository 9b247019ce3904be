from __future__ import annotations

import pytest

from procurement.matching.evaluation.metrics import bcubed, joint_purchase_recall, pairwise

GOLD = {"a": "1", "b": "1", "c": "1", "d": "2", "e": "2"}
# {a, b} {c, d, e}: pairs found ab, cd, ce, de; right ab and de; true pairs ab, ac, bc, de.
FOUND = {"a": "x", "b": "x", "c": "y", "d": "y", "e": "y"}


def test_pairwise_by_hand():
    quality = pairwise(GOLD, FOUND)
    assert (quality.precision, quality.recall, quality.f1) == (0.5, 0.5, 0.5)


def test_bcubed_by_hand():
    quality = bcubed(GOLD, FOUND)
    assert quality.precision == pytest.approx((1 + 1 + 1 / 3 + 2 / 3 + 2 / 3) / 5)
    assert quality.recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1) / 5)
    assert quality.f1 == pytest.approx(11 / 15)


def test_perfect_and_empty_groupings():
    assert pairwise(GOLD, GOLD).f1 == bcubed(GOLD, GOLD).f1 == 1.0
    alone = {item: item for item in GOLD}
    assert pairwise(GOLD, alone).f1 == 0.0
    assert bcubed(GOLD, alone).precision == 1.0
    assert bcubed({}, {}).f1 == pairwise({}, {}).f1 == 0.0


@pytest.mark.parametrize(
    ("found", "recall"),
    [
        ({"a": "x", "b": "x", "c": "x", "d": "x", "e": "y"}, 1.0),  # four of five, nobody foreign
        ({"a": "x", "b": "x", "c": "x", "d": "y", "e": "y"}, 0.0),  # three of five
        ({"a": "x", "b": "x", "c": "x", "d": "x", "e": "x", "z": "x"}, 0.0),  # a foreign member
    ],
)
def test_joint_purchase_recall(found, recall):
    gold = dict.fromkeys("abcde", "1") | {"z": "2"}
    owners = {"a": "A", "b": "B", "c": "C", "d": "D", "e": "E", "z": "Z"}
    assert joint_purchase_recall(gold, {"z": "alone"} | found, owners) == recall


def test_groups_of_one_owner_are_no_joint_purchase():
    assert joint_purchase_recall(GOLD, FOUND, dict.fromkeys(GOLD, "same")) == 0.0
