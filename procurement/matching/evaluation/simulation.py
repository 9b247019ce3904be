"""Human review, simulated with the labels: what one pass over the proposed groups would make of them.

A simulated reviewer opens one group at a time, the most effective first, and answers for each member whether it
belongs and for each suggestion whether it is missing. Each answer becomes a ruling; the matcher runs again and the
next question is asked of that run, as in the product.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from procurement.matching import review
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
    """What stood after so many clicks and opened groups."""

    clicks: int
    opened: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass of review: how many groups were proposed at its start and in all of it, what each answer brought, and
    its cost. ``steps`` begins with the state before the first answer.
    """

    proposed: int
    proposed_in_all: int
    removals: int
    accepts: int
    asked_again: int
    steps: tuple[Step, ...]

    @property
    def last(self) -> Step:
        """The end of the pass."""
        return self.steps[-1]

    @property
    def clicks_per_group(self) -> float:
        """Clicks for each group that was proposed at the start or formed during the pass."""
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


class Reviewer:
    """Knows the labels and slips in a share of the answers, at random from ``seed``."""

    def __init__(self, gold: Mapping[str, str], error_rate: float = 0.0, seed: int = 0) -> None:
        self.gold = gold
        self._error_rate = error_rate
        self._random = random.Random(seed)  # noqa: S311 - a simulation, no secret
        self.asked_again = 0

    def purpose(self, question: Question) -> str:
        """Return the true group that most members are of; of equals that of the medoid, else the first by name."""
        counts = Counter(self.gold[id] for id in question.ids)
        most = max(counts.values())
        own = self.gold[question.medoid]
        return own if counts[own] == most else min(name for name, count in counts.items() if count == most)

    def says(self, truth: bool, probability: float) -> bool:
        """Answer a question, and once more where the first answer is surprising."""
        answer = self._once(truth)
        if review.surprising(probability, answer):
            self.asked_again += 1
            return self._once(truth)
        return answer

    def _once(self, truth: bool) -> bool:
        return truth != (self._random.random() < self._error_rate)


@dataclass(frozen=True, slots=True)
class _Answer:
    removed: frozenset[str]
    accepted: tuple[Suggestion, ...]


def simulate(
    labelled: Labelled,
    run: Run,
    reviewer: Reviewer,
    *,
    budget: float | None = BUDGET,
    calibration: Calibration | None = None,
    report: Report | None = None,
) -> Pass:
    """Let ``reviewer`` look at every proposed group once, and return what came of it.

    ``run`` matches the items under the decisions it is given. Clicks are removals, accepts and answers asked for
    again; opening a group and closing it are none. ``budget`` is in clicks for each group proposed so far, opened
    or waiting: a group whose answers would go beyond it is not answered, and ends the pass. Groups that only form
    during the pass, out of needs that were removed, are proposed and opened too.
    """
    decisions: tuple[Decision, ...] = ()
    result = run(decisions)
    proposed = so_far = len(result.clusters)
    reviewed: set[str] = set()
    steps = [Step(0, 0, figures(labelled, result))]
    removals = accepts = 0
    while queue := review.questions(result, decisions, reviewed=reviewed, calibration=calibration):
        question = queue[0]
        before = reviewer.asked_again
        answer = _answered(question, reviewer)
        clicks = len(answer.removed) + len(answer.accepted) + reviewer.asked_again - before
        so_far = max(so_far, steps[-1].opened + len(queue))
        if budget is not None and steps[-1].clicks + clicks > budget * so_far:
            reviewer.asked_again = before
            break
        removals += len(answer.removed)
        accepts += len(answer.accepted)
        decisions, closed = _ruled(decisions, question, answer)
        reviewed |= closed
        result = run(decisions)
        steps.append(Step(steps[-1].clicks + clicks, steps[-1].opened + 1, figures(labelled, result)))
        if report:
            report(len(steps) - 1, len(steps) - 2 + len(queue))
    return Pass(proposed, so_far, removals, accepts, reviewer.asked_again, tuple(steps))


def _answered(question: Question, reviewer: Reviewer) -> _Answer:
    purpose = reviewer.purpose(question)

    def belongs(ids: Collection[str]) -> bool:
        return Counter(reviewer.gold[id] for id in sorted(ids)).most_common(1)[0][0] == purpose

    removed = frozenset(m.id for m in question.members if not reviewer.says(belongs((m.id,)), m.probability))
    accepted = tuple(s for s in question.suggestions if reviewer.says(belongs(s.ids), s.probability))
    return _Answer(removed, accepted)


def _ruled(
    decisions: tuple[Decision, ...], question: Question, answer: _Answer
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
