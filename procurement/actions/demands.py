"""What people decide about a joint demand. Every ruling is a Decision row that later runs obey until it is undone."""

from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.exceptions import IllegalMove, NotAcceptable
from boroughs.models import Need, User
from boroughs.permissions import Actor, Permission
from procurement.actions import alignments, carrying, coalition_members, rereading, rulings, telling_figures
from procurement.actions.rulings import APART, TOGETHER
from procurement.models import Decision, DemandMember, JointDemand, LineageEvent, Notice, Overlap
from procurement.queries import calibrations, certainty

TITLE_LIMIT = 100
ACCEPTED = {"code": "decision", "words": "A person ruled that it belongs here", "weight": 1.0}


@transaction.atomic
def confirm(*, demand: JointDemand, by: Actor, reason: str = "") -> JointDemand:
    """Yes, these needs belong together. The members stay together in later runs; new ones may still be suggested.

    It also says that members whose text has changed a lot since they were confirmed still belong.
    """
    permissions.require(by, Permission.REVIEW_DEMANDS)
    rulings.take_turn(demand)
    members = _members(demand)
    _require_two_boroughs(members)
    now = timezone.now()
    if demand.status == JointDemand.Status.RETIRED:
        raise IllegalMove(f"{demand.reference} is retired; its needs have gone elsewhere.")
    JointDemand.objects.filter(pk=demand.pk).exclude(status=JointDemand.Status.RETIRED).update(
        status=JointDemand.Status.CONFIRMED,
        confirmed_at=now,
        confirmed_by=by if isinstance(by, User) else None,
        updated_at=now,
    )
    rulings.hold(demand, members, by=by)
    rereading.unread(demand.members.all()).update(**rereading.as_read())
    judge(demand)
    said: dict[str, object] = {"needs": [member.need.reference for member in members]}
    _record(demand, "confirm", by, details=said | ({"reason": reason} if reason else {}))
    telling_figures.request(demand)
    return demand


@transaction.atomic
def reopen(*, demand: JointDemand, by: Actor) -> JointDemand:
    """Take a confirmation back: the rulings taken with it are undone, and the next run is free again."""
    permissions.require(by, Permission.REVIEW_DEMANDS)
    rulings.take_turn(demand)
    now = timezone.now()
    moved = JointDemand.objects.filter(pk=demand.pk, status=JointDemand.Status.CONFIRMED).update(
        status=JointDemand.Status.SUGGESTED, confirmed_at=None, confirmed_by=None, updated_at=now
    )
    if not moved:
        raise IllegalMove(f"{demand.reference} is not confirmed.")
    if Notice.objects.standing().filter(demand=demand).exists():
        raise IllegalMove(f"{demand.reference} has a notice. Withdraw it first, or discard it while it is a draft.")
    demand.members.update(confirmed_at=None, confirmed_revision=None, moved_at=None)
    rulings.undo_together(demand)
    judge(demand)
    _record(demand, "reopen", by)
    return demand


@transaction.atomic
def confirm_member(*, demand: JointDemand, need: Need, by: Actor, reason: str = "") -> None:
    """This need belongs here, whatever becomes of the others: it stays with the strongest of them in later runs.

    Said again of a member whose text has changed a lot since, it is as read now, and the question is settled.
    """
    permissions.require(by, Permission.REVIEW_DEMANDS)
    rulings.take_turn(demand)
    member, others = _member_and_others(demand, need)
    if not others:
        raise NotAcceptable(["A joint demand needs members of at least two authorities."])
    if member.confirmed_at is not None and member.moved_at is None:
        raise IllegalMove(f"{need.reference} is confirmed as a member already.")
    said = rulings.proposed([member])[need.pk]
    rulings.lay(demand, need, rulings.anchor(others).need, TOGETHER, by=by, reason=reason, answers=said)
    DemandMember.objects.filter(pk=member.pk).update(**rereading.as_read())
    judge(demand)
    _record(demand, "confirm member", by, need=need, details={"reason": reason} if reason else {})


@transaction.atomic
def remove_member(
    *, demand: JointDemand, need: Need, by: Actor, reason: str = "", leaving: Collection[int] = ()
) -> None:
    """This need does not belong here: it is kept apart from the other members in every later run.

    `leaving` are needs, by primary keys, that leave for the same reason: it is not kept apart from those.
    """
    permissions.require(by, Permission.REVIEW_DEMANDS)
    rulings.take_turn(demand)
    member, others = _member_and_others(demand, need)
    said = rulings.proposed([member])[need.pk]
    rulings.release(demand, need, others, by=by)
    staying = [other for other in others if other.need_id not in leaving]
    nearest = rulings.anchor(staying) if staying else None
    for other in staying:
        # One of these rulings is the answer to the matcher; the others follow from it.
        answers = said if other is nearest else None
        rulings.lay(demand, need, other.need, APART, by=by, reason=reason, answers=answers)
    _leave(demand, need, others, by)
    _record(demand, "remove member", by, need=need, details={"reason": reason} if reason else {})


