"""What to ask a person about the groups of a run, in which order, and what each answer means as a ruling.

A question is a group: which of its members do not belong, and which of the best needs outside do. Its effect says how
many pairs the answer can be expected to put right, so the longest queue starts where a minute is worth most. An
answer that leaves us in doubt is worth asking again; which one does follows from Bayes' rule, with the rate at which
people slip.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Final

from procurement.matching.calibration import Calibration, shipped
from procurement.matching.items import Decision
from procurement.matching.result import Cluster, Pair, Result

SUGGESTIONS: Final = 5
SLIPS: Final = 0.1  # the share of answers that are slips, as far as is assumed of the people who review
# How sure an answer must leave us. Asking again finds a slip at least once in five times then, and with what it finds
# one pass stays within two clicks a group (docs/matching-evaluation.md, "Reviewers who slip").
_SURE: Final = 0.8
_UNSEEN: Final = 0.5  # of the lowest score that a run keeps: what a pair is taken to score that it did not keep


@dataclass(frozen=True, slots=True)
class Standing:
    """A member and the probability, from 0 to 1, that it belongs to its group."""

    id: str
    probability: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Needs outside a group that might belong to it: one, or all that people ruled together with it.

    ``score`` is their mean score to the members of the group.
    """

    ids: tuple[str, ...]
    score: float
    probability: float


@dataclass(frozen=True, slots=True)
class Question:
    """A group to look at: its members with the most doubtful first, and the best needs outside it.

    ``effect`` is the number of pairs that the answer is expected to put right.
    """

    medoid: str
    members: tuple[Standing, ...]
    suggestions: tuple[Suggestion, ...]
    effect: float

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the members."""
        return tuple(member.id for member in self.members)


def questions(
    result: Result,
    decisions: Iterable[Decision] = (),
    *,
    reviewed: Collection[str] = (),
    calibration: Calibration | None = None,
    most: int = SUGGESTIONS,
) -> tuple[Question, ...]:
    """Return a question for each group of ``result`` that is still to be looked at, the most effective first.

    ``decisions`` are those the run was given. A group with a member in ``reviewed`` has been looked at. Up to ``most``
    needs or sets of needs are suggested, none that people ruled apart from the group.
    """
    scale = calibration or shipped()
    ruled = _Ruled(decisions)
    scores = _Scores(result.pairs)
    done = frozenset(reviewed)
    found = []
    for cluster in result.clusters:
        if not done.isdisjoint(cluster.ids):
            continue
        members = _standing(cluster, scale)
        suggested = tuple(islice(_outside(cluster, scores, ruled, scale), most))
        found.append(Question(cluster.medoid, members, suggested, _effect(members, suggested)))
    return tuple(sorted(found, key=lambda question: (-question.effect, question.medoid)))


def surprising(probability: float, yes: bool, *, slips: float = SLIPS) -> bool:
    """Whether an answer leaves us in so much doubt that it is worth asking again; the second answer counts.

    ``probability`` is that of a yes before the answer. With a share of ``slips`` among answers, Bayes' rule gives the
    probability that the answer is right, which is to be at least 0.8.
    """
    right = probability if yes else 1.0 - probability
    return right * (1.0 - slips) < _SURE * (right * (1.0 - slips) + (1.0 - right) * slips)


def anchor(question: Question, removed: Collection[str]) -> str:
    """Return the member that rulings on this group are tied to: the medoid, or where that is removed the surest one."""
    staying = [member for member in reversed(question.members) if member.id not in removed]
    if question.medoid not in removed or not staying:
        return question.medoid
    return staying[0].id


def rulings_for_removal(question: Question, removed: Collection[str]) -> tuple[Decision, ...]:
    """Return the rulings that keep each of ``removed`` away from every member that stays.

    Not from each other: those who were wrongly here may well belong together elsewhere.
    """
    staying = [id for id in question.ids if id not in removed] or [question.medoid]
    return tuple(
        Decision(id, other, together=False) for id in sorted(removed) for other in sorted(staying) if id != other
    )


def rulings_for_accept(
    question: Question, accepted: Iterable[Suggestion], removed: Collection[str] = ()
) -> tuple[Decision, ...]:
    """Return the rulings that join each accepted suggestion to the anchor of the group."""
    to = anchor(question, removed)
    return tuple(Decision(to, suggestion.ids[0], together=True) for suggestion in accepted)


def rulings_for_closing(question: Question, removed: Collection[str] = ()) -> tuple[Decision, ...]:
    """Return the rulings that hold together the members which a person left in the group.

    A chain is enough: together is transitive.
    """
    return tuple(Decision(a, b, together=True) for a, b in pairwise(sorted(set(question.ids) - set(removed))))


def settled(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """Return of ``decisions``, the oldest first, those that can all hold: where two are at odds the later one does."""
    ruled = _Ruled(())
    kept = [decision for decision in reversed(decisions) if ruled.add(decision)]
    return tuple(reversed(kept))


class _Ruled:
    """The sets of needs that rulings hold together, and which of these sets are held apart."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        self.set: dict[str, list[str]] = {}
        self.foes: defaultdict[str, set[str]] = defaultdict(set)  # of each need, those ruled apart from it
        for decision in decisions:
            self.add(decision)

    def of(self, id: str) -> list[str]:
        """Return the needs held together with this one, itself among them."""
        return self.set.get(id, [id])

    def apart(self, left: Iterable[str], right: Collection[str]) -> bool:
        """Whether some of ``left`` and some of ``right`` are ruled apart."""
        against = {other for id in right for other in self.of(id)}
        return any(not against.isdisjoint(self.foes[held]) for id in left for held in self.of(id))

    def add(self, decision: Decision) -> bool:
        """Take a ruling in, unless those before it rule it out."""
        left, right = self.of(decision.left), self.of(decision.right)
        if not decision.together:
            if decision.left in right:
                return False
            self.foes[decision.left].add(decision.right)
            self.foes[decision.right].add(decision.left)
            return True
        if decision.left not in right:
            if self.apart((decision.left,), (decision.right,)):
                return False
            joined = sorted([*left, *right])
            self.set.update(dict.fromkeys(joined, joined))
        return True


