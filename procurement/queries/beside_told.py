"""Whether a person may read the users of single boroughs beside the totals of users that were told.

A total may have been told before some of its boroughs agreed to show each other what they want, and it stays told. Who
reads the figures of those takes them from it. Where too little would be left, none of the others' is read.
"""

from collections.abc import Collection, Iterable

from django.db.models import Q

from boroughs import permissions
from boroughs.models import Borough, Need, User
from boroughs.permissions import Permission
from procurement.disclosure import Reading, may_read
from procurement.models import FigureRelease, JointDemand, Participation, ParticipationStep
from procurement.queries.disclosure_rule import disclosure_rule
from procurement.queries.public_figures import told_before
from procurement.queries.sharing import Shared

Stage = Participation.Stage


def may_read_users(demand: JointDemand, user: User, needs: Collection[Need], readable: Shared) -> bool:
    """Of the other boroughs whose needs the person may read; `needs` are the open members. At most three queries."""
    others = [need for need in needs if readable.may_read(need.pk) and need.pk not in readable.whole]
    told = [
        release
        for release in (told_before(demand, needs) if others else ())
        if release.quantity == FigureRelease.Quantity.USERS
    ]
    if not told:
        return True
    own = Borough.objects.filter(pk__in=permissions.borough_ids(user, Permission.VIEW_NEEDS))
    reading = Reading(
        own=frozenset(own.values_list("slug", flat=True)),
        read=frozenset(need.reference for need in others),
        ever=_ever_accepted(demand, needs) | {need.borough.slug for need in others},
    )
    return may_read(told, disclosure_rule(), reading)


def _ever_accepted(demand: JointDemand, needs: Iterable[Need]) -> frozenset[str]:
    """Boroughs that once said yes here, where something was told of these needs, or to what was merged into this.

    Who has declined since shows its figures no more, and who read them still knows them.
    """
    told = FigureRelease.objects.connected_with(demand, {need.reference for need in needs})
    merged = JointDemand.objects.filter(merged_into=demand)
    steps = ParticipationStep.objects.filter(
        Q(demand_reference=demand.reference)
        | Q(demand_reference__in=told.values("demand__reference"))
        | Q(demand_reference__in=merged.values("reference")),
        verb=ParticipationStep.Verb.MOVED,
    ).exclude(to_stage__in=(Stage.SUGGESTED, Stage.DECLINED))
    return frozenset(steps.values_list("borough_slug", flat=True).distinct())
