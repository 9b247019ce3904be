"""Where boroughs stand on many joint demands at once, for the list of them."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from procurement.models import JointDemand, Participation
from procurement.queries.participation import ORDER


@dataclass(frozen=True)
class ListedStanding:
    # The value of each stage that a borough has said, its words, and how many did; from the top of the ladder down.
    stages: tuple[tuple[str, str, int], ...] = ()
    # By when they decide, how many it takes, and who leads; None and "" before that is set, or once it is decided.
    decision_date: date | None = None
    quorum: int | None = None
    lead: str = ""


NOTHING_SAID = ListedStanding()


def listed_standings(references: Collection[str]) -> dict[str, ListedStanding]:
    """By reference. One query."""
    rows = JointDemand.objects.filter(reference__in=references).values_list(
        "reference",
        "coalition__decision_date",
        "coalition__quorum",
        "coalition__outcome",
        "coalition__lead__name",
        "participations__stage",
    )
    counted: dict[str, Counter[str]] = {}
    terms: dict[str, tuple[date | None, int | None, str]] = {}
    for reference, decision_date, quorum, outcome, lead, stage in rows:
        counted.setdefault(reference, Counter()).update([stage] if stage else [])
        terms[reference] = (None, None, lead or "") if outcome else (decision_date, quorum, lead or "")
    return {reference: ListedStanding(_stages(counted[reference]), *terms[reference]) for reference in terms}


def _stages(counted: Mapping[str, int]) -> tuple[tuple[str, str, int], ...]:
    said = (stage for stage in ORDER if stage != Participation.Stage.SUGGESTED and counted.get(stage))
    return tuple((str(stage), str(stage.label), counted[stage]) for stage in said)
