"""Whose figures can be worked out from everything that is published together, and by whom."""

import pytest

from procurement.disclosure import Contributions, Exposure, Release, Rule, exposures

RULE = Rule(band=None)
EVEN = {"a": 100, "b": 110, "c": 90, "d": 120}


def by_need(**figures: int) -> Contributions:
    return {borough: {f"{borough}-1": figure} for borough, figure in figures.items()}


def told(contributions: Contributions, *, width: int = 1, version: int = 1, quantity: str = "total") -> Release:
    """Published plainly, or as a band of this width."""
    total = sum(sum(needs.values()) for needs in contributions.values())
    low = total // width * width
    return Release("NT-0001", version, contributions, low, low + width, quantity=quantity)


def found(*releases: Release, rule: Rule = RULE, waived: frozenset[str] = frozenset()) -> set[tuple[str | None, str]]:
    return {(each.reader, each.borough) for each in exposures(releases, rule, waived)}


def test_exposures_of_one_total_of_even_figures_are_none() -> None:
    assert found(told(by_need(**EVEN))) == set()


def test_exposures_name_the_reader_the_figure_and_the_side() -> None:
    assert list(exposures([told(by_need(a=1000, b=50, c=20))], RULE)) == [
        # The rest is a fiftieth of the largest: "b" takes away its own and has it to within two per cent from above.
        Exposure("b", "a", ("a-1",), "total", 1000, is_from_above=True),
        Exposure("c", "a", ("a-1",), "total", 1000, is_from_above=True),
    ]


def test_exposures_of_the_only_borough_are_found_by_anybody() -> None:
    assert found(told(by_need(a=1000))) == {(None, "a")}


def test_exposures_of_two_boroughs_are_found_by_each_other() -> None:
    assert found(told(by_need(a=100, b=100))) == {("a", "b"), ("b", "a")}


def test_exposures_by_the_difference_of_two_totals() -> None:
    first, second = told(by_need(**EVEN)), told(by_need(**EVEN, e=95), version=2)

    assert found(first, second) == {(borough, "e") for borough in EVEN}


def test_exposures_by_four_totals_of_which_any_three_are_well() -> None:
    first = told(by_need(**EVEN, e=95, f=105))
    second = told(by_need(c=90, d=120, e=95, f=105, g=100, h=100), version=2)
    third = told(by_need(a=100, b=110, i=130, j=80), version=3)
    fourth = told(by_need(g=100, h=100, i=130, j=80, k=115), version=4)

    assert found(first, second, third) == set()
    # first - second - third + fourth leaves nothing but the newcomer.
    assert ("a", "k") in found(first, second, third, fourth)


def test_exposures_through_a_narrow_band_and_not_through_a_wide_one() -> None:
    def pair(width: int) -> tuple[Release, Release]:
        return told(by_need(**EVEN), width=width), told(by_need(**EVEN, e=95), width=width, version=2)

    assert ("a", "e") in found(*pair(5))
    assert found(*pair(50)) == set()


def test_exposures_see_an_amended_need_as_another_unknown() -> None:
    before = told(by_need(**EVEN))
    # All four amend while one joins: nothing cancels out.
    after = told(by_need(a=150, b=90, c=140, d=80, e=95), version=2)
    assert found(before, after) == set()

    # One amends: whoever knows its own is left with one unknown.
    one = told(by_need(**EVEN | {"a": 150}, e=95), version=2)
    assert found(before, one) == {("a", "e")}


def test_exposures_protect_what_several_needs_of_a_borough_come_to() -> None:
    several = {"a": {"a-1": 30, "a-2": 70}, **by_need(b=3, c=4)}

    # Each need could be anything; the two together are told to within seven per cent.
    assert {each.needs for each in exposures([told(several)], RULE) if each.reader == "b"} == {("a-1", "a-2")}


def test_exposures_leave_out_who_has_opened_its_figures() -> None:
    two = told(by_need(a=1000, b=50, c=50))
    assert {borough for _, borough in found(two)} == {"a"}

    assert found(two, waived=frozenset({"a"})) == {("b", "c"), ("c", "b")}


def test_exposures_remember_whose_figures_were_open() -> None:
    opened = Release("NT-0002", 1, by_need(a=100), 100, 101, waived=frozenset({"a"}))

    assert found(told(by_need(a=100, b=100, c=100))) == set()
    assert found(opened, told(by_need(a=100, b=100, c=100))) == {("b", "c"), ("c", "b")}


def test_exposures_to_a_reader_who_knows_other_boroughs_figures() -> None:
    release = told(by_need(**EVEN))

    def readers(known: dict[str, frozenset[str]]) -> set[tuple[str | None, str]]:
        return {(each.reader, each.borough) for each in exposures([release], RULE, known=known)}

    assert readers({"a": frozenset({"b"})}) == set()
    assert readers({"a": frozenset({"b", "c"})}) == {("a", "d")}
    # Also one that contributes nothing itself.
    assert readers({"z": frozenset({"a", "b", "c"})}) == {("z", "d")}


@pytest.mark.parametrize(("orders", "readers"), [((), set()), ((("low", "high"),), {"a", "b", "c"})])
def test_exposures_by_the_order_of_two_quantities(orders: tuple[tuple[str, str], ...], readers: set[str]) -> None:
    # Three boroughs whose lowest and highest are the same, and a fourth in the total of the highest alone. Taken by
    # itself each total is well; together the fourth's is at most their difference.
    lowest = told(by_need(a=100, b=110, c=90), quantity="low")
    highest = told(by_need(a=100, b=110, c=90, d=120), quantity="high")

    assert {each.reader for each in exposures([lowest, highest], RULE, orders=orders) if each.borough == "d"} == readers


def test_exposures_about_a_release_leave_out_what_has_nothing_to_do_with_it() -> None:
    bad = told(by_need(a=100, b=100))
    good = told(by_need(w=100, x=100, y=100, z=100), version=2)

    assert list(exposures([bad, good], RULE, about=good)) == []
    assert list(exposures([bad, good], RULE, about=bad)) != []


def test_exposures_allow_for_whole_amounts() -> None:
    # Ten per cent of 3 is less than one person: 3 may not be told from 4, nor from 2.
    first = told({"a": {"a-1": 3}, "b": {"b-1": 1}, "c": {"c-1": 1}})

    assert found(first) == set()
    assert {each.borough for each in exposures([told({"a": {"a-1": 30}, "b": {"b-1": 1}, "c": {"c-1": 1}})], RULE)} == {
        "a"
    }


def test_release_refuses_a_figure_that_is_not_true() -> None:
    with pytest.raises(ValueError, match="must lie between"):
        Release("NT-0001", 1, by_need(a=10, b=20, c=30), 100, 150)
