"""Where boroughs stand on many joint demands at once, for the list of them."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from boroughs.models import Need
from procurement.models import DemandMember, JointDemand, Participation
from procurement.queries.participation import ORDER


@dataclass(frozen=True)
class ListedStanding:
    # The value of each stage that a borough with an open need has said, its words, and how many did; from
    # the top of the ladder down.
    stages: tuple[tuple[str, str, int], ...] = ()
    # By when they decide, how many it takes, and who leads; None and "" before that is set, or once it is decided.
    decision_date: date | None = None
    quorum: int | None = None
    lead: str = ""


NOTHING_SAID = ListedStanding()


def listed_standings(references: Collection[str]) -> dict[str, ListedStanding]:
    """By reference. One query."""
    open_need = DemandMember.objects.filter(
        demand=OuterRef("pk"), need__status=Need.Status.OPEN, need__borough=OuterRef("participations__borough")
    )
    asked = JointDemand.objects.filter(reference__in=references).annotate(has_need=Exists(open_need))
    rows = asked.values_list(
        "reference",
        "coalition__decision_date",
        "coalition__quorum",
        "coalition__outcome",
        "coalition__lead__name",
        "participations__stage",
        "has_need",
    )
    counted: dict[str, Counter[str]] = {}
    terms: dict[str, tuple[date | None, int | None, str]] = {}
    for reference, decision_date, quorum, outcome, lead, stage, has_need in rows:
        counted.setdefault(reference, Counter()).update([stage] if stage and has_need else [])
        terms[reference] = (None, None, lead or "") if outcome else (decision_date, quorum, lead or "")
    return {reference: ListedStanding(_stages(counted[reference]), *terms[reference]) for reference in terms}


def _stages(counted: Mapping[str, int]) -> tuple[tuple[str, str, int], ...]:
    said = (stage for stage in ORDER if stage != Participation.Stage.SUGGESTED and counted.get(stage))
    return tuple((str(stage), str(stage.label), counted[stage]) for stage in said)