@transaction.atomic
def undo_removal(*, demand: JointDemand, need: Need, by: Actor) -> None:
    """Take back the ruling that keeps a need out of this joint demand; the next run judges it afresh."""
    permissions.require(by, Permission.REVIEW_DEMANDS)
    rulings.take_turn(demand)
    undone = (
        Decision.objects.standing()
        .filter(Q(first=need) | Q(second=need), demand_reference=demand.reference, verdict=APART)
        .update(undone_at=timezone.now())
    )
    if not undone:
        raise IllegalMove(f"{need.reference} was not removed from {demand.reference}.")
    judge(demand)
    _record(demand, "undo removal", by, need=need)


@transaction.atomic
def add_member(*, demand: JointDemand, need: Need, by: Actor, reason: str = "") -> DemandMember:
    """This need belongs here although the matcher left it out: it joins now and stays in every later run.

    It comes out of the joint demand it was in, which is retired where it would be left with one borough, and loses the
    rulings that held it there or kept it from the members here.
    """
    permissions.require(by, Permission.REVIEW_DEMANDS)
    rulings.take_turn(demand)
    need.refresh_from_db()
    members = _members(demand)
    if demand.status == JointDemand.Status.RETIRED or not members:
        raise IllegalMove(f"{demand.reference} is retired; its needs have gone elsewhere.")
    if need.status != Need.Status.OPEN:
        raise IllegalMove(f"{need.reference} is not open, so it cannot join a joint demand.")
    if any(member.need_id == need.pk for member in members):
        raise IllegalMove(f"{need.reference} is a member of {demand.reference} already.")
    _take_out(need, by)
    rulings.undo_apart(demand, need)
    rulings.lay(demand, need, rulings.anchor(members).need, TOGETHER, by=by, reason=reason)
    member = _join(demand, need, members)
    judge(demand)
    _record(demand, "add member", by, need=need, details={"reason": reason} if reason else {})
    return member


@transaction.atomic
def pin(*, demand: JointDemand, by: User, reason: str = "") -> JointDemand:
    """Hold the joint demand as it is: later runs add no member and take none away, until it is unpinned."""
    permissions.require(by, Permission.REVIEW_DEMANDS)
    rulings.take_turn(demand)
    _require_two_boroughs(_members(demand))
    now = timezone.now()
    pinned = (
        JointDemand.objects.current()
        .filter(pk=demand.pk, pinned_at__isnull=True)
        .update(pinned_at=now, pinned_by=by, pin_reason=reason, updated_at=now)
    )
    if not pinned:
        raise IllegalMove(f"{demand.reference} is pinned already.")
    judge(demand)
    _record(demand, "pin", by, details={"reason": reason} if reason else {})
    return demand


@transaction.atomic
def unpin(*, demand: JointDemand, by: Actor) -> JointDemand:
    """Let later runs change the joint demand again. What people ruled on its members stays."""
    permissions.require(by, Permission.REVIEW_DEMANDS)
    rulings.take_turn(demand)
    unpinned = JointDemand.objects.pinned().filter(pk=demand.pk)
    if not unpinned.update(pinned_at=None, pinned_by=None, pin_reason="", updated_at=timezone.now()):
        raise IllegalMove(f"{demand.reference} is not pinned.")
    judge(demand)
    _record(demand, "unpin", by)
    return demand


@transaction.atomic
def rename(*, demand: JointDemand, title: str, by: User, reason: str = "") -> JointDemand:
    """Give the joint demand a title of its own, which runs leave alone."""
    permissions.require(by, Permission.REVIEW_DEMANDS)
    demand.refresh_from_db()
    if demand.status == JointDemand.Status.RETIRED:
        raise IllegalMove(f"{demand.reference} is retired; its needs have gone elsewhere.")
    title = " ".join(title.split())
    if not title or len(title) > TITLE_LIMIT:
        raise NotAcceptable([f"Enter a title of 1 to {TITLE_LIMIT} characters."])
    before = demand.title
    demand.title = title
    demand.titled_by = by
    demand.updated_at = timezone.now()
    demand.save(update_fields=["title", "titled_by", "updated_at"])
    said: dict[str, object] = {"from": before, "to": title}
    _record(demand, "rename", by, details=said | ({"reason": reason} if reason else {}))
    return demand


