"""What people decide about a joint demand. Every ruling is a Decision row that later runs obey until it is undone."""

from collections.abc import Iterable
from itertools import pairwise

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.actions import work
from boroughs.background import Task
from boroughs.exceptions import IllegalMove, NotAcceptable
from boroughs.models import Need, User
from boroughs.permissions import Actor, Permission
from procurement.models import Decision, DemandMember, JointDemand, LineageEvent, Notice

TITLE_LIMIT = 100


@transaction.atomic
def confirm(*, demand: JointDemand, by: Actor) -> JointDemand:
    """Yes, these needs belong together. The members stay together in later runs; new ones may still be suggested."""
    permissions.require(by, Permission.REVIEW_DEMANDS)
    _take_turn(demand)
    members = list(demand.members.select_related("need").order_by("need_id"))
    if len({member.need.borough_id for member in members}) < 2:
        raise NotAcceptable(["A joint demand needs members of at least two authorities."])
    now = timezone.now()
    if demand.status == JointDemand.Status.RETIRED:
        raise IllegalMove(f"{demand.reference} is retired; its needs have gone elsewhere.")
    JointDemand.objects.filter(pk=demand.pk).exclude(status=JointDemand.Status.RETIRED).update(
        status=JointDemand.Status.CONFIRMED,
        confirmed_at=now,
        confirmed_by=by if isinstance(by, User) else None,
        updated_at=now,
    )
    demand.members.filter(confirmed_at__isnull=True).update(confirmed_at=now)
    # A chain is enough: together is transitive, and n - 1 rulings are easier to undo than n(n - 1)/2.
    for left, right in pairwise(members):
        _decide(demand, left.need, right.need, Decision.Verdict.TOGETHER, by=by)
    audit.record(
        by=by,
        verb="confirm",
        noun="joint demand",
        reference=demand.reference,
        details={"needs": [member.need.reference for member in members]},
    )
    demand.refresh_from_db()
    return demand


@transaction.atomic
def reopen(*, demand: JointDemand, by: Actor) -> JointDemand:
    """Take a confirmation back: the rulings taken with it are undone, and the next run is free again."""
    permissions.require(by, Permission.REVIEW_DEMANDS)
    _take_turn(demand)
    now = timezone.now()
    moved = JointDemand.objects.filter(pk=demand.pk, status=JointDemand.Status.CONFIRMED).update(
        status=JointDemand.Status.SUGGESTED, confirmed_at=None, confirmed_by=None, updated_at=now
    )
    if not moved:
        raise IllegalMove(f"{demand.reference} is not confirmed.")
    if Notice.objects.standing().filter(demand=demand).exists():
        raise IllegalMove(f"{demand.reference} has a notice. Withdraw the notice first.")
    demand.members.update(confirmed_at=None)
    _undo_together(demand)
    audit.record(by=by, verb="reopen", noun="joint demand", reference=demand.reference)
    demand.refresh_from_db()
    return demand


@transaction.atomic
def remove_member(*, demand: JointDemand, need: Need, by: Actor, reason: str = "") -> None:
    """This need does not belong here: it is kept apart from the other members in every later run."""
    permissions.require(by, Permission.REVIEW_DEMANDS)
    _take_turn(demand)
    members = list(demand.members.select_related("need").order_by("need_id"))
    others = [member.need for member in members if member.need_id != need.pk]
    if len(others) == len(members):
        raise IllegalMove(f"{need.reference} is not a member of {demand.reference}.")
    now = timezone.now()
    # The chain of rulings may run through this need; what holds the others together is laid anew.
    _undo_together(demand)
    if demand.status == JointDemand.Status.CONFIRMED:
        for left, right in pairwise(others):
            _decide(demand, left, right, Decision.Verdict.TOGETHER, by=by)
    for other in others:
        _decide(demand, need, other, Decision.Verdict.APART, by=by, reason=reason)
    DemandMember.objects.filter(demand=demand, need=need).delete()
    LineageEvent.objects.create(demand=demand, at=now, kind=LineageEvent.Kind.SHRANK, left=[need.reference])
    _retire_if_alone(demand, others)
    audit.record(
        by=by,
        verb="remove member",
        noun="joint demand",
        reference=demand.reference,
        borough=need.borough,
        details={"need": need.reference} | ({"reason": reason} if reason else {}),
    )


