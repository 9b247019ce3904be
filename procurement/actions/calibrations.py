"""Fitting the calibration to what people answered: computed, shown, and put in force only when somebody says so."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from numpy.typing import NDArray

from boroughs import audit, permissions
from boroughs.actions import work
from boroughs.background import Task
from boroughs.exceptions import NotAcceptable
from boroughs.permissions import Actor, Permission
from procurement.matching import ENGINE_VERSION
from procurement.matching.calibration import BANDS, Calibration, fitted
from procurement.models import CalibrationFit, Decision
from procurement.queries.calibrations import in_force

# Two numbers from fewer answers would follow the accidents of these.
ENOUGH: Final = 50
BINS: Final = 10


@dataclass(frozen=True)
class Judged:
    """A calibration against the answers: how far its probabilities are off, how often each of its words is right."""

    calibration: Calibration
    # Expected calibration error.
    error: float
    # Band → answers, and the share of them that said yes; None where there are none.
    bands: dict[str, tuple[int, float | None]]


@dataclass(frozen=True)
class Fit:
    answers: int
    before: Judged
    after: Judged


def fit() -> Fit:
    """Fit the two numbers to the standing answers to what this engine said, and put them beside those in force. Writes
    nothing.

    Raises NotAcceptable where there are too few answers, or only answers of one kind.
    """
    rows = list(
        Decision.objects.answers().filter(engine_version=ENGINE_VERSION).order_by("pk").values_list("score", "verdict")
    )
    if len(rows) < ENOUGH:
        raise NotAcceptable(
            [
                f"There are {len(rows)} answers of analysts to what this version of the matcher said; "
                f"it takes {ENOUGH} to fit a calibration."
            ]
        )
    scores = np.array([score for score, _ in rows], dtype=np.float64)
    right = np.array([verdict == Decision.Verdict.TOGETHER for _, verdict in rows], dtype=np.bool_)
    if right.all() or not right.any():
        missing = "no" if right.all() else "yes"
        raise NotAcceptable([f"No analyst has answered {missing} yet, so there is nothing to tell right from wrong."])
    found = fitted(scores, right)
    if found.slope <= 0:
        raise NotAcceptable(["By these answers a stronger overlap is wrong more often. Look at them before you fit."])
    return Fit(len(rows), _judged(in_force().calibration, scores, right), _judged(found, scores, right))


@transaction.atomic
def apply(*, fit: Fit, by: Actor) -> CalibrationFit:
    """Put the fitted numbers in force from the next run on, which is asked for."""
    permissions.require(by, Permission.RUN_MATCHER)
    before, after = fit.before.calibration, fit.after.calibration
    made = CalibrationFit.objects.create(
        slope=after.slope,
        offset=after.offset,
        fitted_at=timezone.now(),
        fitted_by=audit.name_of(by),
        engine_version=ENGINE_VERSION,
        answers=fit.answers,
    )
    details = {"from": before.as_dict(), "to": after.as_dict(), "answers": fit.answers}
    audit.record(by=by, verb="refit", noun="calibration", reference=str(made.pk), details=details)
    _ask_for_run()
    return made


@transaction.atomic
def reset(*, by: Actor) -> int:
    """Go back to the numbers that come with the engine; how many fits are undone by that."""
    permissions.require(by, Permission.RUN_MATCHER)
    undone = CalibrationFit.objects.standing(ENGINE_VERSION).update(undone_at=timezone.now())
    if undone:
        audit.record(by=by, verb="reset", noun="calibration", reference="shipped")
        _ask_for_run()
    return undone


def _ask_for_run() -> None:
    work.request(task=Task.MATCH_NEEDS, key="london", delay=settings.MATCH_DEBOUNCE_SECONDS)


def _judged(calibration: Calibration, scores: NDArray[np.float64], right: NDArray[np.bool_]) -> Judged:
    probabilities = calibration.probabilities(scores)
    words = np.array([calibration.band(float(score)) for score in scores])
    return Judged(
        calibration,
        _error(probabilities, right),
        {
            band: (int((words == band).sum()), float(right[words == band].mean()) if (words == band).any() else None)
            for band in BANDS
        },
    )


def _error(probabilities: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Expected calibration error in equal bins (Naeini, Cooper and Hauskrecht, 2015)."""
    places = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    off = [
        abs(right[places == place].mean() - probabilities[places == place].mean()) * (places == place).mean()
        for place in np.unique(places)
    ]
    return float(sum(off))
