"""A word's hit rate counts members that most of their group truly belongs with."""

from __future__ import annotations

from math import log

from procurement.matching import Cluster, Member, Result
from procurement.matching.calibration import Calibration
from procurement.matching.evaluation.bands import hit_rates

# strong from 0.57, likely from 0.5
NUMBERS = Calibration(slope=10.0, offset=10.0 * log(0.5))


def cluster(**strengths: float) -> Cluster:
    members = tuple(Member(id, strength) for id, strength in strengths.items())
    return Cluster(members, "", None, (), members[0].id, ())


def test_members_are_counted_under_the_word_for_their_strength() -> None:
    gold = {"a": "1", "b": "1", "c": "1", "d": "2", "e": "3", "f": "4"}
    groups = (cluster(a=0.7, b=0.7, c=0.52, d=0.4), cluster(e=0.7, f=0.7))
    found = hit_rates(gold, Result(groups, (), (), "", {}, ""), NUMBERS)
    assert (found["strong"].members, found["strong"].right) == (4, 0.5)
    assert (found["likely"].members, found["likely"].right) == (1, 1.0)
    assert (found["possible"].members, found["possible"].right) == (1, 0.0)
