"""What is on a person's plate, by role: drafts, approvals, suggestions, notices that wait for a second person."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Window

from boroughs import background, permissions
from boroughs.models import Amendment, Borough, Contract, Need, User, Work
from boroughs.permissions import Permission
from boroughs.prepared import prepared
from boroughs.queries import radar
from boroughs.queries.renewal_dates import months_after
from procurement.models import JointDemand, Notice, Participation
from procurement.queries.ahead import DateAhead, dates_ahead
from procurement.queries.found import FoundOverlap, found_overlaps

ROWS = 5
# How many rows there are, however few of them are read.
ALL = Window(Count("pk"))


@dataclass(frozen=True)
class Pile:
    """Things of one kind: how many, and the first few."""

    count: int
    rows: tuple[Any, ...]


EMPTY = Pile(0, ())


@dataclass(frozen=True)
class Plate:
    """None where the person's role has no such thing."""

    boroughs: tuple[Borough, ...]
    # Whether the boroughs have begun nothing here yet, so that the page says how to.
    is_new: bool = False
    drafts: Pile | None = None
    to_approve: Pile | None = None
    amendments: Pile | None = None
    amending: Pile | None = None
    to_confirm: Pile | None = None
    waiting: Pile | None = None
    overlaps: tuple[FoundOverlap, ...] | None = None
    demands: Pile | None = None
    renewals: Pile | None = None
    ahead: tuple[DateAhead, ...] | None = None
    suggestions: Pile | None = None
    to_publish: Pile | None = None
    people: int | None = None
    guests: int | None = None
    failed_work: int | None = None


def plate(user: User, *, today: date) -> Plate:
    """The person's plate. A dozen queries at the most, whatever there is."""
    own = permissions.borough_ids(user, Permission.VIEW_NEEDS)
    if own:
        return _of_boroughs(user, own, today)
    manages = permissions.has(user, Permission.MANAGE_PEOPLE)
    return Plate(
        boroughs=(),
        suggestions=_suggestions() if permissions.has(user, Permission.REVIEW_DEMANDS) else None,
        to_publish=_to_publish(user) if permissions.has(user, Permission.PUBLISH_NOTICES) else None,
        people=User.objects.filter(is_active=True).count() if manages else None,
        guests=Borough.objects.filter(kind=Borough.Kind.GUEST).count() if manages else None,
        failed_work=_failed_work() if permissions.has(user, Permission.RUN_MATCHER) else None,
    )


def _failed_work() -> int:
    """But for what the scheduler tries again by itself."""
    return Work.objects.failed().exclude(task__in=background.PRIVATE).count()


def _of_boroughs(user: User, own: list[int], today: date) -> Plate:
    editing = permissions.borough_ids(user, Permission.EDIT_NEEDS)
    approving = permissions.borough_ids(user, Permission.APPROVE_NEEDS)
    needs = _needs(own, editing, approving)
    amendments = _amendments(editing, approving)
    demands, renewals = _demands(own), _renewals(own, today)
    overlaps = found_overlaps(own, limit=ROWS)
    return Plate(
        boroughs=tuple(_boroughs(user)),
        is_new=not (needs or demands.count or overlaps) and not Need.objects.filter(borough__in=own).exists(),
        drafts=needs.get("drafts", EMPTY) if editing else None,
        to_approve=needs.get("to_approve", EMPTY) if approving else None,
        amendments=amendments.get(Amendment.Status.SUBMITTED, EMPTY) if approving else None,
        amending=amendments.get(Amendment.Status.DRAFT, EMPTY) if editing else None,
        to_confirm=needs.get("to_confirm", EMPTY) if editing else None,
        waiting=needs.get("waiting", EMPTY) if set(own) - set(approving) else None,
        overlaps=overlaps,
        demands=demands,
        renewals=renewals,
        ahead=dates_ahead(own, today=today, limit=ROWS),
    )


def _boroughs(user: User) -> list[Borough]:
    """Of the memberships, which every page has read already."""
    mine = [membership.borough for membership in permissions.memberships(user) if membership.borough is not None]
    return sorted(mine, key=lambda borough: borough.name)


@dataclass(frozen=True)
class Item:
    """A need that waits for somebody, since `updated_at`; or a joint demand of so many boroughs."""

    reference: str
    title: str
    updated_at: datetime | None = None
    boroughs_count: int = 0
    # Of a joint demand: none of the person's boroughs has said yet whether it takes part.
    is_unanswered: bool = False


@dataclass(frozen=True)
class Ending:
    """A contract that ends soon."""

    title: str
    supplier: str
    end_date: date


