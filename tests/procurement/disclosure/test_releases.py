"""What a version of a notice may say of a quantity, given everything that has been published."""

import pytest

from procurement.disclosure import NOTHING, Decision, Figure, Release, Rule, decide

RULE = Rule()
PLAIN = RULE.plainly()
FIVE = {"a": 100, "b": 120, "c": 90, "d": 150, "e": 110}


def by_need(**figures: int) -> dict[str, dict[str, int]]:
    """One need for each borough."""
    return {borough: {f"{borough}-1": figure} for borough, figure in figures.items()}


def publish(history: list[Release], contributions: dict[str, dict[str, int]], rule: Rule = PLAIN) -> Decision:
    """As the next version of the one notice."""
    decision = decide(history, contributions, rule, notice="NT-0001", version=len(history) + 1)
    history += [decision.release] if decision.release else []
    return decision


def test_decide_tells_the_total_of_three_boroughs() -> None:
    decision = decide([], by_need(a=100, b=120, c=90), PLAIN, notice="NT-0001", version=1)

    assert decision.figure == Figure(contributors=3, value=310)
    assert decision.as_at is None
    assert decision.release is not None
    assert (decision.release.low, decision.release.high) == (310, 311)


def test_decide_tells_a_band() -> None:
    decision = decide([], by_need(a=60_000, b=70_000, c=50_000), RULE, notice="NT-0001", version=1)

    assert decision.figure == Figure(contributors=3, low=150_000, high=200_000)


@pytest.mark.parametrize(
    "figures", [{"a": 100, "b": 100}, {"a": 100, "b": 100, "c": 0}, {"a": 100_000, "b": 10, "c": 10}]
)
def test_decide_answers_a_refusal_as_it_answers_no_figures_at_all(figures: dict[str, int]) -> None:
    refused = decide([], by_need(**figures), RULE, notice="NT-0001", version=1)

    assert refused == decide([], {}, RULE, notice="NT-0001", version=1) == NOTHING


def test_decide_counts_boroughs_and_not_needs() -> None:
    contributions = {"a": {"a-1": 100, "a-2": 100, "a-3": 100}, "b": {"b-1": 200}}

    assert decide([], contributions, PLAIN, notice="NT-0001", version=1) == NOTHING


@pytest.mark.parametrize(
    "change",
    [
        {"f": 130},
        {"f": 130, "g": 140},
        # Three that change, one by far the most: the others hide it from nobody.
        {"f": 1300, "g": 50, "h": 20},
    ],
)
def test_decide_keeps_the_last_figure_where_the_difference_would_give_figures_away(change: dict[str, int]) -> None:
    history: list[Release] = []
    first = publish(history, by_need(**FIVE))

    second = publish(history, by_need(**FIVE, **change))

    assert second == Decision(figure=first.figure, as_at=1)


def test_decide_counts_an_amendment_by_its_change() -> None:
    history: list[Release] = []
    publish(history, by_need(**FIVE))

    # One joins while two change by next to nothing: the difference is the newcomer's figure but for a few.
    kept = publish(history, by_need(**FIVE | {"a": 101, "b": 121}, f=130))
    # They change by enough to hide it.
    told = publish(history, by_need(**FIVE | {"a": 160, "b": 200}, f=130))

    assert kept.as_at == 1
    assert told.figure == Figure(contributors=6, value=160 + 200 + 90 + 150 + 110 + 130)


def test_decide_tells_a_new_figure_once_enough_boroughs_have_changed() -> None:
    history: list[Release] = []
    publish(history, by_need(**FIVE))
    publish(history, by_need(**FIVE, f=130))

    third = publish(history, by_need(**FIVE, f=130, g=140, h=95))

    assert third.as_at is None
    assert third.figure == Figure(contributors=8, value=sum(FIVE.values()) + 365)


def test_decide_looks_at_every_earlier_version_and_not_only_at_the_last() -> None:
    history: list[Release] = []
    publish(history, by_need(**FIVE))
    publish(history, by_need(**FIVE, f=130, g=140, h=95))

    # Three boroughs less than the last version, one more than the first.
    back = publish(history, by_need(**FIVE, f=130))

    assert back.as_at == 2


def test_decide_tells_again_what_is_public_already() -> None:
    history: list[Release] = []
    publish(history, by_need(**FIVE))
    publish(history, by_need(**FIVE, f=130, g=140, h=95))

    back = publish(history, by_need(**FIVE))

    assert back.as_at is None
    assert back.figure == Figure(contributors=5, value=570)


def test_decide_sees_a_need_move_to_another_notice() -> None:
    history: list[Release] = []
    publish(history, by_need(**FIVE, f=130))

    # The merged joint demand's notice holds all of it and one borough more.
    other = decide(history, by_need(**FIVE, f=130, g=140), PLAIN, notice="NT-0002", version=1)
    same = decide(history, by_need(**FIVE, f=130), PLAIN, notice="NT-0002", version=1)

    assert other == NOTHING
    assert same.figure == Figure(contributors=6, value=700)
    assert same.release is not None
    assert same.release.notice == "NT-0002"


def test_decide_leaves_notices_alone_that_have_nothing_in_common() -> None:
    history: list[Release] = []
    publish(history, by_need(**FIVE))
    others = {borough: {f"{borough}-2": figure} for borough, figure in FIVE.items()}

    assert decide(history, others, PLAIN, notice="NT-0002", version=1).figure == Figure(contributors=5, value=570)


def test_decide_tells_plainly_what_is_open_to_everybody() -> None:
    contributions = by_need(a=70_001, b=5)

    decision = decide([], contributions, RULE, frozenset({"a", "b"}), notice="NT-0001", version=1)

    assert decision.figure == Figure(contributors=2, value=70_006)


