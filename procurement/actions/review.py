"""Answers in the review queue: each applies at once, and the last one can be taken back.

An answer is one of the rulings of procurement/actions/demands.py. Beside it stands what it changed, so that taking it
back restores the rulings exactly, and the joint demands with their members too unless somebody has changed them since;
then the next run judges afresh.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.exceptions import IllegalMove
from boroughs.models import Need, User
from boroughs.permissions import Permission
from procurement.actions import alignments, demands, rulings
from procurement.models import Decision, DemandMember, JointDemand, Notice, ReviewAnswer

Kind = ReviewAnswer.Kind

# The time of the last change goes back with the rest, so that the answer before can be taken back as well.
_DEMAND = ("status", "certainty", "confirmed_at", "confirmed_by_id", "retired_at", "updated_at")
_MEMBER = ("need_id", "strength", "band", "reasons", "confirmed_at")


@transaction.atomic
def answer(*, demand: JointDemand, kind: ReviewAnswer.Kind, by: User, need: Need | None = None) -> ReviewAnswer:
    """Give one answer. Where no member is left to be asked about, the joint demand is confirmed with it."""
    permissions.require(by, Permission.REVIEW_DEMANDS)
    rulings.take_turn(demand)
    standing = _standing()
    before = _state(demand, need)
    _rule(demand, kind, need, by)
    if demand.status == JointDemand.Status.SUGGESTED and not demand.members.filter(confirmed_at=None).exists():
        demands.confirm(demand=demand, by=by)
    return ReviewAnswer.objects.create(
        demand=demand,
        need=need,
        kind=kind,
        answered_at=timezone.now(),
        answered_by=by,
        before={
            "rulings_made": sorted(_standing() - standing),
            "rulings_undone": sorted(standing - _standing()),
            "demands": before,
            "left_at": _times(each["id"] for each in before),
        },
    )


@transaction.atomic
def undo_last(*, by: User) -> ReviewAnswer:
    """Take this person's last answer back."""
    permissions.require(by, Permission.REVIEW_DEMANDS)
    last = ReviewAnswer.objects.standing().filter(answered_by=by).newest_first().select_related("demand").first()
    if last is None:
        raise IllegalMove("You have given no answer that could be taken back.")
    rulings.take_turn(last.demand)
    last.refresh_from_db()
    if last.undone_at is not None:
        raise IllegalMove("This answer is taken back already.")
    if Notice.objects.standing().filter(demand=last.demand).exists():
        raise IllegalMove(f"{last.demand.reference} has a notice. Withdraw the notice first.")
    _undo_rulings(last)
    touched = [each["id"] for each in last.before["demands"]]
    if _times(touched) == last.before["left_at"]:
        _restore(last.before["demands"])
        alignments.request()
    else:
        for demand in JointDemand.objects.current().filter(pk__in=touched):
            demands.judge(demand)
    last.undone_at = timezone.now()
    last.save(update_fields=["undone_at"])
    audit.record(
        by=by,
        verb="undo answer",
        noun="joint demand",
        reference=last.demand.reference,
        details={"answer": last.get_kind_display()} | ({"need": last.need.reference} if last.need else {}),
    )
    return last


def last_answer(by: User) -> ReviewAnswer | None:
    """What `undo_last` would take back."""
    mine = ReviewAnswer.objects.standing().filter(answered_by=by).select_related("demand", "need")
    return mine.newest_first().first()


def _rule(demand: JointDemand, kind: ReviewAnswer.Kind, need: Need | None, by: User) -> None:
    if kind == Kind.CONFIRMED:
        demands.confirm(demand=demand, by=by)
        return
    if need is None:
        raise IllegalMove("Say of which need.")
    if kind == Kind.BELONGS:
        demands.confirm_member(demand=demand, need=need, by=by)
    elif kind == Kind.REMOVED:
        demands.remove_member(demand=demand, need=need, by=by)
    else:
        demands.add_member(demand=demand, need=need, by=by)


def _standing() -> set[int]:
    return set(Decision.objects.standing().values_list("pk", flat=True))


def _state(demand: JointDemand, need: Need | None) -> list[dict[str, Any]]:
    """The joint demand and the one that the need is in, each with its members."""
    touched = {demand.pk}
    if need is not None:
        touched |= set(DemandMember.objects.filter(need=need).values_list("demand_id", flat=True))
    members = DemandMember.objects.order_by("need_id").values(*_MEMBER)
    return [
        {"id": row["id"]}
        | _plain({name: row[name] for name in _DEMAND})
        | {"members": [_plain(member) for member in members.filter(demand=row["id"])]}
        for row in JointDemand.objects.filter(pk__in=touched).order_by("pk").values("id", *_DEMAND)
    ]


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON, times to the microsecond."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _times(demand_ids: Iterable[int]) -> list[list[Any]]:
    """When each of these joint demands was last changed, as it is stored with an answer."""
    rows = JointDemand.objects.filter(pk__in=set(demand_ids)).order_by("pk").values_list("pk", "updated_at")
    return [[pk, updated_at.isoformat()] for pk, updated_at in rows]


def _undo_rulings(given: ReviewAnswer) -> None:
    standing = Decision.objects.standing()
    standing.filter(pk__in=given.before["rulings_made"]).update(undone_at=timezone.now())
    for ruling in Decision.objects.filter(pk__in=given.before["rulings_undone"]):
        # Unless somebody has ruled on the same pair since.
        if not standing.filter(first=ruling.first_id, second=ruling.second_id).exists():
            Decision.objects.filter(pk=ruling.pk).update(undone_at=None)


def _restore(states: list[dict[str, Any]]) -> None:
    DemandMember.objects.filter(demand__in=[state["id"] for state in states]).delete()
    # One that was taken in elsewhere since stays there.
    placed = set(DemandMember.objects.values_list("need_id", flat=True))
    for state in states:
        row = JointDemand.objects.filter(pk=state["id"])
        row.update(**{name: state[name] for name in _DEMAND})
        DemandMember.objects.bulk_create(
            DemandMember(demand_id=state["id"], **each) for each in state["members"] if each["need_id"] not in placed
        )
