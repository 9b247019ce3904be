"""The common specification of a joint demand, as far as one person may read it.

Boroughs that take part, and the office that reads submitted needs, read everything: what is to be agreed, who says
what, and where each requirement comes from, as far as `sharing` lets them read the needs. Everybody else who sees
joint demands reads what is agreed, and how many boroughs ask for it where that leaves open which.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from boroughs import permissions
from boroughs.models import Borough, Need, User
from boroughs.permissions import Permission
from procurement.models import (
    Coalition,
    CommonRequirement,
    DemandMember,
    JointDemand,
    Participation,
    RequirementStance,
    RequirementWording,
    SpecificationVersion,
)
from procurement.queries import open_standards
from procurement.queries.disclosure_rule import disclosure_rule
from procurement.queries.leading import leads
from procurement.queries.merged_in import takes_part
from procurement.queries.open_standards import OpenStandard
from procurement.queries.requirement_matrix import HIDDEN_ASKERS
from procurement.queries.sharing import Shared, belonging, shared_of
from procurement.queries.specification_rules import hindrances
from procurement.queries.word_diff import Piece, pieces

Status, Kind = CommonRequirement.Status, RequirementStance.Kind


@dataclass(frozen=True)
class Source:
    borough: str
    need_reference: str
    # Whether the reader may open the need's own page.
    is_open: bool
    text: str
    # "Must", "Should" or "".
    priority_words: str
    opposes: bool


@dataclass(frozen=True)
class Said:
    """What a borough says to the present wording."""

    borough: str
    kind: str
    text: str


@dataclass(frozen=True)
class Proposed:
    pk: int
    borough: str
    text: str
    # Against the present wording; the text as it is where it would be a requirement of its own.
    pieces: tuple[Piece, ...]
    priority_words: str
    reason: str
    status: str
    status_words: str
    proposed_at: datetime


@dataclass(frozen=True)
class Own:
    """A borough of the reader's that takes part, and what it said."""

    slug: str
    name: str
    # Kind and text of what it says to the present wording; "" where it has not said anything.
    kind: str
    kind_words: str
    text: str
    # Where it spoke of an older wording: what has changed since.
    since: tuple[Piece, ...]


@dataclass(frozen=True)
class RequirementShown:
    pk: int
    number: int
    position: int
    revision: int
    wording: int
    text: str
    priority: str
    priority_words: str
    status: str
    status_words: str
    standards: tuple[OpenStandard, ...]
    open_clashes: tuple[str, ...]
    settled_clashes: tuple[str, ...]
    settled: str
    said: tuple[Said, ...]
    # Boroughs that are asked and have not answered this wording.
    silent: tuple[str, ...]
    sources: tuple[Source, ...]
    # "Asked for by 4 boroughs": where the reader may not read every source, and that leaves open who else asks.
    asked_by: str
    # Boroughs for which it is a must, where it is none here.
    must_of: tuple[str, ...]
    proposed: tuple[Proposed, ...]
    own: tuple[Own, ...]
    # What keeps it from being agreed.
    hindrances: tuple[str, ...]
    dropped_reason: str
    agreed_at: datetime | None

    @property
    def accepting(self) -> tuple[str, ...]:
        return tuple(each.borough for each in self.said if each.kind == Kind.ACCEPTS)

    @property
    def differing(self) -> tuple[Said, ...]:
        return tuple(each for each in self.said if each.kind == Kind.DIFFERS)

    @property
    def objecting(self) -> tuple[Said, ...]:
        return tuple(each for each in self.said if each.kind == Kind.OBJECTS)

    @property
    def open_proposals(self) -> tuple[Proposed, ...]:
        return tuple(each for each in self.proposed if each.status == RequirementWording.Status.PROPOSED)

    @property
    def is_dropped(self) -> bool:
        return self.status == Status.DROPPED

    @property
    def is_agreed(self) -> bool:
        return self.status == Status.AGREED


@dataclass(frozen=True)
class Specification:
    requirements: tuple[RequirementShown, ...]
    # Requirements of their own that boroughs propose.
    proposed: tuple[Proposed, ...]
    # Whether the reader reads what is not agreed yet.
    reads_all: bool
    may_lead: bool
    may_draft: bool
    # The reader's boroughs that take part and for which they may speak: slug and name.
    own: tuple[tuple[str, str], ...]
    lead: str
    # Boroughs whose word it takes.
    asked: tuple[str, ...]
    # Of the newest version; None before there is one.
    version: int | None

    @property
    def standing(self) -> tuple[RequirementShown, ...]:
        """Those with an open clash first, then by position."""
        kept = [each for each in self.requirements if not each.is_dropped]
        return tuple(sorted(kept, key=lambda each: (not each.open_clashes, each.position, each.pk)))

    @property
    def dropped(self) -> tuple[RequirementShown, ...]:
        return tuple(each for each in self.requirements if each.is_dropped)

    @property
    def agreed_count(self) -> int:
        return sum(each.is_agreed for each in self.requirements)

    @property
    def unanswered(self) -> tuple[int, ...]:
        """Numbers of what waits for an answer of a borough of the reader's."""
        waiting = (each for each in self.standing if any(not own.kind for own in each.own))
        return tuple(sorted(each.number for each in waiting))