@transaction.atomic
def unname(*, demand: JointDemand, by: User, reason: str = "") -> JointDemand:
    """Give the title back to the matcher: what it would call it is its title, and later runs may call it anew, as they
    do until somebody confirms it."""
    permissions.require(by, Permission.REVIEW_DEMANDS)
    demand.refresh_from_db()
    if demand.status == JointDemand.Status.RETIRED:
        raise IllegalMove(f"{demand.reference} is retired; its needs have gone elsewhere.")
    if demand.titled_by_id is None or not demand.suggested_title:
        raise IllegalMove(f"{demand.reference} has no other title that the matcher suggests.")
    before = demand.title
    demand.title = demand.suggested_title
    demand.titled_by = None
    demand.updated_at = timezone.now()
    demand.save(update_fields=["title", "titled_by", "updated_at"])
    said: dict[str, object] = {"from": before, "to": demand.title}
    _record(demand, "unname", by, details=said | ({"reason": reason} if reason else {}))
    return demand


def judge(demand: JointDemand) -> None:
    """Write the bands and the certainty that follow from the rulings, as the next run would."""
    demand.refresh_from_db()
    calibration = calibrations.in_force().calibration
    members = list(demand.members.all())
    for member in members:
        member.band = certainty.band(member, calibration)
    DemandMember.objects.bulk_update(members, ["band"])
    demand.certainty = certainty.judged(members, calibration, is_ruled=certainty.has_ruling(demand))
    demand.updated_at = timezone.now()
    demand.save(update_fields=["certainty", "updated_at"])


def _members(demand: JointDemand) -> list[DemandMember]:
    return list(demand.members.select_related("need").order_by("need_id"))


def _member_and_others(demand: JointDemand, need: Need) -> tuple[DemandMember, list[DemandMember]]:
    members = _members(demand)
    own = [member for member in members if member.need_id == need.pk]
    if not own:
        raise IllegalMove(f"{need.reference} is not a member of {demand.reference}.")
    return own[0], [member for member in members if member.need_id != need.pk]


def _require_two_boroughs(members: Iterable[DemandMember]) -> None:
    if len({member.need.borough_id for member in members}) < 2:
        raise NotAcceptable(["A joint demand needs members of at least two authorities."])


def _take_out(need: Need, by: Actor) -> None:
    """Out of the joint demand that it is in, if any, and free of what held it there."""
    row = DemandMember.objects.filter(need=need).select_related("demand").first()
    if row is None:
        Decision.objects.standing().filter(Q(first=need) | Q(second=need), verdict=TOGETHER).update(
            undone_at=timezone.now()
        )
        return
    _, others = _member_and_others(row.demand, need)
    rulings.release(row.demand, need, others, by=by)
    _leave(row.demand, need, others, by)


def _join(demand: JointDemand, need: Need, members: list[DemandMember]) -> DemandMember:
    """Its row, with what the last run knew of its overlaps with the members."""
    ids = [member.need_id for member in members]
    pairs = list(
        Overlap.objects.filter(Q(first=need, second_id__in=ids) | Q(second=need, first_id__in=ids)).strongest_first()
    )
    now = timezone.now()
    member = DemandMember.objects.create(
        demand=demand,
        need=need,
        strength=sum(pair.score for pair in pairs) / len(pairs) if pairs else 0.0,
        band=DemandMember.Band.STRONG,
        reasons=[ACCEPTED, *(pairs[0].reasons[:2] if pairs else [])],
        confirmed_at=now,
        confirmed_revision=need.revision,
    )
    LineageEvent.objects.create(demand=demand, at=now, kind=LineageEvent.Kind.GREW, joined=[need.reference])
    alignments.request()
    return member


def _leave(demand: JointDemand, need: Need, others: list[DemandMember], by: Actor) -> None:
    """Take the need's row out; a joint demand that is left with one borough is retired."""
    now = timezone.now()
    DemandMember.objects.filter(demand=demand, need=need).delete()
    LineageEvent.objects.create(demand=demand, at=now, kind=LineageEvent.Kind.SHRANK, left=[need.reference])
    alignments.request()
    if len({member.need.borough_id for member in others}) >= 2:
        judge(demand)
        settled = coalition_members.settle(demand, by=by)
        coalition_members.tell(demand, settled, besides=by)
        return
    # A draft is no hindrance: it is not published without two boroughs.
    if Notice.objects.on_board().filter(demand=demand).exists():
        raise IllegalMove(f"{demand.reference} would be left with one authority, and has a notice. Withdraw it first.")
    JointDemand.objects.filter(pk=demand.pk).update(status=JointDemand.Status.RETIRED, retired_at=now, updated_at=now)
    demand.members.all().delete()
    LineageEvent.objects.create(demand=demand, at=now, kind=LineageEvent.Kind.RETIRED)
    carrying.tell_ended(demand)


def _record(
    demand: JointDemand, verb: str, by: Actor, *, need: Need | None = None, details: dict[str, object] | None = None
) -> None:
    audit.record(
        by=by,
        verb=verb,
        noun="joint demand",
        reference=demand.reference,
        borough=need.borough if need else None,
        details=({"need": need.reference} if need else {}) | (details or {}),
    )