@transaction.atomic
def undo_removal(*, demand: JointDemand, need: Need, by: Actor) -> None:
    """Take back the ruling that keeps a need out of this joint demand; the next run judges it afresh."""
    permissions.require(by, Permission.REVIEW_DEMANDS)
    _take_turn(demand)
    undone = (
        Decision.objects.standing()
        .filter(Q(first=need) | Q(second=need), demand_reference=demand.reference, verdict=Decision.Verdict.APART)
        .update(undone_at=timezone.now())
    )
    if not undone:
        raise IllegalMove(f"{need.reference} was not removed from {demand.reference}.")
    audit.record(
        by=by,
        verb="undo removal",
        noun="joint demand",
        reference=demand.reference,
        borough=need.borough,
        details={"need": need.reference},
    )


@transaction.atomic
def rename(*, demand: JointDemand, title: str, by: User) -> JointDemand:
    """Give the joint demand a title of its own, which runs leave alone."""
    permissions.require(by, Permission.REVIEW_DEMANDS)
    title = " ".join(title.split())
    if not title or len(title) > TITLE_LIMIT:
        raise NotAcceptable([f"Enter a title of 1 to {TITLE_LIMIT} characters."])
    before = demand.title
    demand.title = title
    demand.titled_by = by
    demand.updated_at = timezone.now()
    demand.save(update_fields=["title", "titled_by", "updated_at"])
    audit.record(
        by=by,
        verb="rename",
        noun="joint demand",
        reference=demand.reference,
        details={"from": before, "to": title},
    )
    return demand


def _decide(
    demand: JointDemand, left: Need, right: Need, verdict: Decision.Verdict, *, by: Actor, reason: str = ""
) -> None:
    """Let the ruling stand; a contrary one on the same pair is undone by it."""
    first, second = sorted((left, right), key=lambda need: need.pk)
    standing = Decision.objects.standing().filter(first=first, second=second)
    if standing.filter(verdict=verdict).exists():
        return
    now = timezone.now()
    standing.update(undone_at=now)
    Decision.objects.create(
        first=first,
        second=second,
        verdict=verdict,
        reason=reason,
        demand_reference=demand.reference,
        decided_at=now,
        decided_by=audit.name_of(by),
    )


def _undo_together(demand: JointDemand) -> None:
    """Undo what was ruled to belong together among the present members, on whichever demand's page it was ruled."""
    members = demand.members.values("need_id")
    Decision.objects.standing().filter(
        verdict=Decision.Verdict.TOGETHER, first_id__in=members, second_id__in=members
    ).update(undone_at=timezone.now())


def _retire_if_alone(demand: JointDemand, others: Iterable[Need]) -> None:
    if len({need.borough_id for need in others}) >= 2:
        return
    now = timezone.now()
    JointDemand.objects.filter(pk=demand.pk).update(status=JointDemand.Status.RETIRED, retired_at=now, updated_at=now)
    demand.members.all().delete()
    LineageEvent.objects.create(demand=demand, at=now, kind=LineageEvent.Kind.RETIRED)


def _take_turn(demand: JointDemand) -> None:
    """Ask for the next run, and wait for whoever is ruling or writing a run's result at this moment.

    The row of the matcher's work is the lock: each ruling changes it, and so does the end of a run. What is read after
    this is what the others left; without it, one analyst's confirmation could undo another's removal unseen.
    """
    work.request(task=Task.MATCH_NEEDS, key="london", delay=settings.MATCH_DEBOUNCE_SECONDS)
    demand.refresh_from_db()
