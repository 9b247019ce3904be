from __future__ import annotations

import numpy as np
import pytest

from procurement.matching.evidence import (
    ONE_MEANS,
    TWO_MEAN,
    Evidence,
    Told,
    by_name,
    by_names,
    fixed,
    how_alike,
    in_words,
    is_subject,
)
from procurement.matching.result import Reason

HERE = np.ones(4, dtype=np.bool_)
SOME = np.full(4, 0.25)


def test_reasons_come_by_their_ranks_and_who_has_none_gets_none():
    names = np.array([1, 0, 0, 1])
    every = [
        fixed("meaning", HERE, SOME, "Alike"),
        Evidence("kind", HERE, SOME, by_name("Both want {}", ["A", "B"], names)),
    ]
    told = Told(np.array([3, 0, 3]), np.array([7, 2, 1]), np.array([0, 1, 1]), np.array([0.5, -0.0312, 0.25]))
    assert in_words(every, told, 4) == [
        (Reason("kind", "Both want B", -0.0312),),
        (),
        (),
        (Reason("kind", "Both want B", 0.25), Reason("meaning", "Alike", 0.5)),
    ]


def test_what_is_alike_is_put_into_words_once_for_each_weight():
    asked = []

    def words(some):
        asked.extend(some.tolist())
        return [f"Number {place % 2}" for place in some.tolist()]

    evidence = Evidence("number", HERE, SOME, words, np.array([0, 1, 0, 1]))
    told = Told(np.arange(4), np.zeros(4, dtype=np.intp), np.zeros(4, dtype=np.intp), np.array([0.5, 0.5, 0.5, -0.5]))
    first, second, third, fourth = (reason for (reason,) in in_words([evidence], told, 4))
    assert [first, second, fourth] == [
        ("number", "Number 0", 0.5),
        ("number", "Number 1", 0.5),
        ("number", "Number 1", -0.5),
    ]
    assert third is first
    assert len(asked) == 3


def test_nothing_told_of_nobody():
    nothing = np.zeros(0, dtype=np.intp)
    assert in_words([], Told(nothing, nothing, nothing, np.zeros(0)), 2) == [(), ()]


@pytest.mark.parametrize(("some", "words"), [([2, 0], ["B and A", "A and A"]), ([], [])])
def test_two_names(some, words):
    told = by_names("{} and {}", ["A", "B"], np.array([0, 0, 1]), np.array([0, 1, 0]))
    assert told(np.array(some, dtype=np.intp)) == words


def test_how_alike_two_meanings_are_is_said_no_stronger_than_it_is():
    """The thresholds as documented: what lies a rounding error below one counts as on it, so that the words of two
    machines are the same."""
    said = [(TWO_MEAN[place], ONE_MEANS[place]) for place in how_alike(np.array([0.05, 0.399, 0.39999, 0.5, 1.0]))]
    something = ("have something in common", "has something in common with")
    much = ("have much in common", "has much in common with")
    same = ("mean much the same", "means much the same as")
    assert said == [something, something, much, same, same]


def test_a_word_in_passing_is_no_subject():
    assert is_subject(np.array([0.0, 0.699, 0.69999, 1.0])).tolist() == [False, False, True, True]