def for_page(reference: str) -> JointDemand | None:
    """The joint demand with what every page of its specification needs. One query."""
    rows = JointDemand.objects.select_related("category", "coalition__lead")
    newest = SpecificationVersion.objects.filter(demand=OuterRef("pk")).order_by("-number")
    return (
        rows.filter(reference=reference)
        .annotate(
            specification_number=Subquery(newest.values("number")[:1]),
            specification_content=Subquery(newest.values("content")[:1]),
        )
        .first()
    )


def specification(demand: JointDemand, user: User, *, number: int | None = None) -> Specification:
    """What this person reads of it, or of one requirement; `demand` is of `for_page`. Five queries."""
    coalition = getattr(demand, "coalition", None)
    reader = _Reader(demand, user, coalition)
    rows = CommonRequirement.objects.filter(demand=demand).by_position()
    if not reader.reads_all:
        rows = rows.agreed()
    if number is not None:
        rows = rows.filter(number=number)
    found = list(rows)
    stances = _stances(found) if reader.reads_all else {}
    wordings = _wordings(demand, number) if reader.reads_all else {}
    return Specification(
        requirements=tuple(_shown(row, stances.get(row.pk, []), wordings.get(row.pk, []), reader) for row in found),
        proposed=tuple(_proposed(each, "") for each in wordings.get(None, [])),
        reads_all=reader.reads_all,
        may_lead=reader.is_lead,
        may_draft=reader.is_lead or reader.is_analyst,
        own=tuple((borough.slug, borough.name) for borough in reader.own),
        lead=coalition.lead.name if coalition and coalition.lead else "",
        asked=tuple(sorted(reader.asked.values())),
        version=demand.specification_number,  # type: ignore[attr-defined]
    )


def reads_all(demand: JointDemand, user: User) -> bool:
    """Whether this person reads more than what is agreed. Two queries at most."""
    if permissions.has(user, Permission.VIEW_SUBMITTED_NEEDS):
        return True
    return takes_part(demand, permissions.borough_ids(user, Permission.VIEW_NEEDS))


class _Reader:
    """What the reader may read and do, asked once: two queries."""

    def __init__(self, demand: JointDemand, user: User, coalition: Coalition | None) -> None:
        members = DemandMember.objects.filter(demand=demand, need__status=Need.Status.OPEN)
        found = list(members.select_related("demand", "need__borough"))
        needs = [member.need for member in found]
        rows = list(
            Participation.objects.taking_part()
            .filter(demand=demand)
            .select_related("borough")
            .order_by("borough__name")
        )
        self.taking_part: dict[int, Borough] = {}
        self.asked: dict[int, str] = {}
        joining = {row.borough_id for row in rows if row.stage in Participation.JOINING}
        here = belonging(joining & {need.borough_id for need in needs}, found)
        for row in rows:
            self.taking_part[row.borough_id] = row.borough
            if row.borough_id in here:
                self.asked[row.borough_id] = row.borough.name
        self.needs = {need.reference: need for need in needs}
        self.shared: Shared = shared_of(user, needs, rows)
        speaks_for = set(permissions.borough_ids(user, Permission.TAKE_PART))
        self.own = [borough for pk, borough in self.taking_part.items() if pk in speaks_for]
        self.is_analyst = permissions.has(user, Permission.REVIEW_DEMANDS)
        self.is_lead = leads(user, coalition)
        self.reads_all = bool(self.shared.accepted_for) or permissions.has(user, Permission.VIEW_SUBMITTED_NEEDS)


def _stances(rows: Iterable[CommonRequirement]) -> dict[int, list[RequirementStance]]:
    found: dict[int, list[RequirementStance]] = {}
    stances = RequirementStance.objects.filter(requirement__in=rows).select_related("borough")
    for stance in stances.order_by("borough__name"):
        found.setdefault(stance.requirement_id, []).append(stance)
    return found


