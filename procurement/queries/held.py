"""Joint demands that a run must not take apart: those in which boroughs have said something that others count on.

From the moment a borough accepts a joint demand, terms are set for it or a notice speaks of it, a run only adds to it.
Its open members stay, but for those of boroughs that declined; it keeps its reference; and it does not go into another
one. People may still change all of that. See docs/joint-demands.md.
"""

from django.db.models import Exists, OuterRef, Q

from boroughs.models import Need
from procurement.models import Coalition, DemandMember, JointDemand, Notice, Participation


def held_demands() -> list[JointDemand]:
    """Those that are not pinned: a pin holds more. One query."""
    accepted = Participation.objects.taking_part().filter(demand=OuterRef("pk"))
    on_terms = Coalition.objects.filter(demand=OuterRef("pk"), quorum__isnull=False)
    noticed = Notice.objects.standing().filter(demand=OuterRef("pk"))
    rows = JointDemand.objects.current().filter(pinned_at__isnull=True)
    return list(rows.filter(Q(Exists(accepted)) | Q(Exists(on_terms)) | Q(Exists(noticed))).by_reference())


def held_members() -> dict[str, JointDemand]:
    """The open needs that stay, by reference, with the joint demand that holds them. Two queries."""
    demands = {demand.pk: demand for demand in held_demands()}
    declined = Participation.objects.filter(
        demand=OuterRef("demand"), borough=OuterRef("need__borough"), stage=Participation.Stage.DECLINED
    )
    rows = DemandMember.objects.filter(demand__in=demands, need__status=Need.Status.OPEN)
    places = rows.exclude(Exists(declined)).order_by("need_id").values_list("need__reference", "demand_id")
    return {reference: demands[demand_id] for reference, demand_id in places} if demands else {}
