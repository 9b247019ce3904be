"""Human review, simulated with the labels: what one pass over the proposed groups would make of them.

A simulated reviewer opens one group at a time, the most effective first, and answers for each member whether it
belongs and for each suggestion whether it is missing. Each answer becomes a ruling; the matcher runs again and the
next question is asked of that run, as in the product's review queue. In a double reading people read on before that.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final, Protocol

from procurement.matching import opinions, review
from procurement.matching.calibration import Calibration
from procurement.matching.evaluation.figures import Figures, figures
from procurement.matching.evaluation.labelled import Labelled
from procurement.matching.items import Decision
from procurement.matching.result import Result
from procurement.matching.review import Question, Suggestion

Run = Callable[[Sequence[Decision]], Result]
Report = Callable[[int, int], None]

BUDGET: Final = 2.0


@dataclass(frozen=True, slots=True)
class Step:
    """What stood after so many clicks, of whoever clicked most, and opened groups."""

    clicks: int
    opened: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass of review: how many groups were proposed at its start and in all of it, what each answer brought, and
    its cost: ``clicks`` of each person. ``steps`` begins with the state before the first answer.
    """

    proposed: int
    proposed_in_all: int
    removals: int
    accepts: int
    asked_again: int
    clicks: tuple[int, ...]
    steps: tuple[Step, ...]

    @property
    def last(self) -> Step:
        """The end of the pass."""
        return self.steps[-1]

    @property
    def clicks_per_group(self) -> float:
        """Clicks of whoever clicked most for each group that was proposed at the start or formed during the pass."""
        return self.last.clicks / self.proposed_in_all if self.proposed_in_all else 0.0


@dataclass(frozen=True, slots=True)
class Course:
    """What stood after so many clicks: at place c after c of them, each the mean over some passes. A pass that ended
    earlier stands as it ended.
    """

    f1: tuple[float, ...]
    joint_purchase_recall: tuple[float, ...]


def course(passes: Sequence[Pass], clicks: int) -> Course:
    """Return how quality went with 0 to ``clicks`` clicks. The last step that a number of clicks paid for counts."""
    stood = [[_after(one.steps, count).figures for one in passes] for count in range(clicks + 1)]
    return Course(
        tuple(fmean(each.pairwise.f1 for each in row) for row in stood),
        tuple(fmean(each.joint_purchase_recall for each in row) for row in stood),
    )