def test_decide_asks_the_rule_of_those_that_have_not_opened_their_figures() -> None:
    contributions = by_need(a=100, b=100, c=100, d=100)

    assert decide([], contributions, PLAIN, frozenset({"a"}), notice="NT-0001", version=1) != NOTHING
    assert decide([], contributions, PLAIN, frozenset({"a", "b"}), notice="NT-0001", version=1) == NOTHING


def test_decide_remembers_what_was_open() -> None:
    contributions = by_need(a=100, b=100, c=100, d=100)
    opened = decide([], by_need(a=100), PLAIN, frozenset({"a"}), notice="NT-0009", version=1).release
    assert opened is not None
    # Two of five that change are known to everybody.
    history = [opened, *filter(None, [decide([], contributions, PLAIN, notice="NT-0001", version=1).release])]

    # Without what it opened, "a" is no cover for the others.
    later = decide(history, by_need(b=100, c=100, d=100, e=100, f=100), PLAIN, notice="NT-0001", version=2)

    assert later.as_at == 1


def test_decide_opens_what_is_in_the_notice_and_nothing_else_of_the_borough() -> None:
    history: list[Release] = []
    publish(history, by_need(**FIVE))
    # "a" opens the need that it has in the second notice; the one in the first would be all that the totals differ by.
    others = {borough: figure for borough, figure in FIVE.items() if borough != "a"}
    second = {**by_need(**others), "a": {"a-2": 60}}

    def decided(history: list[Release]) -> Decision:
        return decide(history, second, PLAIN, frozenset({"a"}), notice="NT-0002", version=1)

    assert decided([]).figure == Figure(contributors=5, value=530)
    assert decided(history) == NOTHING


def test_decide_asks_the_rule_of_what_is_hidden_from_those_that_know_more() -> None:
    contributions = by_need(a=100, b=100, c=100, d=100, e=100)

    def told(known: dict[str, frozenset[str]]) -> bool:
        return decide([], contributions, PLAIN, notice="NT-0001", version=1, known=known) != NOTHING

    # Three are left to hide behind each other, then two; what a borough knows of itself is allowed for.
    assert told({"a": frozenset({"a"})})
    assert told({"a": frozenset({"b"}), "b": frozenset({"a"})})
    assert not told({"a": frozenset({"b", "c"})})
    # From one that knows everything nothing is hidden.
    assert told({"a": frozenset({"b", "c", "d", "e"})})


def test_decide_asks_the_rule_of_changes_that_are_hidden_from_those_that_know_more() -> None:
    history: list[Release] = []
    publish(history, by_need(**FIVE))
    now = by_need(**FIVE, f=130, g=140, h=95)

    def as_at(known: dict[str, frozenset[str]]) -> int | None:
        return decide(history, now, PLAIN, notice="NT-0001", version=2, known=known).as_at

    assert as_at({"f": frozenset({"a"})}) == 1
    assert as_at({"a": frozenset({"b"})}) is None


def test_decide_asks_the_rule_also_of_what_is_hidden_from_those_that_once_knew_more() -> None:
    contributions = by_need(a=100, b=100, c=100, d=100, e=100)

    def told(once: dict[str, frozenset[str]]) -> bool:
        known = {"a": frozenset({"b"})}
        return decide([], contributions, PLAIN, notice="NT-0001", version=1, known=known, once=once) != NOTHING

    assert told({"a": frozenset({"b"})})
    assert not told({"a": frozenset({"b", "c"})})


def test_decide_looks_at_quantities_of_known_order_together() -> None:
    lowest = by_need(a=100, b=110, c=90, d=105)
    highest = by_need(a=100, b=110, c=90, d=105, e=120)
    first = decide([], lowest, PLAIN, notice="NT-0001", version=1, quantity="budget_min").release
    assert first is not None

    def told(orders: list[tuple[str, str]]) -> bool:
        decision = decide([first], highest, PLAIN, notice="NT-0001", version=1, quantity="budget_max", orders=orders)
        return decision != NOTHING

    # What the four come to at least leaves what the fifth comes to at most.
    assert told([])
    assert not told([("budget_min", "budget_max")])


def test_decide_is_asked_of_each_quantity_by_itself() -> None:
    history: list[Release] = []
    publish(history, by_need(**FIVE))

    users = decide(history, by_need(**FIVE, f=130), PLAIN, notice="NT-0001", version=2, quantity="users")

    assert users.figure == Figure(contributors=6, value=700)


def test_decide_tells_nothing_new_beside_a_figure_of_which_nobody_knows_what_stood_behind_it() -> None:
    unclear = Release("NT-0001", 1, by_need(a=0, b=0, z=0), 700, 701, is_understood=False)
    link = Release("NT-0002", 1, {"z": {"z-1": 5}, "y": {"y-1": 6}}, 11, 12)
    five = by_need(**FIVE)

    def decided(history: list[Release], contributions: dict[str, dict[str, int]], notice: str) -> Decision:
        return decide(history, contributions, PLAIN, notice=notice, version=2)

    assert decided([unclear], five, "NT-0001") == Decision(figure=Figure(contributors=3, value=700), as_at=1)
    assert decided([unclear], by_need(c=90, d=150, e=110), "NT-0001").release is None
    assert decided([unclear], five, "NT-0003") == NOTHING
    # Through a chain of needs in common.
    assert decided([unclear, link], by_need(y=60, w=70, v=80), "NT-0003") == NOTHING
    assert decided([unclear], by_need(y=60, w=70, v=80), "NT-0003").release is not None
    # What is told already may be told again.
    told = Release("NT-0003", 1, five, 570, 571)
    assert decided([told, unclear], five, "NT-0003").release is not None
