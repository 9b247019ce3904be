"""Which needs of a joint demand a person may read beyond their title, category and kind.

The own borough's always, and every submitted one for those whose office reads them (`permissions.visible_needs`). Of
another borough's need, what it asks for once both boroughs have accepted the overlap: the one whose need it is, and the
reader's own. That is problem, users, outcome, requirements, volumes and dates; never money, nor the product in use. A
borough that declines takes its acceptance back, and with it both rights.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

from boroughs import permissions
from boroughs.models import Need, User
from boroughs.permissions import Permission
from procurement.models import DemandMember, FigureRelease, JointDemand, Participation, ParticipationStep


@dataclass(frozen=True)
class Shared:
    """What one person may read of one joint demand, by primary keys."""

    # Needs of which the person may open the need's own page.
    whole: frozenset[int]
    # Needs of which the person may read what they ask for; `whole` is part of it.
    asked: frozenset[int]
    # Boroughs in which the person has a role and which have accepted the overlap.
    accepted_for: frozenset[int]
    # Whether the person reads every member's.
    everything: bool

    def may_read(self, need_id: int) -> bool:
        return need_id in self.asked


def shared(user: User, demand: JointDemand) -> Shared:
    """Three queries."""
    members = dict(DemandMember.objects.filter(demand=demand).values_list("need_id", "need__borough_id"))
    accepted = set(
        Participation.objects.filter(demand=demand, accepted_at__isnull=False).values_list("borough_id", flat=True)
    )
    own = accepted & set(permissions.borough_ids(user, Permission.VIEW_NEEDS))
    whole = frozenset(permissions.visible_needs(user).filter(pk__in=list(members)).values_list("pk", flat=True))
    asked = whole | {need for need, borough in members.items() if own and borough in accepted}
    return Shared(whole=whole, asked=frozenset(asked), accepted_for=frozenset(own), everything=_covers(asked, members))


def shared_of(user: User, needs: Collection[Need], participations: Iterable[Participation]) -> Shared:
    """The same, of rows that are at hand: the open needs, and where the boroughs stand."""
    accepted = {row.borough_id for row in participations if row.accepted_at}
    own = accepted & set(permissions.borough_ids(user, Permission.VIEW_NEEDS))
    whole = frozenset(need.pk for need in needs if permissions.sees_open_need(user, need))
    asked = whole | {need.pk for need in needs if own and need.borough_id in accepted}
    everything = _covers(asked, [need.pk for need in needs])
    return Shared(whole=whole, asked=frozenset(asked), accepted_for=frozenset(own), everything=everything)


def ever_accepted(demand: JointDemand, needs: Iterable[Need]) -> frozenset[str]:
    """Slugs of those that once said yes here, where something was told of these needs, or to what was merged into this.

    Who has declined since shows its figures no more, and who read them still knows them. One query.
    """
    told = FigureRelease.objects.connected_with(demand, {need.reference for need in needs})
    merged = JointDemand.objects.filter(merged_into=demand)
    steps = ParticipationStep.objects.filter(
        Q(demand_reference=demand.reference)
        | Q(demand_reference__in=told.values("demand__reference"))
        | Q(demand_reference__in=merged.values("reference")),
        verb=ParticipationStep.Verb.MOVED,
    ).exclude(to_stage__in=(Participation.Stage.SUGGESTED, Participation.Stage.DECLINED))
    return frozenset(steps.values_list("borough_slug", flat=True).distinct())


def _covers(asked: Collection[int], members: Collection[int]) -> bool:
    return bool(members) and set(members) <= set(asked)
