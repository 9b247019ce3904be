"""manage.py refit_calibration"""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from boroughs.models import AuditEvent, Work
from procurement.matching import ENGINE_VERSION
from procurement.matching.calibration import shipped
from procurement.models import CalibrationFit, Decision
from procurement.queries.calibrations import in_force
from tests.factories.boroughs import NeedFactory
from tests.factories.procurement import CalibrationFitFactory

pytestmark = pytest.mark.django_db


def answers(number: int, *, right_from: float) -> None:
    """Answers with scores from 0 to 1, right from a score on; every tenth is a slip."""
    hub = NeedFactory()
    others = NeedFactory.create_batch(number, borough=hub.borough, category=hub.category)
    Decision.objects.bulk_create(
        Decision(
            first=hub,
            second=other,
            verdict="TOGETHER" if (place / number >= right_from) != (place % 10 == 9) else "APART",
            demand_reference="JD-0001",
            decided_at=timezone.now(),
            decided_by="somebody",
            score=place / number,
            band="LIKELY",
            engine_version=ENGINE_VERSION,
        )
        for place, other in enumerate(others)
    )


def said(*options: str) -> str:
    out = StringIO()
    call_command("refit_calibration", *options, stdout=out)
    return out.getvalue()


def test_too_few_answers_are_refused() -> None:
    answers(49, right_from=0.5)
    with pytest.raises(
        CommandError, match="There are 49 answers of analysts to what this version of the matcher said; it takes 50"
    ):
        said("--apply")
    assert not CalibrationFit.objects.exists()


@pytest.mark.parametrize(("verdict", "missing"), [("TOGETHER", "no"), ("APART", "yes")])
def test_answers_of_one_kind_are_refused(verdict: str, missing: str) -> None:
    answers(50, right_from=0.5)
    Decision.objects.update(verdict=verdict)
    with pytest.raises(CommandError, match=f"No analyst has answered {missing} yet"):
        said()


def test_answers_that_turn_the_scale_round_are_refused() -> None:
    answers(60, right_from=0.5)
    right = list(Decision.objects.filter(verdict="TOGETHER").values_list("pk", flat=True))
    Decision.objects.update(verdict="TOGETHER")
    Decision.objects.filter(pk__in=right).update(verdict="APART")
    with pytest.raises(CommandError, match="a stronger overlap is wrong more often"):
        said("--apply")


def test_before_and_after_are_shown_and_nothing_changes() -> None:
    answers(100, right_from=0.7)
    shown = said()
    assert "100 answers" in shown
    assert f"{shipped().slope:g}" in shown
    error = next(line for line in shown.splitlines() if "calibration error" in line).split()
    assert float(error[-1]) < float(error[-2])
    assert "right where it says strong" in shown
    assert "Nothing is changed." in shown
    assert not CalibrationFit.objects.exists()
    assert not Work.objects.exists()


def test_apply_puts_it_in_force_and_reset_takes_it_back() -> None:
    answers(100, right_from=0.7)
    said("--apply")
    now = in_force()
    assert not now.is_shipped
    assert (now.answers, now.fitted_by) == (100, "command line")
    # A score of 0.7 is where the answers turn.
    assert abs(now.calibration.probability(0.7) - 0.5) < 0.1
    assert Work.objects.pending().count() == 1
    assert AuditEvent.objects.get(verb="refit").details["answers"] == 100

    assert "from the next run on" in said("--reset")
    assert in_force().is_shipped
    assert "in force already" in said("--reset")
    assert CalibrationFit.objects.count() == 1


def test_newest_fit_that_stands_is_in_force() -> None:
    for slope in (5, 6):
        CalibrationFitFactory(slope=slope)
    assert in_force().calibration.slope == 6


def test_fit_to_the_scores_of_another_engine_is_not_in_force() -> None:
    CalibrationFitFactory(engine_version="1.0.0")
    assert in_force().is_shipped


def test_answers_to_another_engine_are_not_fitted_to() -> None:
    answers(100, right_from=0.7)
    Decision.objects.filter(pk__in=Decision.objects.order_by("pk")[:60]).update(engine_version="1.0.0")
    with pytest.raises(CommandError, match="There are 40 answers"):
        said()
