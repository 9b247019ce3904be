from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from procurement.matching import Config, Item, match
from procurement.matching.distinct import UNKNOWN
from procurement.matching.explain import heaviest
from tests.matching.builders import CAPABILITIES, HashedWords

LEFT = Item("a", "camden", "PCN handhelds", users=60, description="Penalty charge notice handhelds for officers.")
RIGHT = Item("b", "barnet", "PCN handhelds", users=60, description="Handhelds that issue a penalty charge notice.")


def reasons(left=LEFT, right=RIGHT):
    config = Config(capabilities=CAPABILITIES, cut=0.0, floor=0.0)
    (pair,) = match([left, right], (), config, embedder=HashedWords()).pairs
    return {reason.code: reason for reason in pair.reasons}


def test_says_what_both_want_and_which_words_they_share():
    found = reasons()
    assert found["concept"].words == "Both want: PCN processing system"
    assert found["words"].words.startswith("Shared words: ")
    assert "PCN" in found["words"].words
    assert found["concept"].weight > 0.1


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"incumbent": "Civica"}, "incumbent", "Both say the product in use today is Civica"),
        ({"contract_end": date(2027, 3, 31)}, "ends-together", "Contracts end within 3 months of each other"),
        ({"category": "parking"}, "stated-category", "Both are filed under parking management and permits"),
        ({"kind": "software"}, "kind", "Both want software"),
        ({"owner": "camden"}, "same-owner", "Both come from the same borough: perhaps one need logged twice"),
    ],
)
def test_what_two_have_in_common(change, code, words):
    assert reasons(replace(LEFT, **change), replace(RIGHT, **change))[code].words == words


def test_descriptions_are_said_to_be_as_alike_as_they_are():
    twin = replace(LEFT, id="b", owner="barnet")
    other = replace(twin, description="Printers, chargers and spare batteries that last a shift in the rain.")
    assert reasons(LEFT, twin)["meaning"].words == "The two descriptions mean much the same"
    assert reasons(LEFT, other)["meaning"].words == "The two descriptions have something in common"


@pytest.mark.parametrize(
    ("left", "right", "code", "words"),
    [
        (
            {"kind": "software"},
            {"kind": "managed-service"},
            "other-kind",
            "One wants software, the other a managed service",
        ),
        (
            {"contract_end": date(2026, 3, 31)},
            {"contract_end": date(2029, 3, 31)},
            "ends-apart",
            "Contracts end more than 18 months apart",
        ),
        ({"budget_max": 10_000}, {"budget_max": 900_000}, "budgets", "Budgets differ more than tenfold"),
        (
            {"category": "parking"},
            {"category": "library"},
            "other-category",
            "Filed under different categories: Parking management and permits and Library management",
        ),
    ],
)
def test_what_speaks_against(left, right, code, words):
    reason = reasons(replace(LEFT, **left), replace(RIGHT, **right))[code]
    assert reason.words == words
    assert reason.weight <= 0


def test_circumstances_are_no_part_of_the_score():
    found = reasons(replace(LEFT, contract_end=date(2027, 1, 1)), replace(RIGHT, contract_end=date(2027, 2, 1)))
    assert found["ends-together"].weight == 0


@pytest.mark.parametrize("most", [1, 3, 9])
def test_the_heaviest_entries_are_those_that_a_full_sort_puts_first(most):
    random = np.random.default_rng(7)
    dense = random.integers(0, 30, (60, 80)) * (random.random((60, 80)) < random.random((60, 1))) / 20
    # Differences below a millionth do not count: of such the first column comes first.
    dense += random.random(dense.shape) * 1e-7 * (dense > 0)
    dense[0] = 0.0
    dense[1, :40] = 0.5

    found = heaviest(csr_matrix(dense), most)

    millionths = np.rint(dense.clip(0, 1) * 1_000_000)
    for row, columns in zip(millionths, found.tolist(), strict=True):
        order = [column for column in np.argsort(-row, kind="stable").tolist() if row[column]][:most]
        assert columns == order + [UNKNOWN] * (most - len(order))
