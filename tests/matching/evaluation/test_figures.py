from __future__ import annotations

from procurement.matching import Cluster, Item, Member, Result
from procurement.matching.evaluation.figures import figures, grouping, measured, purity
from procurement.matching.evaluation.labelled import Labelled

GOLD = {"a": "1", "b": "1", "c": "2", "d": "2"}
SET = Labelled(tuple(Item(id, f"owner {id}", id) for id in GOLD), GOLD)


def result(*groups: str) -> Result:
    clusters = tuple(Cluster(tuple(Member(id, 0.6) for id in ids), "", None, (), ids[0], tuple(ids)) for ids in groups)
    return Result(clusters, (), (), "1", {}, "")


def test_every_item_has_a_group_those_alone_one_of_their_own() -> None:
    found = grouping(SET, result("ab"))
    assert found["a"] == found["b"]
    assert len(set(found.values())) == 3


def test_purity_counts_groups_of_several_owners() -> None:
    owners = SET.owners
    assert purity(GOLD, grouping(SET, result("ab", "cd")), owners) == 1.0
    assert purity(GOLD, grouping(SET, result("abc")), owners) == 0.0
    assert purity(GOLD, grouping(SET, result("ab", "cd")) | {"d": "group 0"}, owners) == 0.0
    # A duplicate within one authority is no joint demand, and of no joint demand none is impure.
    assert purity(GOLD, grouping(SET, result("ac")), dict.fromkeys(GOLD, "same")) == 1.0


def test_figures_are_json_safe_and_count_only_what_has_a_label() -> None:
    whole = figures(SET, result("ab", "cd"))
    assert whole.as_dict()["pairwise"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    part = SET.judged_on({"a", "b"})
    assert measured(part, grouping(SET, result("ab"))).pairwise.f1 == 1.0
    assert measured(SET, grouping(SET, result("ab"))).pairwise.recall == 0.5
