"""The calibration in force: the newest fit to people's answers that stands, else the one that comes with the engine."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from procurement.matching import ENGINE_VERSION
from procurement.matching.calibration import Calibration, shipped
from procurement.models import CalibrationFit


@dataclass(frozen=True)
class InForce:
    calibration: Calibration
    # None, "" and 0 where it is the shipped one.
    fitted_at: datetime | None = None
    fitted_by: str = ""
    answers: int = 0

    @property
    def is_shipped(self) -> bool:
        return self.fitted_at is None

    def as_parameters(self) -> dict[str, Any]:
        """What a run records of it."""
        source = "shipped" if self.is_shipped else "fitted"
        return {**self.calibration.as_dict(), "source": source, "answers": self.answers}


def in_force() -> InForce:
    """One query."""
    fit = CalibrationFit.objects.standing(ENGINE_VERSION).first()
    if fit is None:
        return InForce(shipped())
    return InForce(Calibration(fit.slope, fit.offset), fit.fitted_at, fit.fitted_by, fit.answers)