class _Scores:
    """The scored pairs of a run, by need."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self.of: defaultdict[str, dict[str, float]] = defaultdict(dict)
        lowest = 1.0
        for pair in pairs:
            self.of[pair.left][pair.right] = self.of[pair.right][pair.left] = pair.score
            lowest = min(lowest, pair.score)
        self.unseen = _UNSEEN * lowest

    def mean(self, left: Collection[str], right: Collection[str]) -> float:
        """Return the mean score between two sets of needs."""
        total = sum(self.of[a].get(b, self.unseen) for a in left for b in right)
        return total / (len(left) * len(right))


def _standing(cluster: Cluster, scale: Calibration) -> tuple[Standing, ...]:
    members = (Standing(member.id, scale.probability(member.strength)) for member in cluster.members)
    return tuple(sorted(members, key=lambda member: (member.probability, member.id)))


def _outside(cluster: Cluster, scores: _Scores, ruled: _Ruled, scale: Calibration) -> Iterator[Suggestion]:
    """Yield what stands outside a group and scored with it, the best first, each set that people ruled together once.

    Of the many near a group few are asked for, so rulings are looked up in that order and not for all.
    """
    ids = sorted(cluster.ids)
    held = {other for id in ids for other in ruled.of(id)}
    near = {tuple(ruled.of(other)) for id in ids for other in scores.of[id] if other not in held}
    means = {unit: scores.mean(ids, unit) for unit in near}
    for unit in sorted(near, key=lambda unit: (-round(means[unit], 4), unit)):
        if all(held.isdisjoint(ruled.foes[id]) for id in unit):
            yield Suggestion(unit, round(means[unit], 4), scale.probability(means[unit]))


def _effect(members: Sequence[Standing], suggested: Sequence[Suggestion]) -> float:
    """Return how many pairs an answer is expected to put right: those of each foreigner to the others of the group,
    and those of each need that belongs to all of it.
    """
    foreign = sum((1.0 - member.probability) * (len(members) - 1) for member in members)
    missing = sum(s.probability * len(s.ids) * len(members) for s in suggested)
    return round(foreign + missing, 4)
