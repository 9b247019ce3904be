from __future__ import annotations

from collections.abc import Sequence
from math import log

import pytest

from procurement.matching import Config, Decision, Item, Result, match
from procurement.matching.calibration import Calibration
from procurement.matching.evaluation.figures import Figures
from procurement.matching.evaluation.labelled import Labelled
from procurement.matching.evaluation.metrics import Quality
from procurement.matching.evaluation.simulation import Course, Labels, Pass, Reviewer, Step, Team, course, simulate

PARKING = "Parking permits and penalty charge notices"
PAYROLL = "Payroll for council staff"
# Two parking systems with the same words, of which one is payroll in truth, and one in words that nobody else has.
ITEMS = (
    Item("a", "camden", PARKING),
    Item("b", "brent", PARKING),
    Item("c", "barnet", f"{PARKING} online"),
    Item("d", "ealing", PAYROLL),
    Item("e", "harrow", f"{PAYROLL}"),
    Item("f", "bexley", "Penalty charge appeals of motorists by telephone"),
)
GOLD = {"a": "parking", "b": "parking", "c": "payroll", "d": "payroll", "e": "payroll", "f": "parking"}
SET = Labelled(ITEMS, GOLD)
CONFIG = Config(engine="tfidf", cut=0.3, floor=0.01)
SCALE = Calibration(slope=4.0, offset=4.0 * log(0.4))


class Runs:
    """Matches, and keeps what it was given."""

    def __init__(self) -> None:
        self.given: list[tuple[Decision, ...]] = []

    def __call__(self, decisions: Sequence[Decision]) -> Result:
        self.given.append(tuple(decisions))
        return match(ITEMS, decisions, CONFIG)


def test_a_flawless_reviewer_mends_every_group_that_is_opened() -> None:
    runs = Runs()
    done = simulate(SET, runs, Reviewer(GOLD), budget=None, calibration=SCALE)
    assert done.proposed == 2
    assert done.steps[0].figures.purity == 0.5
    assert done.last.figures.pairwise.precision == done.last.figures.purity == 1.0
    # c was removed from the parking group and f, which stood alone, was accepted into it.
    assert Decision("c", "a", together=False) in runs.given[-1] or Decision("c", "b", together=False) in runs.given[-1]
    assert {"a", "b", "f"} in [set(cluster.ids) for cluster in match(ITEMS, runs.given[-1], CONFIG).clusters]
    assert done.removals >= 1
    assert done.accepts >= 1
    assert done.last.clicks == done.removals + done.accepts + done.asked_again


def test_each_answer_is_in_the_next_run_and_clicks_only_grow() -> None:
    runs = Runs()
    done = simulate(SET, runs, Reviewer(GOLD), budget=None, calibration=SCALE)
    assert len(runs.given) == len(done.steps) == done.last.opened + 1
    assert [len(given) for given in runs.given] == sorted(len(given) for given in runs.given)
    assert [step.clicks for step in done.steps] == sorted(step.clicks for step in done.steps)


def test_the_budget_holds() -> None:
    done = simulate(SET, Runs(), Reviewer(GOLD), budget=0.5, calibration=SCALE)
    assert done.clicks_per_group <= 0.5
    assert done.last.clicks == done.removals + done.accepts + done.asked_again
    assert simulate(SET, Runs(), Reviewer(GOLD), budget=0, calibration=SCALE).last.clicks == 0


def test_reviewers_who_slip_slip_by_their_seed_and_never_contradict_themselves() -> None:
    def passed(seed: int) -> list[int]:
        return [s.clicks for s in simulate(SET, Runs(), Reviewer(GOLD, 0.4, seed), calibration=SCALE).steps]

    assert passed(1) == passed(1)
    assert len({tuple(passed(seed)) for seed in range(8)}) > 1


def test_a_reviewer_takes_a_group_for_what_most_members_are() -> None:
    from procurement.matching.review import Question, Standing

    def question(*ids: str, medoid: str) -> Question:
        return Question(medoid, tuple(Standing(id, 0.5) for id in ids), (), 0.0)

    labels = Labels(GOLD)
    assert labels.purpose(question("a", "c", "d", medoid="a")) == "payroll"
    assert labels.purpose(question("a", "c", medoid="c")) == "payroll"
    assert labels.purpose(question("a", "c", medoid="a")) == "parking"


def test_a_flawless_team_mends_what_a_flawless_reviewer_does() -> None:
    alone = simulate(SET, Runs(), Reviewer(GOLD), budget=None, calibration=SCALE)
    together = simulate(SET, Runs(), Team(GOLD, 3), budget=None, calibration=SCALE)
    assert together.last.figures == alone.last.figures
    assert (together.removals, together.accepts) == (alone.removals, alone.accepts)
    # Two of three take out and take in all of it; what they agree upon is asked about again only against the odds.
    assert sum(together.clicks) == 2 * (together.removals + together.accepts) + together.asked_again
    assert together.last.clicks == max(together.clicks)


def test_the_slips_of_one_are_mended_by_the_others() -> None:
    class OneSlips(Team):
        """Whoever answers first slips with the first answer, never again."""

        slips = 1

        def _once(self, person: int, truth: bool) -> bool:
            self.slips, slip = 0, self.slips
            return truth != bool(slip)

    done = simulate(SET, Runs(), OneSlips(GOLD, 3), budget=None, calibration=SCALE)
    assert done.last.figures == simulate(SET, Runs(), Reviewer(GOLD), budget=None, calibration=SCALE).last.figures
    assert done.asked_again > 0


def test_the_budget_is_that_of_each_person_in_a_team() -> None:
    done = simulate(SET, Runs(), Team(GOLD, 3, 0.3, 5), budget=1.0, calibration=SCALE)
    assert max(done.clicks) <= done.proposed_in_all
    assert len(done.clicks) == 3
    assert simulate(SET, Runs(), Team(GOLD, 3), budget=0, calibration=SCALE).clicks == (0, 0, 0)


def test_people_of_a_team_slip_by_their_seed() -> None:
    def passed(seed: int) -> tuple[int, ...]:
        return simulate(SET, Runs(), Team(GOLD, 3, 0.4, seed), budget=None, calibration=SCALE).clicks

    assert passed(1) == passed(1)
    assert len({passed(seed) for seed in range(8)}) > 1


def test_the_course_of_passes_holds_what_was_paid_for_and_where_one_ended() -> None:
    def passed(*steps: tuple[int, float]) -> Pass:
        stood = tuple(
            Step(clicks, number, Figures(Quality(f1, f1, f1), Quality(1.0, 1.0, 1.0), f1 / 2, 1.0))
            for number, (clicks, f1) in enumerate(steps)
        )
        return Pass(1, 1, 0, 0, 0, (stood[-1].clicks,), stood)

    # An opened group that takes no click counts with the click before it.
    longer, shorter = passed((0, 0.2), (0, 0.4), (2, 0.6), (3, 0.8)), passed((0, 0.2), (1, 0.6))
    assert course([longer], 4) == Course((0.4, 0.4, 0.6, 0.8, 0.8), (0.2, 0.2, 0.3, 0.4, 0.4))
    assert course([longer, shorter], 2).f1 == pytest.approx((0.3, 0.5, 0.6))
