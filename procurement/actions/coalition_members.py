"""What follows in a coalition when needs have left its joint demand.

A borough without an open need in it leads it no longer. Where fewer boroughs are left than the terms ask for, who leads
is told, once for these terms. A need is withdrawn where nothing is known of coalitions: the match run that follows
looks at all of them.
"""

from collections import defaultdict

from boroughs.models import Need
from boroughs.permissions import MATCHER, Actor, Permission
from procurement.actions import coalition_turn, lead_choice
from procurement.actions.lead_choice import Settled
from procurement.models import Coalition, DemandMember, JointDemand
from procurement.queries.quorum import is_out_of_reach, member_boroughs


def settle(demand: JointDemand, *, by: Actor) -> Settled:
    """Write down what follows. Nothing does where nobody has said anything, or the joint demand is retired."""
    if demand.status == JointDemand.Status.RETIRED or not Coalition.objects.filter(demand=demand).exists():
        return Settled()
    return lead_choice.settle(coalition_turn.take(demand), by=by)


def tell(demand: JointDemand, settled: Settled, *, besides: Actor | None = None) -> None:
    """Tell the boroughs what followed, and who leads that the quorum is out of reach. Call it last."""
    coalition = Coalition.objects.select_related("lead", "demand").filter(demand=demand).first()
    if coalition is None or demand.status == JointDemand.Status.RETIRED:
        return
    lead_choice.tell(coalition, settled, besides=besides)
    left = len(member_boroughs(demand))
    if coalition.lead_id is not None and is_out_of_reach(coalition, left):
        coalition_turn.tell(
            demand,
            f"{coalition_turn.named(demand)}: the quorum is {coalition.quorum}, but only {left} boroughs are left. "
            "Set new terms",
            key=f"quorum out of reach at {coalition.revision}",
            to=[coalition.lead_id],
            permission=Permission.COMMIT,
        )


def settle_all() -> None:
    """The same of every joint demand that needs have left, at the end of a match run. Two queries where none have."""
    coalitions = list(
        Coalition.objects.filter(demand__in=JointDemand.objects.current())
        .exclude(lead=None, quorum=None)
        .select_related("demand")
        .order_by("pk")
    )
    boroughs = defaultdict(set)
    members = DemandMember.objects.filter(
        demand__in=[each.demand_id for each in coalitions], need__status=Need.Status.OPEN
    )
    for demand_id, borough_id in members.values_list("demand_id", "need__borough_id"):
        boroughs[demand_id].add(borough_id)
    touched = [each.demand for each in coalitions if _is_touched(each, boroughs[each.demand_id])]
    settled = [(demand, settle(demand, by=MATCHER)) for demand in touched]
    for demand, found in settled:
        tell(demand, found)


def _is_touched(coalition: Coalition, boroughs: set[int]) -> bool:
    has_lost_its_lead = coalition.lead_id is not None and coalition.lead_id not in boroughs
    return has_lost_its_lead or is_out_of_reach(coalition, len(boroughs))
