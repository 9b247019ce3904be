"""What every answer of an analyst leaves beside its rulings: what was there before it, so that it can be taken back.

Called by the actions on joint demands, inside their transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from boroughs.models import Need, User
from procurement.actions import standings, states
from procurement.models import Decision, JointDemand, Opinion, ReviewAnswer


@dataclass(frozen=True)
class Begun:
    """Before the answer: rulings that stand, joint demands, and what boroughs said on them where it may be carried."""

    rulings: frozenset[int]
    demands: list[dict[str, Any]]
    standings: standings.Rows
    # How the joint demand is called and held, where that is what the answer changes.
    own: dict[str, Any]


def begin(demand_ids: Iterable[int], *, with_standings: bool = False, own: JointDemand | None = None) -> Begun:
    ids = set(demand_ids)
    said = standings.of(ids) if with_standings else {}
    return Begun(_standing(), states.of(ids), said, states.own(own) if own else {})


def keep(
    begun: Begun,
    *,
    demand: JointDemand,
    kind: ReviewAnswer.Kind,
    by: User,
    need: Need | None = None,
    reason: str = "",
    created: Iterable[int] = (),
) -> ReviewAnswer:
    """The row of the answer. `created` are joint demands that it made."""
    now = _standing()
    made = sorted(created)
    touched = [state["id"] for state in begun.demands] + made
    regrouped = {}
    if begun.standings:
        regrouped = {
            "created": made,
            "left": states.seen(states.of(touched)),
            "standings": begun.standings,
            "standings_left": standings.said(standings.of(touched)),
        }
    if not begun.own:
        _close_opinions(touched, demand, kind, need)
    own = {"own": begun.own, "own_left": states.own(demand)} if begun.own else {}
    return ReviewAnswer.objects.create(
        demand=demand,
        need=need,
        kind=kind,
        reason=reason,
        answered_at=timezone.now(),
        answered_by=by,
        before={
            "rulings_made": sorted(now - begun.rulings),
            "rulings_undone": sorted(begun.rulings - now),
            "demands": begun.demands,
            "left_at": states.times(state["id"] for state in begun.demands),
        }
        | regrouped
        | own,
    )


def _close_opinions(touched: Iterable[int], demand: JointDemand, kind: ReviewAnswer.Kind, need: Need | None) -> None:
    """What people had said in a double reading of that which is answered counts no more: whoever takes the answer back
    asks everybody afresh. A need that joins is asked of afresh by others that it is suggested to as well, and a joint
    demand that is confirmed, split or merged by others that may be the same."""
    about = Q(demand=demand, need=need) if need else Q(demand__in=touched) | Q(other__in=touched)
    if kind == ReviewAnswer.Kind.ACCEPTED:
        about = Q(need=need)
    Opinion.objects.filter(about, closed_at=None).update(closed_at=timezone.now())


def _standing() -> frozenset[int]:
    return frozenset(Decision.objects.standing().values_list("pk", flat=True))
