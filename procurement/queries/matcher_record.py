"""How the matcher has done: what people made of its proposals, whether that drifts, and the calibration in force."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, cast

from django.db.models import Count, Min, Q
from django.utils import timezone

from procurement.models import Decision, DemandMember, JointDemand, MatchRun
from procurement.queries.calibrations import InForce, in_force

RECENT: Final = timedelta(days=90)
# So many days with a run are drawn.
DAYS: Final = 30
# More runs than this are not read: at one every few minutes they go back far enough.
RUNS: Final = 2000


@dataclass(frozen=True)
class Answers:
    accepted: int
    rejected: int

    @property
    def count(self) -> int:
        return self.accepted + self.rejected

    @property
    def share_right(self) -> float | None:
        return self.accepted / self.count if self.count else None


@dataclass(frozen=True)
class RecordRow:
    engine_version: str
    band: str
    band_words: str
    # Members that an analyst has not answered yet: of the present engine, 0 of those before.
    waiting: int
    answers: Answers
    # When the first answer was given; None before it.
    since: datetime | None

    @property
    def suggested(self) -> int:
        return self.waiting + self.answers.count


@dataclass(frozen=True)
class Day:
    """The last run of one day."""

    day: date
    needs: int
    matched: int

    @property
    def share(self) -> float:
        return self.matched / self.needs


@dataclass(frozen=True)
class MatcherRecord:
    # The newest engine first; strong, likely, possible.
    rows: tuple[RecordRow, ...]
    recent: Answers
    before: Answers
    # The oldest first.
    days: tuple[Day, ...]
    in_force: InForce


def matcher_record() -> MatcherRecord:
    """Five queries, however many answers there are."""
    runs = MatchRun.objects.finished().filter(needs_count__gt=0).newest_first()
    read = list(runs.values_list("finished_at", "needs_count", "matched_count", "engine_version")[:RUNS])
    drift = _drift()
    return MatcherRecord(
        rows=_rows(read[0][3] if read else None),
        recent=drift[0],
        before=drift[1],
        days=_days(read),
        in_force=in_force(),
    )


def _rows(present: str | None) -> tuple[RecordRow, ...]:
    accepted = Count("pk", filter=Q(verdict=Decision.Verdict.TOGETHER))
    counted = (
        Decision.objects.answers()
        .values_list("engine_version", "band")
        .annotate(accepted=accepted, number=Count("pk"), first=Min("decided_at"))
        .order_by("engine_version", "band")
    )
    answered = {(version, band): (Answers(yes, number - yes), first) for version, band, yes, number, first in counted}
    waiting = _waiting()
    begun: dict[str, datetime] = {}
    for (version, _), (_, first) in answered.items():
        begun[version] = min(first, begun.get(version, first))
    versions = sorted(begun, key=lambda version: (version == present, begun[version]), reverse=True)
    if present is not None and present not in begun:
        versions.insert(0, present)
    none = (Answers(0, 0), None)
    return tuple(
        RecordRow(
            engine_version=version,
            band=band,
            band_words=band.label,
            waiting=waiting[band] if version == present else 0,
            answers=answered.get((version, band), none)[0],
            since=answered.get((version, band), none)[1],
        )
        for version in versions
        for band in DemandMember.Band
    )


def _waiting() -> Counter[str]:
    open_rows = DemandMember.objects.filter(confirmed_at__isnull=True, demand__in=JointDemand.objects.current())
    return Counter(dict(open_rows.values_list("band").annotate(Count("pk")).order_by("band")))


def _drift() -> tuple[Answers, Answers]:
    """Of the last 90 days, and of the time before."""
    recent = Q(decided_at__gte=timezone.now() - RECENT)
    together = Q(verdict=Decision.Verdict.TOGETHER)
    counted = Decision.objects.answers().aggregate(
        recent_yes=Count("pk", filter=recent & together),
        recent_no=Count("pk", filter=recent & ~together),
        before_yes=Count("pk", filter=~recent & together),
        before_no=Count("pk", filter=~recent & ~together),
    )
    return (
        Answers(counted["recent_yes"], counted["recent_no"]),
        Answers(counted["before_yes"], counted["before_no"]),
    )


def _days(runs: Iterable[tuple[datetime | None, int, int, str]]) -> tuple[Day, ...]:
    """`runs` newest first."""
    found: dict[date, Day] = {}
    for finished_at, needs, matched, _ in runs:
        # A finished run has a time: match_run_ended_has_time.
        day = timezone.localdate(cast(datetime, finished_at))
        found.setdefault(day, Day(day, needs, matched))
    return tuple(sorted(found.values(), key=lambda each: each.day)[-DAYS:])
