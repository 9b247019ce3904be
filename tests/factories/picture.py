"""A small London: joint demands with members of named boroughs, as the matcher would have left them."""

from typing import Any

from procurement.actions import telling_figures
from procurement.models import JointDemand, Overlap
from tests.factories.boroughs import BoroughFactory, NeedFactory
from tests.factories.procurement import DemandMemberFactory, JointDemandFactory


def joint_demand(
    *boroughs: str, title: str = "Telephony", needs: dict[str, Any] | None = None, **fields: Any
) -> JointDemand:
    """A joint demand with one need of each borough, named by its slug; `needs` are fields of every need."""
    demand = JointDemandFactory(title=title, **fields)
    for slug in boroughs:
        borough = BoroughFactory(slug=slug, name=slug.replace("-", " ").title())
        need = NeedFactory(
            borough=borough, title=f"{title} for {borough.name}", category=demand.category, **(needs or {})
        )
        DemandMemberFactory(demand=demand, need=need)
    return demand


def told(*boroughs: str, **fields: Any) -> JointDemand:
    """A confirmed joint demand of which is told what may be told."""
    demand = joint_demand(*boroughs, status=JointDemand.Status.CONFIRMED, **fields)
    telling_figures.tell_figures(demand=demand)
    return demand


def overlapping(one: JointDemand, other: JointDemand, score: float) -> None:
    """Each need of the one overlaps with each of the other."""
    for left in one.members.all():
        for right in other.members.all():
            first, second = sorted((left.need, right.need), key=lambda need: need.pk)
            Overlap.objects.create(first=first, second=second, score=score, probability=0.5, reasons=[])
