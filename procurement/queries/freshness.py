"""How fresh the matcher's result is: when it last finished, and what has changed since."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Func, OuterRef, Q, QuerySet, Subquery

from boroughs.models import Need
from procurement.models import Decision, MatchRun


@dataclass(frozen=True)
class Freshness:
    """Of a run that has not been yet, everything is None, empty and 0."""

    # When the matcher last finished.
    matched_at: datetime | None
    run_id: int | None
    engine_version: str
    # Needs that opened, were edited, or left a joint demand by their borough's hand since that run began to read.
    needs_changed: int
    # Rulings taken or taken back since.
    decisions_changed: int

    @property
    def is_stale(self) -> bool:
        return self.matched_at is None or bool(self.needs_changed or self.decisions_changed)


def freshness() -> Freshness:
    """One query."""
    run = _last_run().first()
    if run is None:
        return Freshness(None, None, "", 0, 0)
    finished_at, pk, engine_version, needs_changed, decisions_changed = run
    return Freshness(finished_at, pk, engine_version, needs_changed or 0, decisions_changed or 0)


def _last_run() -> QuerySet[MatchRun, Any]:
    began = OuterRef("started_at")
    edited = Q(status=Need.Status.OPEN, updated_at__gt=began)
    gone = ~Q(status=Need.Status.OPEN) & Q(demand_member__isnull=False)
    ruled = Q(decided_at__gt=began) | Q(undone_at__gt=began)
    return (
        MatchRun.objects.finished()
        .newest_first()
        .values_list(
            "finished_at",
            "pk",
            "engine_version",
            _count(Need.objects.filter(edited | gone)),
            _count(Decision.objects.filter(ruled)),
        )
    )


def _count(rows: QuerySet[Any]) -> Subquery:
    """How many there are, inside another query: without a group, so that none are counted as well."""
    return Subquery(rows.order_by().annotate(found=Func(F("pk"), function="COUNT")).values("found"))