def _needs(own: list[int], editing: list[int], approving: list[int]) -> dict[str, Pile]:
    """The needs that wait for somebody, by what they wait for: one query for all piles."""
    piles: dict[str, list[Item]] = {}
    for status, borough, reference, title, updated_at in _needs_that_wait(boroughs=own):
        if pile := _pile_of(status, may_edit=borough in editing, may_approve=borough in approving):
            piles.setdefault(pile, []).append(Item(reference, title, updated_at))
    return {name: Pile(len(many), tuple(many[:ROWS])) for name, many in piles.items()}


@prepared
def _needs_that_wait(*, boroughs: list[int]) -> QuerySet[Need, tuple[str, int, str, str, datetime]]:
    asked = Q(status=Need.Status.OPEN, confirmation_asked_at__isnull=False)
    waits = Q(status__in=[Need.Status.DRAFT, Need.Status.SUBMITTED]) | asked
    rows = Need.objects.filter(waits, borough__in=boroughs).newest_first()
    return rows.values_list("status", "borough_id", "reference", "title", "updated_at")


def _pile_of(status: str, *, may_edit: bool, may_approve: bool) -> str:
    """The pile of a need in this status; "" where it waits for somebody else."""
    if status == Need.Status.SUBMITTED:
        return "to_approve" if may_approve else "waiting"
    if not may_edit:
        return ""
    return "drafts" if status == Need.Status.DRAFT else "to_confirm"


def _amendments(editing: list[int], approving: list[int]) -> dict[str, Pile]:
    """Amendments that wait for an approver, and those that are being written: all of them. One query."""
    if not editing:
        return {}
    piles: dict[str, list[Item]] = {}
    for status, borough, reference, title, updated_at in _amendments_that_wait(boroughs=editing):
        if status == Amendment.Status.DRAFT or borough in approving:
            piles.setdefault(status, []).append(Item(reference, title, updated_at))
    return {status: Pile(len(many), tuple(many)) for status, many in piles.items()}


@prepared
def _amendments_that_wait(*, boroughs: list[int]) -> QuerySet[Amendment, tuple[str, int, str, str, datetime]]:
    rows = Amendment.objects.current().filter(need__borough__in=boroughs).order_by("-updated_at", "pk")
    return rows.values_list("status", "need__borough", "need__reference", "need__title", "updated_at")


def _pile(rows: QuerySet[Any]) -> Pile:
    """The first few with the number of all, by one query."""
    first = tuple(rows.annotate(total=ALL)[:ROWS])
    return Pile(count=first[0].total if first else 0, rows=first)


def _demands(own: list[int]) -> Pile:
    """The joint demands that wait for an answer, then those with most boroughs."""
    rows = _demands_of(boroughs=own)
    first = tuple(
        Item(reference, title, boroughs_count=boroughs, is_unanswered=not answered)
        for reference, title, _, answered, boroughs, _ in rows
    )
    return Pile(rows[0][-1] if rows else 0, first)


@prepared
def _demands_of(*, boroughs: list[int]) -> QuerySet[JointDemand, Any]:
    """Reference, title, key, whether answered, number of boroughs; and of how many rows these are the first few."""
    mine = JointDemand.objects.current().sure().filter(members__need__borough__in=boroughs).values("pk")
    said = Participation.objects.filter(demand=OuterRef("pk"), borough__in=boroughs)
    answered = Exists(said.exclude(stage=Participation.Stage.SUGGESTED))
    # Named before they are counted: else rows are grouped by every column there is.
    named = JointDemand.objects.filter(pk__in=mine).annotate(answered=answered)
    counted = named.values_list("reference", "title", "pk", "answered").annotate(
        boroughs_count=Count("members__need__borough", distinct=True), total=ALL
    )
    return counted.order_by("answered", "-boroughs_count", "pk")[:ROWS]


def _suggestions() -> Pile:
    suggested = JointDemand.objects.filter(status=JointDemand.Status.SUGGESTED).annotate(
        boroughs_count=Count("members__need__borough", distinct=True)
    )
    return _pile(suggested.order_by("-boroughs_count", "pk"))


def _to_publish(user: User) -> Pile:
    """Not those that the person proposed: it takes somebody else."""
    proposed = Notice.objects.filter(status__in=Notice.WAITING).exclude(proposed_by=user.email)
    return _pile(proposed.order_by("updated_at", "pk"))


def _renewals(boroughs: list[int], today: date) -> Pile:
    rows = _suggested(boroughs=boroughs, today=today, last=months_after(today, radar.WINDOW))
    return Pile(rows[0][-1] if rows else 0, tuple(Ending(*words) for *words, _ in rows))


@prepared
def _suggested(*, boroughs: list[int], today: date, last: date) -> QuerySet[Contract, Any]:
    """Title, supplier, last day; and how many the renewal radar shows in all, of which the first few are read."""
    rows = radar.suggested(today=today, last=last).filter(borough__in=boroughs).by_end().annotate(total=ALL)
    return rows.values_list("title", "supplier", "end_date", "total")[:ROWS]
