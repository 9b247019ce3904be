"""Tiers: where a quantity lands, what it costs, and who would reach the next one."""

from decimal import Decimal

from procurement.queries.volume_tiers import Tier, outcome
from procurement.queries.volumes import Amount, BoroughVolume, Group, Measure

TIERS = [Tier(100, Decimal("12.50")), Tier(500, Decimal(10)), Tier(1000, discount=Decimal("7.5"))]


def volume(name: str, firm: int | None, *, stage: str = "SUGGESTED", part: int = 0) -> BoroughVolume:
    return BoroughVolume(
        slug=name.lower(),
        name=name,
        stage=stage,
        stage_words=stage,
        takes_part=stage != "SUGGESTED",
        amount=None if firm is None else Amount(firm, firm - part, firm + part),
        is_shown=firm is not None,
    )


def measure(*boroughs: BoroughVolume, known: bool = True) -> Measure:
    return Measure("users", "Users", boroughs, dict.fromkeys(Group, Amount() if known else None))


def test_the_stated_least_and_most_volume_may_reach_different_tiers() -> None:
    found = outcome(measure(volume("Camden", 490, stage="WATCHING", part=20)), Group.TAKING_PART, TIERS)
    assert [(each.quantity, each.number, each.cost) for each in found.reached] == [
        (490, 1, Decimal("6125.00")),
        (470, 1, Decimal("5875.00")),
        (510, 2, Decimal(5100)),
    ]


def test_a_tier_begins_with_its_first_unit_and_nothing_is_reached_below_the_first() -> None:
    at = outcome(measure(volume("Camden", 100, stage="WATCHING")), Group.TAKING_PART, TIERS)
    below = outcome(measure(volume("Camden", 99, stage="WATCHING")), Group.TAKING_PART, TIERS)
    assert (at.reached[0].number, below.reached[0].number, below.reached[0].cost) == (1, 0, None)
    assert below.next is not None
    assert below.next.missing == 1


def test_each_that_would_reach_the_next_tier_alone_is_named_the_smallest_first() -> None:
    rows = [volume("Camden", 450, stage="WATCHING"), volume("Brent", 400), volume("Ealing", 60), volume("Harrow", 10)]
    found = outcome(measure(*rows), Group.TAKING_PART, TIERS).next
    assert found is not None
    assert (found.number, found.missing) == (2, 50)
    assert [each.name for each in found.alone] == ["Ealing", "Brent"]
    assert found.together == ()


def test_the_fewest_that_reach_it_together_are_named_where_none_does_alone() -> None:
    rows = [volume("Camden", 420, stage="WATCHING"), volume("Brent", 50), volume("Ealing", 60), volume("Harrow", 10)]
    found = outcome(measure(*rows), Group.TAKING_PART, TIERS).next
    assert found is not None
    assert [each.name for each in found.together] == ["Ealing", "Brent"]


def test_nobody_is_named_where_all_of_them_fall_short_or_are_not_shown() -> None:
    rows = [volume("Camden", 420, stage="WATCHING"), volume("Brent", 50), volume("Ealing", None)]
    found = outcome(measure(*rows, known=False), Group.TAKING_PART, TIERS)
    assert found.next is not None
    assert (found.next.alone, found.next.together) == ((), ())
    everyone = outcome(measure(*rows, known=False), Group.ALL, TIERS)
    assert everyone.left_out == ("Ealing",)


def test_there_is_no_next_tier_above_the_highest() -> None:
    found = outcome(measure(volume("Camden", 2000, stage="COMMITTED")), Group.COMMITTED, TIERS)
    assert found.reached[0].number == 3
    assert found.reached[0].cost is None
    assert TIERS[2].words == "7.5% off"
    assert Tier(1, Decimal("1250")).words == "£1,250.00 each"
    assert Tier(1, discount=Decimal("20.00")).words == "20% off"
    assert found.next is None
