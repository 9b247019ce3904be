from datetime import date, timedelta

import pytest

from procurement.planning.explain import decisions, reason
from procurement.planning.situations import PossibleEnd, Prospects, Situation, month_of
from tests.planning.instances import RULES, TODAY

ENDS = (
    PossibleEnd(date(2028, 3, 31), None, date(2027, 9, 30)),
    PossibleEnd(date(2029, 3, 31), date(2027, 9, 30), date(2028, 9, 30)),
    PossibleEnd(date(2030, 3, 31), date(2028, 9, 30), date(2029, 9, 30)),
)


def asked(situation: Situation, start: date, today: date = TODAY) -> tuple[str, list[tuple[date, str]]]:
    """What is said of a start, and what is to be decided for it."""
    month = month_of(start)
    prospects = Prospects(situation, RULES, today)
    outcome = prospects.at(month)
    found = decisions(prospects, outcome, month=month, rules=RULES, today=today)
    return reason(prospects, outcome, RULES, today), [(each.by, each.words) for each in found]


def with_ends(*ends: PossibleEnd, earliest: date | None = None, latest: date | None = None) -> Situation:
    return Situation("a", "A", ends, earliest, latest)


@pytest.mark.parametrize(
    ("situation", "start", "words"),
    [
        (with_ends(), date(2028, 4, 1), "No present contract is known, so it is free to start."),
        (with_ends(*ENDS), date(2028, 4, 1), "Its contract ends on 31 March 2028, the day before."),
        (
            with_ends(*ENDS),
            date(2029, 4, 1),
            "Its contract ends on 31 March 2029 once an option to extend is taken up, the day before.",
        ),
        (
            with_ends(*ENDS),
            date(2030, 3, 1),
            "Its contract ends on 31 March 2030 once 2 options to extend are taken up: 1 month of double running.",
        ),
        (with_ends(ENDS[0]), date(2028, 6, 1), "Its contract ends on 31 March 2028: a bridge of 2 months."),
        (
            with_ends(ENDS[0]),
            date(2029, 5, 1),
            "Its contract ends on 31 March 2028: a bridge of 13 months."
            " A bridge of over 12 months needs a benchmarked price and a recorded reason.",
        ),
        (
            with_ends(ENDS[0]),
            date(2030, 5, 1),
            "Its contract ends on 31 March 2028: a bridge of 25 months, and 24 are the most.",
        ),
        (
            with_ends(PossibleEnd(date(2030, 1, 31))),
            date(2028, 12, 1),
            "Its contract ends on 31 January 2030: 14 months of double running, and 12 are the most.",
        ),
        (
            with_ends(earliest=date(2028, 5, 15)),
            date(2028, 4, 1),
            "It wants to start in May 2028 at the earliest.",
        ),
        (with_ends(latest=date(2028, 3, 15)), date(2028, 4, 1), "It wants to start in March 2028 at the latest."),
        (
            with_ends(PossibleEnd(date(2026, 10, 31)), PossibleEnd(date(2027, 10, 31), date(2026, 10, 31))),
            date(2027, 12, 1),
            "Its contract ended on 31 October 2026: a bridge of 13 months."
            " The day to take up an option to extend was 31 October 2026, which has passed."
            " A bridge of over 12 months needs a benchmarked price and a recorded reason.",
        ),
    ],
)
def test_reason_says_what_a_start_would_mean(situation: Situation, start: date, words: str) -> None:
    assert asked(situation, start)[0] == words


def test_start_at_the_end_asks_for_notice_and_for_the_purchase() -> None:
    assert asked(with_ends(*ENDS), date(2028, 4, 1))[1] == [
        (date(2027, 4, 1), "Start the joint purchase"),
        (date(2027, 9, 30), "Give notice that the contract ends on 31 March 2028"),
    ]


def test_every_option_on_the_way_is_a_decision_of_its_own() -> None:
    assert asked(with_ends(*ENDS), date(2030, 4, 1))[1] == [
        (date(2027, 9, 30), "Take up the option to extend to 31 March 2029"),
        (date(2028, 9, 30), "Take up the option to extend to 31 March 2030"),
        (date(2029, 4, 1), "Start the joint purchase"),
        (date(2029, 9, 30), "Give notice that the contract ends on 31 March 2030"),
    ]


def test_bridge_is_agreed_by_the_day_of_notice_or_by_the_end_where_that_has_passed() -> None:
    bridge = (date(2027, 9, 30), "Agree a bridge of 2 months")
    assert bridge in asked(with_ends(ENDS[0]), date(2028, 6, 1))[1]
    late = asked(with_ends(ENDS[0]), date(2028, 12, 1), today=date(2027, 10, 1))[1]
    assert (date(2028, 3, 31), "Agree a bridge of 8 months") in late
    ended = asked(with_ends(PossibleEnd(date(2026, 11, 28))), date(2027, 12, 1))[1]
    assert ended == [(date(2026, 12, 1), "Start the joint purchase")]


def test_nothing_is_to_be_decided_by_who_cannot_join() -> None:
    assert asked(with_ends(latest=date(2028, 3, 15)), date(2028, 4, 1))[1] == []


def test_without_a_notice_period_a_contract_ends_by_itself() -> None:
    found = asked(with_ends(PossibleEnd(date(2028, 3, 31))), date(2028, 4, 1))[1]
    assert [words for _, words in found] == ["Start the joint purchase"]


@pytest.mark.parametrize("days", [0, 1])
def test_option_can_be_taken_up_until_its_day_is_over(days: int) -> None:
    words, _ = asked(with_ends(*ENDS), date(2029, 4, 1), today=date(2027, 9, 30) + timedelta(days=days))
    assert ("the day before" in words) == (days == 0)
    assert ("which has passed" in words) == (days == 1)
