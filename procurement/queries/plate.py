"""What is on a person's plate, by role: drafts, approvals, suggestions, notices that wait for a second person."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from boroughs import permissions
from boroughs.models import Borough, Contract, Need, User, Work
from boroughs.permissions import Permission
from procurement.models import JointDemand, Notice

ROWS = 5
# A purchase takes about so long, so a contract that ends within it is due to be thought of.
RENEWAL_DAYS = 540


@dataclass(frozen=True)
class Pile:
    """Things of one kind: how many, and the first few."""

    count: int
    rows: tuple[Any, ...]


@dataclass(frozen=True)
class Plate:
    """None where the person's role has no such thing."""

    boroughs: tuple[Borough, ...]
    drafts: Pile | None = None
    to_approve: Pile | None = None
    waiting: Pile | None = None
    demands: Pile | None = None
    renewals: Pile | None = None
    suggestions: Pile | None = None
    to_publish: Pile | None = None
    people: int | None = None
    guests: int | None = None
    failed_work: int | None = None


def plate(user: User, *, today: date) -> Plate:
    """The person's plate. A dozen queries at the most, whatever there is."""
    own = permissions.borough_ids(user, Permission.VIEW_NEEDS)
    editing = permissions.borough_ids(user, Permission.EDIT_NEEDS)
    approving = permissions.borough_ids(user, Permission.APPROVE_NEEDS)
    needs = Need.objects.select_related("borough").newest_first()
    submitted = needs.filter(status=Need.Status.SUBMITTED)
    manages = permissions.has(user, Permission.MANAGE_PEOPLE)
    return Plate(
        boroughs=tuple(permissions.boroughs_of(user, Permission.VIEW_NEEDS)) if own else (),
        drafts=_pile(needs.filter(status=Need.Status.DRAFT, borough__in=editing)) if editing else None,
        to_approve=_pile(submitted.filter(borough__in=approving)) if approving else None,
        waiting=_pile(submitted.filter(borough__in=set(own) - set(approving))) if set(own) - set(approving) else None,
        demands=_pile(_demands_of(own)) if own else None,
        renewals=_pile(_renewals(own, today)) if own else None,
        suggestions=_suggestions() if permissions.has(user, Permission.REVIEW_DEMANDS) else None,
        to_publish=_to_publish(user) if permissions.has(user, Permission.PUBLISH_NOTICES) else None,
        people=User.objects.filter(is_active=True).count() if manages else None,
        guests=Borough.objects.filter(kind=Borough.Kind.GUEST).count() if manages else None,
        failed_work=Work.objects.failed().count() if permissions.has(user, Permission.RUN_MATCHER) else None,
    )


def _pile(rows: QuerySet[Any]) -> Pile:
    first = tuple(rows[: ROWS + 1])
    return Pile(count=len(first) if len(first) <= ROWS else rows.count(), rows=first[:ROWS])


def _demands_of(boroughs: list[int]) -> QuerySet[JointDemand]:
    mine = JointDemand.objects.current().sure().filter(members__need__borough__in=boroughs).values("pk")
    counted = JointDemand.objects.filter(pk__in=mine).annotate(
        boroughs_count=Count("members__need__borough", distinct=True)
    )
    return counted.order_by("-boroughs_count", "pk")


def _suggestions() -> Pile:
    suggested = JointDemand.objects.filter(status=JointDemand.Status.SUGGESTED).annotate(
        boroughs_count=Count("members__need__borough", distinct=True)
    )
    return _pile(suggested.order_by("-boroughs_count", "pk"))


def _to_publish(user: User) -> Pile:
    """Not those that the person proposed: it takes somebody else."""
    proposed = Notice.objects.filter(status=Notice.Status.PROPOSED).exclude(proposed_by=user.email)
    return _pile(proposed.order_by("updated_at", "pk"))


def _renewals(boroughs: list[int], today: date) -> QuerySet[Contract]:
    soon = today + timedelta(days=RENEWAL_DAYS)
    contracts = Contract.objects.filter(borough__in=boroughs, end_date__range=(today, soon))
    return contracts.select_related("borough").by_end()
