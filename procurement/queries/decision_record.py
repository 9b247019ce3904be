"""The decision record of one joint demand: why these needs, who agreed to what and when, and what else was considered.

One value for the page and the PDF. What it holds depends on who reads: an analyst reads all of it. Reasons of analysts
are for those who rule. Why a borough declined is for the office and boroughs that take part; a borough's own words, its
people's names and what it asked of the lead are for the lead and the borough itself.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone

from boroughs import audit
from boroughs.models import Need, User
from procurement.models import (
    Coalition,
    CommonRequirement,
    DemandMember,
    JointDemand,
    MatchRun,
    Participation,
    ParticipationStep,
    SpecificationVersion,
)
from procurement.queries import demand_history
from procurement.queries.demand_history import HistoryEntry, RemovedNeed
from procurement.queries.participation import Reader
from procurement.queries.quorum import counted
from procurement.queries.reasons import said
from procurement.queries.step_words import told

Stage, Asked = Participation.Stage, CommonRequirement.Status


@dataclass(frozen=True)
class RecordMember:
    reference: str
    title: str
    borough: str
    band_words: str
    strength: float
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    confirmed_at: datetime | None


@dataclass(frozen=True)
class RecordStanding:
    borough: str
    stage: str
    stage_words: str
    depth_words: str
    since: datetime | None
    # Its commitment counts for the quorum.
    counts: bool
    # Its need was withdrawn, or went elsewhere: what it said stands, and counts no more.
    has_need: bool
    # "" where there is none, or where the reader may not read it.
    reason_words: str
    comment: str
    committed_by: str


@dataclass(frozen=True)
class RecordStep:
    at: datetime
    borough: str
    words: str
    comment: str
    # The person where the reader may know, and the role that allowed it.
    by: str
    role: str


@dataclass(frozen=True)
class RecordTerms:
    quorum: int
    depth_words: str
    decision_date: date
    joining_closes_date: date | None
    if_missed_words: str
    start_date: date | None
    was_extended: bool


@dataclass(frozen=True)
class Requirements:
    agreed: int
    to_agree: int
    dropped: int
    # Of the common specification: None and "" before the first is frozen.
    version: int | None
    digest: str

    @property
    def is_empty(self) -> bool:
        return not (self.agreed or self.to_agree or self.dropped or self.version)


@dataclass(frozen=True)
class Engine:
    """The last finished run, out of which the strengths and reasons come."""

    run: int
    finished_at: datetime | None
    digest: str
    version: str
    # "shipped with the engine" or "fitted to 61 answers", with its two numbers.
    calibration: str


@dataclass(frozen=True)
class DecisionRecord:
    reference: str
    title: str
    category: str
    status: str
    status_words: str
    created_at: datetime
    pinned_at: datetime | None
    merged_into: str
    members: tuple[RecordMember, ...]
    # What people ruled and what runs changed, from the first on.
    acts: tuple[HistoryEntry, ...]
    standings: tuple[RecordStanding, ...]
    steps: tuple[RecordStep, ...]
    lead: str
    lead_agreed_at: datetime | None
    # None until they are set.
    terms: RecordTerms | None
    committed: int
    outcome_words: str
    outcome_at: datetime | None
    # Considered and not taken: needs ruled out, for those who rule; splits and mergers.
    removed: tuple[RemovedNeed, ...]
    recast: tuple[HistoryEntry, ...]
    requirements: Requirements
    engine: Engine | None
    # Whether all of it is here; else what the reader may not read is left out.
    is_whole: bool

    @property
    def declined(self) -> tuple[RecordStanding, ...]:
        return tuple(each for each in self.standings if each.stage == Stage.DECLINED)

    @property
    def taking_part(self) -> tuple[RecordStanding, ...]:
        return tuple(each for each in self.standings if each.stage not in (Stage.DECLINED, Stage.SUGGESTED))

    @property
    def unanswered(self) -> tuple[str, ...]:
        return tuple(each.borough for each in self.standings if each.stage == Stage.SUGGESTED)

    def digest(self) -> str:
        """SHA-256 of the content as canonical JSON: the same on the page and in the PDF, until something changes."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_as_text)
        return hashlib.sha256(text.encode()).hexdigest()


def decision_record(reference: str, user: User) -> DecisionRecord | None:
    """As this person may read it; None where there is no joint demand of that reference. At most nine queries."""
    demand = _demand(reference)
    if demand is None:
        return None
    coalition: Coalition | None = getattr(demand, "coalition", None)
    rows = Participation.objects.filter(demand=demand).select_related("borough", "committed_by")
    reader = Reader(user, coalition, rows)
    members = list(
        DemandMember.objects.filter(demand=demand).select_related("need__borough").order_by("-strength", "need_id")
    )
    found = [each for each in members if each.need.status == Need.Status.OPEN]
    acts = demand_history.history(demand, user, with_reasons=reader.is_analyst)[::-1]
    standings, committed = _standings(demand, coalition, rows, found, reader)
    return DecisionRecord(
        reference=demand.reference,
        title=demand.title,
        category=str(demand.category) if demand.category else "",
        status=demand.status,
        status_words=demand.get_status_display(),
        created_at=demand.created_at,
        pinned_at=demand.pinned_at,
        merged_into=demand.merged_into.reference if demand.merged_into else "",
        members=tuple(_member(each, exact=reader.is_exact) for each in found),
        acts=tuple(acts),
        standings=standings,
        steps=tuple(_steps(demand, {row.borough.slug: row for row in rows}, reader)),
        lead=coalition.lead.name if coalition and coalition.lead else "",
        lead_agreed_at=coalition.lead_agreed_at if coalition and coalition.lead else None,
        terms=_terms(coalition),
        committed=committed,
        outcome_words=coalition.get_outcome_display() if coalition and coalition.outcome else "",
        outcome_at=coalition.outcome_at if coalition and coalition.outcome else None,
        removed=tuple(demand_history.removed_needs(demand, {each.need_id for each in members}))
        if reader.is_analyst
        else (),
        recast=tuple(each for each in acts if each.others),
        requirements=_requirements(demand),
        engine=_engine(),
        is_whole=reader.is_analyst,
    )


