"""What stayed with joint demands that went into another one, and who may still read it.

Frozen versions and estimates stay where they were made: they speak of other company. Who read them before does so as
long as it takes part where the joint demand went.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count

from boroughs.models import Borough
from procurement.models import JointDemand, Participation, ParticipationStep
from procurement.queries.forwarding import leads_to
from procurement.queries.sharing import belonging, members_of

Stage = Participation.Stage
NOT_PART = ("", Stage.SUGGESTED, Stage.DECLINED)


@dataclass(frozen=True)
class MergedIn:
    reference: str
    title: str
    versions: int
    estimates: int


def merged_in(demand: JointDemand) -> tuple[MergedIn, ...]:
    """Joint demands that went into this one, also by way of others. One query where none did."""
    found: list[MergedIn] = []
    known = {demand.pk}
    level = [demand.pk]
    while level:
        rows = JointDemand.objects.filter(merged_into__in=level).exclude(pk__in=known).by_reference()
        came = rows.values_list("pk", "reference", "title").annotate(
            versions=Count("specification_versions", distinct=True), estimates=Count("savings_estimates", distinct=True)
        )
        level = []
        for pk, *what in came:
            level.append(pk)
            found.append(MergedIn(*what))
        known.update(level)
    return tuple(found)


def takes_part(demand: JointDemand, boroughs: Collection[int]) -> bool:
    """Whether one of the boroughs, by primary key, takes part and belongs there; of a joint demand that went into
    another one, whether it took part until then and does in the other."""
    if demand.merged_into_id is None:
        return bool(_taking_part(boroughs, demand))
    survivor = JointDemand.objects.get(reference=leads_to(demand.reference))
    return bool(took_part([demand.reference], _taking_part(boroughs, survivor)))


def took_part(references: Collection[str], boroughs: Collection[int]) -> set[str]:
    """Those of the joint demands in which one of the boroughs had accepted when it last said where it stands."""
    slugs = Borough.objects.filter(pk__in=boroughs).values("slug")
    steps = ParticipationStep.objects.filter(
        demand_reference__in=references, borough_slug__in=slugs, verb=ParticipationStep.Verb.MOVED
    )
    rows = steps.order_by("pk").values_list("demand_reference", "borough_slug", "to_stage")
    last = {(reference, slug): stage for reference, slug, stage in rows}
    return {reference for (reference, _), stage in last.items() if stage not in NOT_PART}


def _taking_part(boroughs: Collection[int], demand: JointDemand) -> frozenset[int]:
    if not boroughs:
        return frozenset()
    rows = Participation.objects.taking_part().filter(borough__in=boroughs, demand=demand)
    accepted = list(rows.values_list("borough_id", flat=True))
    return belonging(accepted, members_of(demand)) if accepted else frozenset()


def readable(demand: JointDemand, boroughs: Collection[int]) -> tuple[MergedIn, ...]:
    """Those that went into this one of which one of the boroughs still reads everything."""
    came = merged_in(demand)
    mine = took_part([each.reference for each in came], _taking_part(boroughs, demand)) if came else set()
    return tuple(each for each in came if each.reference in mine)
