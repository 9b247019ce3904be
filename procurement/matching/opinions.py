"""When the answers of several people settle whether a need belongs: a sequential probability ratio test.

Each person answers without seeing what the others say. The matcher's probability is where we start; each answer moves
it by Bayes' rule, with the rate at which people slip (Wald, Sequential Tests of Statistical Hypotheses, 1945). Two
people always answer. Where their answers leave us in doubt, others are asked, until we are sure or enough were asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from procurement.matching.review import SLIPS

FEWEST: Final = 2
MOST: Final = 6  # answers about one need; beyond it the likelier verdict holds
TIMES: Final = 2  # how often one person is asked about a need at the most, everybody else having been asked before
# How sure the answers must leave us: with three people each stays within two clicks a group
# (docs/matching-evaluation.md, "Several people").
_SURE: Final = 0.97
# The matcher alone makes us no surer than this: two who differ never settle anything, and what holds in the end is not
# against most of the answers.
_PRIOR: Final = 0.95


def most_answers(people: int) -> int:
    """Return how many answers about one need are asked for at the most where so many people answer."""
    return min(MOST, TIMES * people)


def probability_after(probability: float, answers: Sequence[bool], *, slips: float = SLIPS) -> float:
    """Return the probability, from 0 to 1, that a need belongs, once these answers to ``probability`` are in.

    Bayes' rule; a share of ``slips`` among answers is wrong, whichever way and independently of each other.
    """
    start = min(max(probability, 1.0 - _PRIOR), _PRIOR)
    yes = answers.count(True) - answers.count(False)
    odds = start / (1.0 - start) * ((1.0 - slips) / slips) ** yes
    return odds / (1.0 + odds)


def verdict(probability: float, answers: Sequence[bool], *, people: int) -> bool | None:
    """Return whether a need belongs, or None while more ought to be asked.

    ``probability`` is the matcher's, before any answer; ``people`` is how many there are to answer.
    """
    if len(answers) < FEWEST:
        return None
    now = probability_after(probability, answers)
    if len(answers) < most_answers(people) and max(now, 1.0 - now) < _SURE:
        return None
    # Where people have left since they answered there may be more answers than are asked for, and an odd number.
    most = answers.count(True) - answers.count(False)
    return most > 0 if most else now >= 0.5


def verdict_of(probability: float, given: Sequence[tuple[int, bool]], *, people: int) -> bool | None:
    """Return the same, of answers with who gave them. Those of one person settle nothing, be they two, and where one
    person alone is left to answer, nothing is settled until there is a second.
    """
    if people < FEWEST or len({who for who, _ in given}) < FEWEST:
        return None
    return verdict(probability, [yes for _, yes in given], people=people)


def may_answer(person: int, given: Sequence[tuple[int, bool]], people: Collection[int], probability: float) -> bool:
    """Return whether this person is to be asked about a need, after the answers ``given``, the oldest first.

    Nobody is asked twice before everybody was asked, nor twice in a row, nor for the first two answers. Where answers
    were taken back, and nobody else is left to ask, the last one who answered is.
    """
    if person not in people or verdict_of(probability, given, people=len(people)) is not None:
        return False
    if len(given) >= FEWEST and len(people) < FEWEST:
        return False
    times = Counter(who for who, _ in given)
    if times[person] == 0:
        return True
    everybody = all(times[other] for other in people)
    if len(given) < FEWEST or not everybody or times[person] >= TIMES:
        return False
    return given[-1][0] != person or all(times[other] >= TIMES for other in people if other != person)