def _wordings(demand: JointDemand, number: int | None) -> dict[int | None, list[RequirementWording]]:
    """Open ones, and on the page of one requirement answered ones as well, the newest first."""
    rows = RequirementWording.objects.filter(demand=demand).select_related("borough")
    if number is None:
        rows = rows.filter(status=RequirementWording.Status.PROPOSED)
    else:
        rows = rows.filter(requirement__number=number)
    found: dict[int | None, list[RequirementWording]] = {}
    for row in rows.order_by("-proposed_at", "-pk"):
        found.setdefault(row.requirement_id, []).append(row)
    return found


def _shown(
    row: CommonRequirement, stances: list[RequirementStance], wordings: list[RequirementWording], reader: _Reader
) -> RequirementShown:
    by_borough = {stance.borough_id: stance for stance in stances}
    # What a borough that has declined said before counts no more.
    current = [each for each in stances if each.wording == row.wording and each.borough_id in reader.taking_part]
    answered = {stance.borough_id for stance in current}
    told = _sources(row, reader) if reader.reads_all else ()
    settled = len(row.clashes) - len(row.open_clashes)
    return RequirementShown(
        pk=row.pk,
        number=row.number,
        position=row.position,
        revision=row.revision,
        wording=row.wording,
        text=row.text,
        priority=row.priority,
        priority_words=row.get_priority_display(),
        status=row.status,
        status_words=row.get_status_display(),
        standards=open_standards.named(row.standards),
        open_clashes=tuple(row.open_clashes) if reader.reads_all else (),
        settled_clashes=tuple(row.clashes[:settled]) if reader.reads_all else (),
        settled=row.clash_settled_by if reader.reads_all else "",
        said=tuple(Said(stance.borough.name, stance.kind, stance.text) for stance in current),
        silent=tuple(sorted(name for pk, name in reader.asked.items() if pk not in answered))
        if reader.reads_all
        else (),
        sources=told,
        asked_by=_asked_by(row, reader),
        must_of=tuple(sorted({each.borough for each in told if each.priority_words == "Must" and not each.opposes}))
        if row.priority != "MUST"
        else (),
        proposed=tuple(_proposed(each, row.text) for each in wordings),
        own=tuple(_own(borough, by_borough.get(borough.pk), row) for borough in reader.own),
        hindrances=hindrances(row, stances, reader.asked) if reader.is_lead and row.status == Status.PROPOSED else (),
        dropped_reason=row.dropped_reason,
        agreed_at=row.agreed_at,
    )


def _sources(row: CommonRequirement, reader: _Reader) -> tuple[Source, ...]:
    """Those of needs that the reader may read now, by borough."""
    found = []
    for each in row.sources:
        need = reader.needs.get(each["need"])
        if need is None or not reader.shared.may_read(need.pk):
            continue
        found.append(
            Source(
                borough=need.borough.name,
                need_reference=each["need"],
                is_open=need.pk in reader.shared.whole,
                text=each["text"],
                priority_words=each["priority"].capitalize(),
                opposes=each["opposes"],
            )
        )
    return tuple(sorted(found, key=lambda each: (each.borough, each.need_reference)))


def _asked_by(row: CommonRequirement, reader: _Reader) -> str:
    """How many boroughs ask for it, where the reader does not see each, and it leaves open which of those do."""
    members = {need.borough.slug for need in reader.needs.values()}
    hidden = {need.borough.slug for need in reader.needs.values() if not reader.shared.may_read(need.pk)}
    boroughs = {each["borough"] for each in row.sources if not each["opposes"]} & members
    leaves_open = HIDDEN_ASKERS <= len(boroughs & hidden) < len(hidden)
    is_enough = len(boroughs) >= disclosure_rule().minimum_contributors
    return f"Asked for by {len(boroughs)} boroughs" if leaves_open and is_enough else ""


def _own(borough: Borough, stance: RequirementStance | None, row: CommonRequirement) -> Own:
    is_current = stance is not None and stance.wording == row.wording
    shown: Mapping[str, str] = (
        {"kind": stance.kind, "kind_words": stance.get_kind_display(), "text": stance.text}
        if stance is not None and is_current
        else {"kind": "", "kind_words": "", "text": ""}
    )
    is_older = stance is not None and not is_current and bool(stance.wording_text)
    return Own(
        slug=borough.slug,
        name=borough.name,
        since=pieces(stance.wording_text, row.text) if stance is not None and is_older else (),
        **shown,
    )


def _proposed(wording: RequirementWording, present: str) -> Proposed:
    return Proposed(
        pk=wording.pk,
        borough=wording.borough.name,
        text=wording.text,
        pieces=pieces(present or wording.text, wording.text),
        priority_words=wording.get_priority_display(),
        reason=wording.reason,
        status=wording.status,
        status_words=wording.get_status_display(),
        proposed_at=wording.proposed_at,
    )
