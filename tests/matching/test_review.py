from __future__ import annotations

from itertools import combinations
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.matching import Cluster, ContradictoryDecisions, Decision, Item, Member, Pair, Result, match, review
from procurement.matching.calibration import Calibration
from procurement.matching.items import Config

SCALE = Calibration(slope=5.0, offset=5.0 * log(0.5))  # a score of 0.5 is as likely right as wrong


def cluster(*strengths: tuple[str, float], medoid: str) -> Cluster:
    members = tuple(Member(id, strength) for id, strength in sorted(strengths))
    return Cluster(members, "Heading", None, (), medoid, tuple(id for id, _ in sorted(strengths)))


def result(*clusters: Cluster, pairs: dict[str, float]) -> Result:
    return Result(
        clusters, (), tuple(Pair(ids[0], ids[1], score) for ids, score in sorted(pairs.items())), "1", {}, "digest"
    )


AB = cluster(("a", 0.7), ("b", 0.6), medoid="a")
CD = cluster(("c", 0.5), ("d", 0.5), medoid="c")


def together(left: str, right: str) -> Decision:
    return Decision(left, right, together=True)


def apart(left: str, right: str) -> Decision:
    return Decision(left, right, together=False)


def test_members_come_with_the_most_doubtful_first() -> None:
    (question,) = review.questions(result(AB, pairs={"ab": 0.65}), calibration=SCALE)
    assert question.ids == ("b", "a")
    assert [round(member.probability, 2) for member in question.members] == [0.71, 0.84]
    assert question.suggestions == ()


def test_suggestions_are_ranked_by_their_mean_score_to_the_whole_group() -> None:
    found = result(AB, pairs={"ab": 0.65, "ax": 0.6, "ay": 0.4, "by": 0.4, "bz": 0.2})
    (question,) = review.questions(found, calibration=SCALE)
    # What no pair was kept for counts with half the lowest score that was: x is (0.6 + 0.1) / 2 and not 0.6.
    assert [(s.ids, s.score) for s in question.suggestions] == [(("y",), 0.4), (("x",), 0.35), (("z",), 0.15)]


def test_only_so_many_are_suggested() -> None:
    pairs = {f"a{other}": 0.3 for other in "lmnopqrs"}
    (question,) = review.questions(result(AB, pairs=pairs), calibration=SCALE)
    assert [s.ids for s in question.suggestions] == [("l",), ("m",), ("n",), ("o",), ("p",)]


def test_what_people_joined_is_suggested_as_one() -> None:
    found = result(AB, CD, pairs={"ac": 0.4, "ad": 0.2})
    one, other = (
        next(q for q in review.questions(found, ruled, calibration=SCALE) if q.medoid == "a")
        for ruled in ((together("c", "d"),), ())
    )
    assert [s.ids for s in one.suggestions] == [("c", "d")]
    assert [s.ids for s in other.suggestions] == [("c",), ("d",)]


def test_nothing_is_suggested_that_people_ruled_apart() -> None:
    found = result(AB, CD, pairs={"ac": 0.4, "ad": 0.3, "ax": 0.2})
    # d cannot join either: it goes with c, which is apart from b.
    question = next(
        q for q in review.questions(found, (apart("b", "c"), together("c", "d")), calibration=SCALE) if q.medoid == "a"
    )
    assert [s.ids for s in question.suggestions] == [("x",)]


def test_the_question_that_puts_most_right_comes_first_and_reviewed_groups_do_not_come_back() -> None:
    found = result(AB, CD, pairs={"ab": 0.65, "cd": 0.5})
    assert [q.medoid for q in review.questions(found, calibration=SCALE)] == ["c", "a"]
    assert [q.medoid for q in review.questions(found, reviewed={"d"}, calibration=SCALE)] == ["a"]


def test_effect_counts_pairs() -> None:
    (question,) = review.questions(result(CD, pairs={"cd": 0.5, "cx": 0.5, "dx": 0.5}), calibration=SCALE)
    # Each member is foreign with 0.5 and has one pair; x belongs with 0.5 and would have two.
    assert question.effect == pytest.approx(0.5 + 0.5 + 0.5 * 2)


@pytest.mark.parametrize(
    ("probability", "yes", "again"),
    # With one slip in ten, an answer that was as likely as not is right nine times of ten; at 4 to 9, eight of ten.
    [
        *[(0.9, True, False), (0.5, True, False), (0.32, True, False), (0.3, True, True)],
        *[(0.02, False, False), (0.5, False, False), (0.68, False, False), (0.7, False, True), (0.95, False, True)],
    ],
)
def test_answers_that_leave_us_in_doubt_are_surprising(probability: float, yes: bool, again: bool) -> None:
    assert review.surprising(probability, yes) is again


def test_nobody_who_never_slips_surprises() -> None:
    assert not review.surprising(0.01, yes=True, slips=0.0)


def question_of(*ids: str, medoid: str) -> review.Question:
    """A question whose first member is the most doubtful."""
    members = tuple(review.Standing(id, 0.1 * place) for place, id in enumerate(ids))
    return review.Question(medoid, members, (), 1.0)


def test_the_removed_are_kept_from_those_who_stay_and_not_from_each_other() -> None:
    question = question_of("a", "b", "c", "d", medoid="d")
    assert review.rulings_for_removal(question, {"a", "b"}) == (
        apart("a", "c"),
        apart("a", "d"),
        apart("b", "c"),
        apart("b", "d"),
    )
    assert review.rulings_for_closing(question, {"a", "b"}) == (together("c", "d"),)


def test_an_accepted_need_joins_the_medoid_or_where_it_went_the_surest_member() -> None:
    question = question_of("a", "b", "c", medoid="a")
    suggestion = review.Suggestion(("x", "y"), 0.4, 0.3)
    assert review.rulings_for_accept(question, [suggestion]) == (together("a", "x"),)
    assert review.rulings_for_accept(question, [suggestion], {"a"}) == (together("c", "x"),)


def test_of_rulings_at_odds_the_later_holds() -> None:
    assert review.settled((apart("a", "b"), together("a", "b"))) == (together("a", "b"),)
    assert review.settled((together("a", "b"), apart("a", "b"))) == (apart("a", "b"),)
    # A removal takes a need out of the chain that ran through it, once the rest has a chain of its own.
    old = (together("a", "x"), together("x", "b"))
    new = (together("a", "b"), apart("x", "a"), apart("x", "b"))
    assert review.settled(old + new) == new


@given(
    st.lists(
        st.builds(Decision, st.sampled_from("abcdef"), st.sampled_from("abcdef"), st.booleans()).filter(
            lambda d: d.left != d.right
        ),
        max_size=25,
    )
)
def test_settled_rulings_never_contradict_and_the_last_always_holds(decisions: list[Decision]) -> None:
    kept = review.settled(decisions)
    items = [Item(id, id, f"Title {id}") for id in "abcdef"]
    grouped = match(items, kept, Config(engine="tfidf"))  # raises ContradictoryDecisions if they do
    assert review.settled(kept) == kept
    if decisions:
        last = decisions[-1]
        joined = any({last.left, last.right} <= one.ids for one in grouped.clusters)
        assert joined is last.together


def test_every_dropped_ruling_was_at_odds() -> None:
    decisions = tuple(Decision(a, b, together=a != "a") for a, b in combinations("abc", 2))
    assert review.settled(decisions) == decisions
    with pytest.raises(ContradictoryDecisions):
        match([Item(id, id, id) for id in "abc"], (*decisions, together("a", "b")), Config(engine="tfidf"))
