"""How fresh the matcher's result is: when it last finished, and what has changed since."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

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
    """Three queries, one before the first run."""
    run = MatchRun.objects.finished().newest_first().first()
    if run is None:
        return Freshness(None, None, "", 0, 0)
    edited = Q(status=Need.Status.OPEN, updated_at__gt=run.started_at)
    gone = ~Q(status=Need.Status.OPEN) & Q(demand_member__isnull=False)
    ruled = Q(decided_at__gt=run.started_at) | Q(undone_at__gt=run.started_at)
    return Freshness(
        matched_at=run.finished_at,
        run_id=run.pk,
        engine_version=run.engine_version,
        needs_changed=Need.objects.filter(edited | gone).count(),
        decisions_changed=Decision.objects.filter(ruled).count(),
    )