def _after(steps: Sequence[Step], clicks: int) -> Step:
    return steps[bisect_right(steps, clicks, key=lambda step: step.clicks) - 1]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered about one group, and what it took: clicks of each person, and questions asked again."""

    removed: frozenset[str]
    accepted: tuple[Suggestion, ...]
    clicks: tuple[int, ...]
    again: int


class Answering(Protocol):
    """Who answers: one person, or several."""

    people: int

    def answer(self, question: Question, spent: Sequence[int]) -> Answer:
        """Answer about a group. ``spent`` are the clicks of each person so far."""


class Labels:
    """What a person who never slips would answer."""

    def __init__(self, gold: Mapping[str, str]) -> None:
        self._gold = gold

    def purpose(self, question: Question) -> str:
        """Return the true group that most members are of; of equals that of the medoid, else the first by name."""
        counts = Counter(self._gold[id] for id in question.ids)
        most = max(counts.values())
        own = self._gold[question.medoid]
        return own if counts[own] == most else min(name for name, count in counts.items() if count == most)

    def belong(self, ids: Iterable[str], purpose: str) -> bool:
        """Return whether most of these needs are of the true group."""
        return Counter(self._gold[id] for id in sorted(ids)).most_common(1)[0][0] == purpose


class Reviewer:
    """One person, who slips in a share of the answers, at random from ``seed``."""

    people = 1

    def __init__(self, gold: Mapping[str, str], error_rate: float = 0.0, seed: int = 0) -> None:
        self._labels = Labels(gold)
        self._error_rate = error_rate
        self._random = random.Random(seed)  # noqa: S311 - a simulation, no secret

    def answer(self, question: Question, spent: Sequence[int]) -> Answer:
        """Answer for each member and each suggestion, and once more where the first answer is surprising."""
        purpose, again = self._labels.purpose(question), 0

        def says(ids: Collection[str], probability: float) -> bool:
            nonlocal again
            truth = self._labels.belong(ids, purpose)
            answer = self._once(truth)
            if review.surprising(probability, answer):
                again += 1
                return self._once(truth)
            return answer

        removed = frozenset(m.id for m in question.members if not says((m.id,), m.probability))
        accepted = tuple(s for s in question.suggestions if says(s.ids, s.probability))
        return Answer(removed, accepted, (len(removed) + len(accepted) + again,), again)

    def _once(self, truth: bool) -> bool:
        return truth != (self._random.random() < self._error_rate)


class Team:
    """Several people who slip independently of each other and do not see each other's answers.

    Two read the whole group, those with the fewest clicks so far: each takes out and takes in what is wrong, a click
    each. What their answers leave in doubt is asked of the others, and then of the same people again, for a click.
    """

    def __init__(self, gold: Mapping[str, str], people: int, error_rate: float = 0.0, seed: int = 0) -> None:
        self.people = people
        self._labels = Labels(gold)
        self._error_rate = error_rate
        self._random = [random.Random(f"{seed} {person}") for person in range(people)]  # noqa: S311 - no secret

    def answer(self, question: Question, spent: Sequence[int]) -> Answer:
        """Answer for each member and each suggestion until the answers settle it."""
        purpose, again = self._labels.purpose(question), 0
        clicks = list(spent)
        readers = sorted(range(self.people), key=lambda person: (spent[person], person))[: opinions.FEWEST]

        def says(ids: Collection[str], probability: float, *, proposed: bool) -> bool:
            nonlocal again
            truth = self._labels.belong(ids, purpose)
            given = [(person, self._once(person, truth)) for person in readers]
            for reader, yes in given:
                clicks[reader] += yes != proposed
            while (person := self._next(given, probability, clicks)) is not None:
                again += 1
                clicks[person] += 1
                given.append((person, self._once(person, truth)))
            return bool(opinions.verdict(probability, [yes for _, yes in given], people=self.people))

        removed = frozenset(m.id for m in question.members if not says((m.id,), m.probability, proposed=True))
        accepted = tuple(s for s in question.suggestions if says(s.ids, s.probability, proposed=False))
        return Answer(removed, accepted, tuple(now - was for now, was in zip(clicks, spent, strict=True)), again)

    def _next(self, given: Sequence[tuple[int, bool]], probability: float, clicks: Sequence[int]) -> int | None:
        people = range(self.people)
        asked = [person for person in people if opinions.may_answer(person, given, people, probability)]
        return min(asked, key=lambda person: (clicks[person], person), default=None)

    def _once(self, person: int, truth: bool) -> bool:
        return truth != (self._random[person].random() < self._error_rate)


def simulate(
    labelled: Labelled,
    run: Run,
    reviewer: Answering,
    *,
    budget: float | None = BUDGET,
    calibration: Calibration | None = None,
    report: Report | None = None,
) -> Pass:
    """Let ``reviewer``, one person or several, look at every proposed group once, and return what came of it.

    ``run`` matches the items under the decisions it is given. Clicks are removals, accepts and answers asked for
    again; opening a group and closing it are none. ``budget`` is in clicks of each person for each group proposed so
    far, opened or waiting: a group whose answers would take somebody beyond it is not answered, and ends the pass.
    Groups that only form during the pass, out of needs that were removed, are proposed and opened too.
    """
    decisions: tuple[Decision, ...] = ()
    result = run(decisions)
    proposed = so_far = len(result.clusters)
    reviewed: set[str] = set()
    spent = [0] * reviewer.people
    steps = [Step(0, 0, figures(labelled, result))]
    removals = accepts = again = 0
    while queue := review.questions(result, decisions, reviewed=reviewed, calibration=calibration):
        question = queue[0]
        answer = reviewer.answer(question, spent)
        now = [before + more for before, more in zip(spent, answer.clicks, strict=True)]
        so_far = max(so_far, steps[-1].opened + len(queue))
        if budget is not None and max(now) > budget * so_far:
            break
        spent = now
        removals += len(answer.removed)
        accepts += len(answer.accepted)
        again += answer.again
        decisions, closed = _ruled(decisions, question, answer)
        reviewed |= closed
        result = run(decisions)
        steps.append(Step(max(spent), steps[-1].opened + 1, figures(labelled, result)))
        if report:
            report(len(steps) - 1, len(steps) - 2 + len(queue))
    return Pass(proposed, so_far, removals, accepts, again, tuple(spent), tuple(steps))


def _ruled(
    decisions: tuple[Decision, ...], question: Question, answer: Answer
) -> tuple[tuple[Decision, ...], frozenset[str]]:
    """Return the decisions with those of this answer, and the needs that are looked at with it."""
    removed = answer.removed - ({question.medoid} if len(answer.removed) == len(question.members) else frozenset())
    fresh = (
        *review.rulings_for_closing(question, removed),
        *review.rulings_for_removal(question, removed),
        *review.rulings_for_accept(question, answer.accepted, removed),
    )
    closed = frozenset(question.ids) - removed
    joined = closed | {id for suggestion in answer.accepted for id in suggestion.ids}
    # A need that is left on its own is free for other groups, where it will be looked at again.
    return review.settled((*decisions, *fresh)), joined if len(joined) > 1 else frozenset()