def _demand(reference: str) -> JointDemand | None:
    """With its coalition, and what is known of its requirements, in one query."""
    of_status = {
        name: Count("common_requirements", filter=Q(common_requirements__status=status))
        for name, status in (("agreed", Asked.AGREED), ("to_agree", Asked.PROPOSED), ("dropped", Asked.DROPPED))
    }
    newest = SpecificationVersion.objects.filter(demand=OuterRef("pk")).order_by("-number")
    return (
        JointDemand.objects.filter(reference=reference)
        .select_related("category", "merged_into", "coalition__lead")
        .annotate(
            **of_status,
            specification_number=Subquery(newest.values("number")[:1]),
            specification_digest=Subquery(newest.values("digest")[:1]),
        )
        .first()
    )


def _member(row: DemandMember, *, exact: bool) -> RecordMember:
    reasons_for, reasons_against = said(row.reasons, exact=exact)
    return RecordMember(
        reference=row.need.reference,
        title=row.need.title,
        borough=row.need.borough.name,
        band_words=row.get_band_display(),
        strength=row.strength,
        reasons_for=reasons_for,
        reasons_against=reasons_against,
        confirmed_at=row.confirmed_at,
    )


def _standings(
    demand: JointDemand,
    coalition: Coalition | None,
    rows: Iterable[Participation],
    members: Iterable[DemandMember],
    reader: Reader,
) -> tuple[tuple[RecordStanding, ...], int]:
    """By name; boroughs that have not answered too. And how many count for the quorum."""
    by_borough = {row.borough_id: row for row in rows}
    with_need = {each.need.borough_id: each.need.borough for each in members}
    commitments = {pk: row.depth for pk, row in by_borough.items() if row.stage == Stage.COMMITTED}
    counting = counted(coalition or Coalition(demand=demand), commitments, set(with_need)).counted
    found = []
    for pk, borough in (with_need | {pk: row.borough for pk, row in by_borough.items()}).items():
        row = by_borough.get(pk) or Participation(demand=demand, borough=borough)
        words = reader.reads_words(pk)
        found.append(
            RecordStanding(
                borough=borough.name,
                stage=row.stage,
                stage_words=row.get_stage_display(),
                depth_words=row.get_depth_display(),
                since=row.moved_at,
                counts=pk in counting,
                has_need=pk in with_need,
                reason_words=row.get_reason_display() if reader.reads_reasons(pk) else "",
                comment=row.comment if words else "",
                committed_by=row.committed_by.name if row.committed_by and words else "",
            )
        )
    return tuple(sorted(found, key=lambda each: each.borough)), len(counting)


def _steps(demand: JointDemand, rows: Mapping[str, Participation], reader: Reader) -> Iterable[RecordStep]:
    names = {slug: row.borough.name for slug, row in rows.items()}
    private = (ParticipationStep.Verb.ASKED, ParticipationStep.Verb.REFUSED)
    steps = list(ParticipationStep.objects.filter(demand_reference=demand.reference).order_by("at", "pk"))
    people = audit.people(step.by for step in steps)
    for step in steps:
        row = rows.get(step.borough_slug)
        words = reader.reads_words(row.borough_id if row else None)
        if step.verb in private and not words:
            continue
        reasons = reader.reads_reasons(row.borough_id) if row else reader.is_office
        yield RecordStep(
            at=step.at,
            borough=names.get(step.borough_slug, step.borough_slug),
            words=told(step, names, with_reason=reasons),
            comment=step.comment if words else "",
            by=people.get(step.by, step.by) if words else "",
            role=step.role,
        )


def _terms(coalition: Coalition | None) -> RecordTerms | None:
    if coalition is None or coalition.quorum is None or coalition.decision_date is None:
        return None
    return RecordTerms(
        quorum=coalition.quorum,
        depth_words=coalition.get_depth_display(),
        decision_date=coalition.decision_date,
        joining_closes_date=coalition.joining_closes_date,
        if_missed_words=coalition.get_if_missed_display(),
        start_date=coalition.start_date,
        was_extended=coalition.extended_at is not None,
    )


def _requirements(demand: JointDemand) -> Requirements:
    known = vars(demand)
    return Requirements(
        agreed=known["agreed"],
        to_agree=known["to_agree"],
        dropped=known["dropped"],
        version=known["specification_number"],
        digest=known["specification_digest"] or "",
    )


def _engine() -> Engine | None:
    run = MatchRun.objects.finished().newest_first().first()
    if run is None:
        return None
    return Engine(
        run=run.pk,
        finished_at=run.finished_at,
        digest=run.digest,
        version=run.engine_version,
        calibration=_calibration(run.parameters.get("calibration") or {}),
    )


def _calibration(known: Mapping[str, object]) -> str:
    if not known:
        return ""
    source = f"fitted to {known.get('answers')} answers" if known.get("source") == "fitted" else "as shipped"
    return f"{source}, slope {known.get('slope')}, offset {known.get('offset')}"


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat()
    return str(value)
