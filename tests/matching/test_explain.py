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


def test_says_what_both_name_and_which_words_they_share():
    found = reasons()
    assert found["concept"].words == "Both are about PCN processing system"
    assert found["words"].words.startswith("Shared words: ")
    assert "PCN" in found["words"].words
    assert found["concept"].weight > 0.1


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"incumbent": "Civica"}, "incumbent", "Both name Civica as in use today"),
        ({"contract_end": date(2027, 3, 31)}, "ends-together", "Contracts end within 3 months of each other"),
        ({"category": "parking"}, "stated-category", "Both are filed under parking management and permits"),
        ({"kind": "software"}, "kind", "Both want software"),
        ({"owner": "camden"}, "same-owner", "Both come from the same borough: perhaps one need logged twice"),
    ],
)
def test_what_two_have_in_common(change, code, words):
    assert reasons(replace(LEFT, **change), replace(RIGHT, **change))[code].words == words


TWIN = replace(LEFT, id="b", owner="barnet")
OTHER = replace(TWIN, description="Grounds maintenance of parks, trees and verges for three years.")


def test_descriptions_are_said_to_be_as_alike_as_they_are():
    assert reasons(LEFT, TWIN)["meaning"].words == "The two descriptions mean much the same"
    assert "other-meaning" not in reasons(LEFT, TWIN)


def test_descriptions_that_are_little_alike_do_not_speak_for_a_pair():
    found = reasons(LEFT, OTHER)
    assert found["other-meaning"].words == "The two descriptions are not much alike"
    assert "meaning" not in found


def test_two_are_about_a_thing_where_more_than_a_word_says_so():
    assert reasons(LEFT, TWIN)["concept"].words == "Both are about PCN processing system"
    passing = replace(
        TWIN, title="Rain jackets", description="Jackets with a pocket for whatever a PCN is printed with."
    )
    assert reasons(LEFT, passing)["concept"].words == "Both touch on PCN processing system"


@pytest.mark.parametrize(
    ("left", "right", "code", "words"),
    [
        ({"title": "Patrol software"}, {"title": "Patrol software"}, "kind", "By their words both want software"),
        (
            {"title": "Patrol software"},
            {"title": "Patrol software", "kind": "software"},
            "kind",
            "By their words both want software",
        ),
        (
            {"title": "Patrol software"},
            {"title": "Patrol laptops"},
            "other-kind",
            "By their words one wants software, the other equipment",
        ),
    ],
)
def test_a_kind_that_nobody_gave_is_told_as_read_off_their_words(left, right, code, words):
    bare = {"description": "", "users": None}
    assert reasons(replace(LEFT, **bare, **left), replace(RIGHT, **bare, **right))[code].words == words


@pytest.mark.parametrize(
    ("left", "right", "name"),
    [
        ("Mosaic (old)", "Mosaic", "Mosaic"),
        ("Mosaic (old)", "an Access database for some, Mosaic for the rest", "Mosaic"),
        ("Our own tool", "our own tool", "Our own tool"),
    ],
)
def test_of_products_in_use_what_both_say_is_told(left, right, name):
    found = reasons(replace(LEFT, incumbent=left), replace(RIGHT, incumbent=right))
    assert found["incumbent"].words == f"Both name {name} as in use today"


@pytest.mark.parametrize("nothing", ["None", "n/a", "unknown", "?"])
def test_to_say_that_nothing_is_in_use_is_nothing_in_common(nothing):
    assert "incumbent" not in reasons(replace(LEFT, incumbent=nothing), replace(RIGHT, incumbent=nothing))


def test_words_that_say_nothing_are_not_told_as_shared():
    one = Item("a", "camden", "Grave digital services", description="Mowing")
    two = Item("b", "barnet", "Boiler digital services", description="Boilers")
    assert reasons(one, two)["words"].words == "Shared words: digital services"
    assert "words" not in reasons(replace(one, title="Grave services"), two)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "Both leave empty: problem, requirements, users and present contract"),
        ({"users": 3}, "One of the two leaves empty: problem, requirements, users and present contract"),
    ],
)
def test_which_fields_are_empty(change, words):
    bare = replace(LEFT, users=None)
    assert reasons(bare, replace(RIGHT, **{"users": None, **change}))["thin"].words == words


def test_of_one_borough_only_what_is_alike_may_be_one_need():
    apart = Item("b", "camden", "Boilers", description="Annual service of gas boilers in schools.", users=4)
    assert reasons(LEFT, apart)["same-owner"].words == "Both come from the same borough"


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ((0, 90_000), (900_001, 950_000), True),
        ((0, 90_000), (800_000, 950_000), False),
        ((90_000, 0), (0, 950_000), False),
    ],
)
def test_budgets_differ_where_even_their_nearest_ends_do(one, other, told):
    left, right = (
        replace(item, budget_min=least or None, budget_max=most or None)
        for item, (least, most) in ((LEFT, one), (RIGHT, other))
    )
    assert ("budgets" in reasons(left, right)) == told
    assert ("budgets" in reasons(replace(right, id="a"), replace(left, id="b"))) == told


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
            "Filed under different categories: “Parking management and permits” and “Library management”",
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
