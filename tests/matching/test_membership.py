from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from procurement.matching import Config, Decision, Item, match
from tests.matching.builders import CAPABILITIES, NEEDS, HashedWords

PCN = Item("a", "camden", "PCN handhelds", description="Penalty charge notice handhelds for officers.")
GROUP = (
    PCN,
    replace(PCN, id="b", owner="barnet"),
    replace(PCN, id="c", owner="brent"),
    Item("d", "ealing", "Officers' devices", description="Tablets for officers."),
)


def members(items, decisions=(), categories=CAPABILITIES):
    config = Config(capabilities=categories, cut=0.0, floor=0.0)
    (cluster,) = match(items, decisions, config, embedder=HashedWords()).clusters
    return {member.id: {reason.code: reason for reason in member.reasons} for member in cluster.members}


def words(items, **options):
    return {key: {reason.words for reason in reasons.values()} for key, reasons in members(items, **options).items()}


def test_counts_the_others_that_have_the_same():
    found = words(GROUP)
    assert "Is about PCN processing system, as 2 of the 3 others are" in found["a"]
    assert not any("PCN processing system" in text for text in found["d"])


@pytest.mark.parametrize(
    ("items", "rest"),
    [
        (GROUP[:2], "the other is"),
        (GROUP[:3], "both others are"),
        ((*GROUP[:3], replace(PCN, id="e")), "all 3 others are"),
    ],
)
def test_says_how_many_in_words(items, rest):
    assert f"Is about PCN processing system, as {rest}" in words(items)["a"]


def test_a_description_is_said_to_be_as_like_the_others_as_it_is():
    assert members(GROUP[:2])["a"]["meaning"].words == "Its description means much the same as that of the other"
    assert members(GROUP[:3])["a"]["meaning"].words == (
        "On average its description means much the same as those of both others"
    )
    odd = replace(GROUP[3], title="Vans", description="Electric vans on a lease, with chargers at the depot.")
    assert members((*GROUP[:2], odd))["d"]["meaning"].words == (
        "On average its description has something in common with those of both others"
    )


def test_a_thing_among_others_that_it_names_is_touched_on():
    many = replace(
        PCN,
        id="e",
        title="Enquiries",
        description="Parking permits, payroll, library lending and penalty charge notices.",
    )
    found = words((*GROUP[:2], many))
    assert "Touches on PCN processing system, as both others do" in found["e"]
    assert "Is about PCN processing system, as 1 of the 2 others is" in found["a"]


def test_a_kind_is_a_fact_only_where_it_is_given():
    bare = [replace(item, title="Patrol software", description="") for item in GROUP[:2]]
    assert "By its words it wants software, as the other does" in words(bare)["a"]
    given = [replace(item, kind="software") for item in bare]
    assert "Wants software, as the other does" in words(given)["a"]
    assert "By its words it wants software, as the other does" in words([given[0], bare[1]])["a"]
    assert "Wants software, as 1 of the 2 others does" in words([*given, replace(bare[1], id="c")])["a"]


def test_of_what_is_in_use_the_product_that_the_others_name_is_told():
    used = ("Mosaic (old)", "An Access database for some, Mosaic for the rest")
    items = [
        Item(key, key, title, incumbent=now) for key, title, now in zip("ab", ("Patrols", "Rounds"), used, strict=True)
    ]
    found = words(items, categories=())
    assert all("Names Mosaic as in use today, as the other does" in told for told in found.values())


def test_weight_is_the_mean_share_of_the_scores_to_all_others():
    config = Config(capabilities=CAPABILITIES, cut=0.0, floor=0.0)
    result = match(GROUP, (), config, embedder=HashedWords())
    pairs = [pair for pair in result.pairs if "a" in (pair.left, pair.right)]
    assert len(pairs) == 3
    weights = [reason.weight for pair in pairs for reason in pair.reasons if reason.code == "concept"]
    assert members(GROUP)["a"]["concept"].weight == pytest.approx(sum(weights) / 3, abs=2e-4)


def test_what_only_some_groups_share_is_not_told_of_others():
    result = match(NEEDS, (), Config(capabilities=CAPABILITIES))
    told = {member.id: " ".join(r.words for r in member.reasons) for c in result.clusters for member in c.members}
    assert "PCN processing system" in told["n1"]
    assert "payroll" in told["n4"]
    assert "parking" not in told["n4"] + told["n5"]


def test_filed_alike_outweighs_sounding_alike():
    stated = [replace(item, title="Officers", description="Patrols", category="parking") for item in GROUP[:2]]
    found = words(stated)["a"]
    assert "Is filed under parking management and permits, as the other is" in found
    assert not any(text.startswith("Fits under") for text in found)


def test_products_in_use_and_contracts_that_end_together():
    bare = {"title": "Patrols", "description": "Of officers"}
    used = [
        Item(key, owner, **bare, incumbent="Northbridge", contract_end=date(2027, 3, day))
        for key, owner, day in (("a", "camden", 1), ("b", "barnet", 30))
    ]
    later = Item("c", "brent", **bare, contract_end=date(2029, 3, 1))
    found = words([*used, later], categories=())
    assert "Names Northbridge as in use today, as 1 of the 2 others does" in found["a"]
    assert not any("Northbridge" in text for text in found["c"])


def test_a_ruling_comes_first():
    found = members(GROUP, [Decision("a", "d", True)])["d"]
    assert next(iter(found)) == "decision"
    assert found["decision"].weight == 1


def test_words_that_are_no_part_of_the_score_weigh_nothing():
    config = Config(capabilities=CAPABILITIES, cut=0.0, floor=0.0, without=("words", "meaning", "concepts", "topics"))
    other = Item("e", "ealing", "Handhelds that officers carry")
    (cluster,) = match((*GROUP[:1], other), (), config, embedder=HashedWords()).clusters
    shared = {reason.weight for member in cluster.members for reason in member.reasons if reason.code == "words"}
    assert shared == {0.0}


def test_a_score_of_nothing_groups_nothing():
    assert match(GROUP, (), Config(engine="tfidf", without=("words",))).clusters == ()
