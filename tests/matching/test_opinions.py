from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.matching.opinions import FEWEST, may_answer, most_answers, probability_after, verdict, verdict_of

YES, NO = True, False
PROBABILITIES = st.floats(0.0, 1.0)
ANSWERS = st.lists(st.booleans(), max_size=8)


def test_answers_move_the_probability_by_bayes_rule() -> None:
    # Nine in ten answers are right: each yes makes the odds nine times as high.
    assert probability_after(0.5, [YES]) == pytest.approx(0.9)
    assert probability_after(0.1, [YES, YES]) == pytest.approx(0.9)
    assert probability_after(0.5, [NO, NO]) == pytest.approx(1 / 82)
    assert probability_after(0.3, [YES, NO]) == pytest.approx(0.3)
    assert probability_after(0.5, [YES], slips=0.25) == pytest.approx(0.75)


def test_two_who_agree_with_the_matcher_settle_it_and_one_never_does() -> None:
    assert verdict(0.9, [YES], people=3) is None
    assert verdict(0.9, [YES, YES], people=3) is True
    assert verdict(0.1, [NO, NO], people=3) is False


def test_two_who_differ_and_two_who_both_speak_against_the_odds_leave_it_open() -> None:
    assert verdict(0.6, [YES, NO], people=3) is None
    assert verdict(1.0, [YES, NO], people=3) is None
    assert verdict(0.0, [NO, YES], people=3) is None
    assert verdict(0.1, [YES, YES], people=3) is None
    assert verdict(0.1, [YES, YES, YES], people=3) is True
    assert verdict(0.9, [NO, NO], people=3) is None


@pytest.mark.parametrize(("people", "most"), [(2, 4), (3, 6), (12, 6)])
def test_after_enough_answers_the_likelier_holds(people: int, most: int) -> None:
    assert most_answers(people) == most
    halves = [YES, NO] * (most // 2)
    assert verdict(0.6, halves[:-1], people=people) is None
    assert verdict(0.6, halves, people=people) is True
    assert verdict(0.4, halves, people=people) is False


@given(PROBABILITIES, ANSWERS, st.integers(2, 9))
def test_what_holds_is_never_against_most_of_those_who_answered(
    probability: float, answers: Sequence[bool], people: int
) -> None:
    found = verdict(probability, answers, people=people)
    yes = sum(answers)
    if found is not None and 2 * yes != len(answers):
        assert found is (2 * yes > len(answers))


@given(PROBABILITIES, ANSWERS)
def test_the_order_of_answers_does_not_matter(probability: float, answers: list[bool]) -> None:
    assert probability_after(probability, answers) == probability_after(probability, sorted(answers))


@given(PROBABILITIES, st.integers(2, 9), st.data())
def test_asking_comes_to_an_end_and_asks_everybody_before_anybody_twice(
    probability: float, people: int, data: st.DataObject
) -> None:
    everybody = range(people)
    said: list[tuple[int, bool]] = []
    while asked := [person for person in everybody if may_answer(person, said, everybody, probability)]:
        person = data.draw(st.sampled_from(asked))
        times = [who for who, _ in said].count(person)
        assert times == 0 or set(everybody) <= {who for who, _ in said}
        assert not said or said[-1][0] != person
        said.append((person, data.draw(st.booleans())))
    assert FEWEST <= len(said) <= most_answers(people)
    assert len({who for who, _ in said[:FEWEST]}) == FEWEST
    assert verdict(probability, [yes for _, yes in said], people=people) is not None


def test_two_who_differ_settle_nothing_though_one_of_them_has_left() -> None:
    for probability in (0.0, 0.3, 0.7, 1.0):
        assert verdict_of(probability, [(1, YES), (2, NO)], people=1) is None
        assert not may_answer(1, [(1, YES), (2, NO)], {1}, probability)
        assert may_answer(3, [(1, YES), (2, NO)], {1, 3}, probability)


def test_nobody_is_asked_who_does_not_belong_to_the_people_or_is_alone() -> None:
    assert not may_answer(7, [], {1, 2}, 0.5)
    assert may_answer(1, [], {1}, 0.5)
    assert not may_answer(1, [(1, YES)], {1}, 0.5)


def test_two_answers_of_one_person_settle_nothing() -> None:
    assert verdict_of(0.5, [(1, NO), (1, NO)], people=2) is None
    assert verdict_of(0.5, [(1, NO), (2, NO)], people=2) is False
    assert may_answer(2, [(1, NO), (1, NO)], {1, 2}, 0.5)


def test_the_last_one_who_answered_is_asked_again_where_nobody_else_is_left() -> None:
    given_after_one_took_back = [(1, NO), (1, NO), (2, YES)]
    assert not may_answer(1, given_after_one_took_back, {1, 2}, 0.5)
    assert may_answer(2, given_after_one_took_back, {1, 2}, 0.5)
    assert not may_answer(2, given_after_one_took_back, {1, 2, 3}, 0.5)


@given(PROBABILITIES, st.data())
def test_somebody_is_asked_until_it_is_settled_whoever_takes_back_comes_or_goes(
    probability: float, data: st.DataObject
) -> None:
    people, said = {1, 2, 3}, list[tuple[int, bool]]()
    for _ in range(12):
        asked = [person for person in sorted(people) if may_answer(person, said, people, probability)]
        is_settled = verdict_of(probability, said, people=len(people)) is not None
        assert bool(asked) is not is_settled
        moves = ["answers"] * bool(asked) + ["takes back"] * bool(said) + ["comes or goes"]
        move = data.draw(st.sampled_from(moves))
        if move == "answers":
            said.append((data.draw(st.sampled_from(asked)), data.draw(st.booleans())))
        elif move == "takes back":
            who = data.draw(st.sampled_from(sorted({person for person, _ in said})))
            last = max(place for place, (person, _) in enumerate(said) if person == who)
            del said[last]
        else:
            changed = people ^ {data.draw(st.integers(1, 5))}
            people = changed if len(changed) >= FEWEST else people
