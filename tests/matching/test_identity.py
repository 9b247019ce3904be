from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from procurement.matching import Lineage, assign_references


def f(letters):
    return frozenset(letters)


def test_unchanged():
    identity = assign_references({"JD-1": f("abc")}, [f("abc")])
    assert identity.references == ("JD-1",)
    assert identity.lineage == (Lineage("unchanged", 0, "JD-1"),)


def test_growth_and_shrinking_keep_the_reference():
    identity = assign_references({"JD-1": f("abc"), "JD-2": f("xyz")}, [f("abcd"), f("xy")])
    assert identity.references == ("JD-1", "JD-2")
    assert [e.kind for e in identity.lineage] == ["grew", "shrank"]


def test_reference_that_is_fixed_stays_whatever_came_in():
    identity = assign_references({"JD-1": f("ab"), "JD-2": f("uvwxyz")}, [f("abuvwxyz"), f("mn")], {0: "JD-1"})
    assert identity.references == ("JD-1", None)
    assert Lineage("grew", 0, "JD-1") in identity.lineage
    assert Lineage("merged", 0, "JD-2", "JD-1") in identity.lineage


def test_outgrown_group_keeps_its_reference_when_all_old_members_are_there():
    assert assign_references({"JD-1": f("ab")}, [f("abcdefgh")]).references == ("JD-1",)


def test_split_keeps_the_reference_on_the_larger_part():
    identity = assign_references({"JD-1": f("abcde")}, [f("ab"), f("cde")])
    assert identity.references == (None, "JD-1")
    assert Lineage("created", 0, None) in identity.lineage
    assert Lineage("split", 0, None, "JD-1") in identity.lineage
    assert Lineage("shrank", 1, "JD-1") in identity.lineage


def test_merge_leaves_a_trace():
    identity = assign_references({"JD-1": f("abc"), "JD-2": f("de")}, [f("abcde")])
    assert identity.references == ("JD-1",)
    assert Lineage("merged", 0, "JD-2", "JD-1") in identity.lineage


def test_retired_and_created():
    identity = assign_references({"JD-1": f("abc")}, [f("xyz")])
    assert identity.references == (None,)
    assert set(identity.lineage) == {Lineage("created", 0, None), Lineage("retired", None, "JD-1")}


def test_largest_overlap_in_total_wins():
    # Greedy would give JD-1 to the first group and leave JD-2 without heir.
    identity = assign_references({"JD-1": f("abcd"), "JD-2": f("efgh")}, [f("abcd") | f("ef"), f("gh") | f("e")])
    assert identity.references == ("JD-1", "JD-2")


def test_ties_go_to_the_lower_reference():
    previous = {"JD-2": f("ab"), "JD-1": f("cd")}
    assert assign_references(previous, [f("abcd")]).references == ("JD-1",)


groups = st.lists(st.integers(0, 5), min_size=12, max_size=12)


@settings(derandomize=True, max_examples=60)
@given(old=groups, new=groups)
def test_one_to_one_and_independent_of_order(old, new):
    def grouped(labels):
        return {n: frozenset(f"i{k}" for k, label in enumerate(labels) if label == n) for n in set(labels)}

    previous = {f"JD-{n}": members for n, members in grouped(old).items()}
    clusters = list(grouped(new).values())
    identity = assign_references(previous, clusters)
    kept = [r for r in identity.references if r]
    assert len(kept) == len(set(kept))
    backwards = assign_references(dict(reversed(previous.items())), clusters[::-1])
    assert backwards.references[::-1] == identity.references


def test_nothing_before_and_nothing_now():
    assert assign_references({}, []).references == ()
    assert [e.kind for e in assign_references({}, [f("ab")]).lineage] == ["created"]
