"""Merging two joint demands: the older keeps its reference and takes all in, the other's address leads there."""

from django.db import transaction
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.exceptions import IllegalMove
from boroughs.models import User
from boroughs.permissions import Permission
from procurement.actions import alignments, answering, carrying, coalition_members, demands, rereading, rulings
from procurement.actions.rulings import TOGETHER
from procurement.models import JointDemand, LineageEvent, ReviewAnswer
from procurement.queries.regrouping import in_order, why_not

Kind = LineageEvent.Kind


@transaction.atomic
def merge(*, demand: JointDemand, other: JointDemand, by: User, reason: str = "") -> tuple[ReviewAnswer, JointDemand]:
    """The two are one; the answer, and the one that is left. Every later run keeps those together that came in."""
    permissions.require(by, Permission.REVIEW_DEMANDS)
    rulings.take_turn(demand)
    other.refresh_from_db()
    survivor, goer = in_order(demand, other)
    refusal = why_not(survivor, goer)
    if refusal:
        raise IllegalMove(refusal)
    begun = answering.begin([survivor.pk, goer.pk], with_standings=True)
    moved = _lay(survivor, goer, by, reason)
    goer.members.update(demand=survivor, **rereading.as_read())
    carrying.merge(goer, survivor, by=by)
    _write_lineage(survivor, goer, moved)
    demands.judge(survivor)
    is_suggested = survivor.status == JointDemand.Status.SUGGESTED
    if is_suggested and not rereading.unread(survivor.members.all()).exists():
        demands.confirm(demand=survivor, by=by)
    settled = coalition_members.settle(survivor, by=by)
    answer = answering.keep(begun, demand=survivor, kind=ReviewAnswer.Kind.MERGED, by=by, reason=reason)
    alignments.request()
    _record(survivor, goer, moved, by, reason)
    carrying.tell(goer, survivor, by=by)
    coalition_members.tell(survivor, settled, besides=by)
    return answer, survivor


def _lay(survivor: JointDemand, goer: JointDemand, by: User, reason: str) -> list[str]:
    """Nothing keeps them apart, and those that come are held to the others; their references."""
    there = list(survivor.members.select_related("need"))
    coming = list(goer.members.select_related("need"))
    rulings.undo_apart_between([each.need_id for each in there], [each.need_id for each in coming])
    if there:
        to = rulings.anchor(there).need_id
        rulings.lay_many(survivor, ((to, each.need_id) for each in coming), TOGETHER, by=by, reason=reason)
    return sorted(each.need.reference for each in coming)


def _write_lineage(survivor: JointDemand, goer: JointDemand, moved: list[str]) -> None:
    now = timezone.now()
    LineageEvent.objects.create(demand=goer, at=now, kind=Kind.MERGED, other_reference=survivor.reference, left=moved)
    LineageEvent.objects.create(demand=survivor, at=now, kind=Kind.GREW, other_reference=goer.reference, joined=moved)


def _record(survivor: JointDemand, goer: JointDemand, moved: list[str], by: User, reason: str) -> None:
    details: dict[str, object] = {"needs": moved} | ({"reason": reason} if reason else {})
    for verb, demand, other in (("take in", survivor, goer), ("merge", goer, survivor)):
        audit.record(
            by=by,
            verb=verb,
            noun="joint demand",
            reference=demand.reference,
            details=details | {"other": other.reference},
        )
