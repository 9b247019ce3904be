"""What is new in one version of a common specification against another."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from procurement.queries import chain, specification_content
from procurement.queries.specification_content import changes, summary

BOROUGH = st.sampled_from([{"slug": "brent", "name": "Brent"}, {"slug": "camden", "name": "Camden"}])


@st.composite
def requirement(draw: st.DrawFn, number: int) -> dict[str, Any]:
    kept = draw(st.lists(BOROUGH, max_size=2, unique_by=lambda each: each["slug"]))
    return {
        "number": number,
        "text": draw(st.sampled_from(["Record calls.", "Record every call.", "Keep calls for 30 days."])),
        "priority": draw(st.sampled_from(["MUST", "SHOULD"])),
        "standards": draw(st.sampled_from([[], ["uprn"]])),
        "accepted": draw(st.lists(BOROUGH, max_size=2, unique_by=lambda each: each["slug"])),
        # By name, as a version lists them: another order is no change.
        "differences": [
            {**each, "text": draw(st.sampled_from(["Ours.", "Other."]))}
            for each in sorted(kept, key=lambda each: each["name"])
        ],
        "settled": draw(st.sampled_from(["", "So."])),
    }


@st.composite
def content(draw: st.DrawFn) -> dict[str, Any]:
    numbers = draw(st.permutations([1, 2, 3, 4]).map(lambda each: each[: draw(st.integers(0, 4))]))
    return {
        "format": 1,
        "demand": "JD-0001",
        "number": draw(st.integers(1, 9)),
        "boroughs": [],
        "requirements": [draw(requirement(number)) for number in numbers],
    }


@given(content())
def test_a_version_has_nothing_new_against_itself(one: dict[str, Any]) -> None:
    assert changes(one, {**one, "number": 99}) == ()
    assert specification_content.is_same(one, {**one, "number": 99})


@given(content(), content())
def test_versions_that_differ_say_where(before: dict[str, Any], after: dict[str, Any]) -> None:
    found = changes(before, after)
    old, new = ({each["number"]: each for each in side["requirements"]} for side in (before, after))
    assert {change.number for change in found if change.what == ("New",)} == new.keys() - old.keys()
    assert {change.number for change in found if change.what == ("Left out",)} == old.keys() - new.keys()
    changed = {number for number in old.keys() & new.keys() if old[number] != new[number]}
    assert changed <= {change.number for change in found}
    assert bool(found) != specification_content.is_same(before, after)
    assert bool(summary(found)) == bool(found)


@given(content())
def test_a_digest_tells_every_content_apart_and_does_not_follow_the_order_of_keys(one: dict[str, Any]) -> None:
    assert chain.fingerprint(one) == chain.fingerprint(dict(reversed(one.items())))
    assert chain.fingerprint(one) != chain.fingerprint({**one, "number": one["number"] + 1})


def test_changes_are_said_in_words_the_weightiest_first() -> None:
    def version(**said: Any) -> dict[str, Any]:
        row = {"number": 1, "text": "Keep calls for 30 days.", "priority": "MUST", "standards": [], "accepted": []}
        return {"requirements": [{**row, "differences": [], "settled": "", **said}], "number": 1}

    ours = {"slug": "brent", "name": "Brent", "text": "Ninety."}
    (change,) = changes(version(), version(text="Keep calls for 90 days.", priority="SHOULD", differences=[ours]))
    assert change.what == ("Reworded", "Now a should", "Other differences beside it")
    assert [(each.borough, each.text) for each in change.differences_new] == [("Brent", "Ninety.")]
    assert summary([change]) == "1 reworded"
    assert [each.what for each in changes(None, version())] == [("New",)]
