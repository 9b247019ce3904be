"""Which needs of a joint demand a person may read beyond their title, category and kind.

The own borough's always, and every submitted one for those whose office reads them (`permissions.visible_needs`). Of
another borough's need, what it asks for once both boroughs have accepted the overlap: the one whose need it is, and the
reader's own. That is problem, users, outcome, requirements, volumes and dates; never money, nor the product in use. A
borough that declines takes its acceptance back, and with it both rights.

To read, it takes more than the borough's own word: `belonging` says what. Who could read others by saying that its need
is the same would have to say no more than that.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from django.db.models import Q, QuerySet

from boroughs import permissions
from boroughs.models import Need, User
from boroughs.permissions import Permission
from procurement.matching.calibration import LIKELY
from procurement.models import (
    Decision,
    DemandMember,
    FigureRelease,
    JointDemand,
    Overlap,
    Participation,
    ParticipationStep,
)

# Of a need's strength, the mean over all others here: up to this share a borough's own needs hardly move it.
OWN_SHARE = 0.1


@dataclass(frozen=True)
class Shared:
    """What one person may read of one joint demand, by primary keys."""

    # Needs of which the person may open the need's own page.
    whole: frozenset[int]
    # Needs of which the person may read what they ask for; `whole` is part of it.
    asked: frozenset[int]
    # Boroughs in which the person has a role, which have accepted the overlap and belong here.
    accepted_for: frozenset[int]
    # Those that have accepted it too, and wait for an analyst to say that they belong.
    in_doubt: frozenset[int]
    # Whether the person reads every member's.
    everything: bool

    def may_read(self, need_id: int) -> bool:
        return need_id in self.asked


def shared(user: User, demand: JointDemand) -> Shared:
    """Three queries, and one where `belonging` asks."""
    members = list(members_of(demand))
    accepted = set(
        Participation.objects.filter(demand=demand, accepted_at__isnull=False).values_list("borough_id", flat=True)
    )
    whole = frozenset(
        permissions.visible_needs(user).filter(pk__in=[each.need_id for each in members]).values_list("pk", flat=True)
    )
    return _shared(user, members, accepted, whole)


def shared_of(user: User, needs: Collection[Need], participations: Iterable[Participation]) -> Shared:
    """The same, of rows that are at hand: the open needs with their place here, and where the boroughs stand."""
    accepted = {row.borough_id for row in participations if row.accepted_at}
    whole = frozenset(need.pk for need in needs if permissions.sees_open_need(user, need))
    return _shared(user, [need.demand_member for need in needs], accepted, whole)


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


def members_of(demand: JointDemand) -> QuerySet[DemandMember]:
    """The members with what `belonging` reads of them."""
    rows = DemandMember.objects.filter(demand=demand).select_related("demand", "need")
    return rows.only(
        "band", "confirmed_at", "demand__reference", "demand__pinned_at", "need__borough_id", "need__status"
    )


def belonging(boroughs: Collection[int], members: Iterable[DemandMember]) -> frozenset[int]:
    """Those of the boroughs, by primary key, that more than their own word puts here. See docs/disclosure.md.

    An analyst has confirmed a need of theirs or pinned the whole, or the matcher finds the overlap likely. Where a
    borough has many of the needs here the strength of each is also that of its own with each other, so that its
    overlaps with the others are asked. One query where that is so, and one where a borough has no open need here any
    more.
    """
    here = [each for each in members if each.need.status == Need.Status.OPEN]
    if not here:
        # The needs have gone; what was agreed about them stays with those who did.
        return frozenset(boroughs)
    by_borough: dict[int, list[DemandMember]] = {}
    for each in here:
        by_borough.setdefault(each.need.borough_id, []).append(each)
    asked = {pk: by_borough[pk] for pk in boroughs if pk in by_borough}
    confirmed = {pk for pk, own in asked.items() if any(each.confirmed_at or each.demand.pinned_at for each in own)}
    likely = {pk for pk, own in asked.items() if any(each.band != DemandMember.Band.POSSIBLE for each in own)}
    several = {pk for pk in likely - confirmed if len(asked[pk]) - 1 > OWN_SHARE * (len(here) - 1)}
    gone = set(boroughs) - by_borough.keys()
    near = _near_others(several, by_borough)
    return frozenset(confirmed | likely - several | near | _confirmed_before(gone, here[0].demand))


def _confirmed_before(boroughs: Collection[int], demand: JointDemand) -> set[int]:
    """Those of the boroughs of which an analyst had confirmed a need that has gone since: bought, or withdrawn."""
    if not boroughs:
        return set()
    rows = Decision.objects.standing().filter(demand_reference=demand.reference, verdict=Decision.Verdict.TOGETHER)
    ruled = rows.filter(Q(first__borough__in=boroughs) | Q(second__borough__in=boroughs))
    found = set(chain.from_iterable(ruled.values_list("first__borough_id", "second__borough_id")))
    return found.intersection(boroughs)


def _near_others(boroughs: Collection[int], by_borough: Mapping[int, Sequence[DemandMember]]) -> set[int]:
    """Those of the boroughs with a need that is likely to overlap with those of the others, taken together."""
    if not boroughs:
        return set()
    of = {each.need_id: pk for pk, own in by_borough.items() for each in own}
    summed: dict[int, float] = dict.fromkeys(of, 0.0)
    rows = Overlap.objects.filter(first__in=of, second__in=of).values_list("first_id", "second_id", "probability")
    for first, second, probability in rows:
        if of[first] != of[second]:
            summed[first] += probability
            summed[second] += probability
    return {
        pk
        for pk in boroughs
        if (others := len(of) - len(by_borough[pk]))
        and max(summed[each.need_id] for each in by_borough[pk]) >= LIKELY * others
    }


def _shared(user: User, members: Sequence[DemandMember], accepted: set[int], whole: frozenset[int]) -> Shared:
    own = accepted & set(permissions.borough_ids(user, Permission.VIEW_NEEDS))
    reading = belonging(own, members)
    asked = whole | {each.need_id for each in members if reading and each.need.borough_id in accepted}
    here = {each.need.borough_id for each in members if each.need.status == Need.Status.OPEN}
    return Shared(
        whole=whole,
        asked=frozenset(asked),
        accepted_for=reading,
        in_doubt=frozenset(own & here - reading),
        everything=bool(members) and asked.issuperset(each.need_id for each in members),
    )
