"""Writing what a match run found: joint demands under their old references where they are the same, members, overlaps.

Called by procurement/actions/matching.py inside the transaction that ends the run.

A pinned joint demand is one fixed group. The engine is told that its members belong together (see matching.py), so it
weighs every other need against the whole of them; what it would add is split off again here. These newcomers form a
joint demand of their own where they are of two boroughs, else they stay alone; either way their overlaps with the
pinned members are kept, and so they are the suggestions on its page. Only a need that is no longer open leaves a pinned
demand, and one that is left with a single borough is retired. Its title, category and terms stay as they were.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils import timezone

from boroughs.models import Category, Need
from procurement.matching import Cluster, Lineage, Member, Pair, Reason, Result, assign_references
from procurement.matching.calibration import Calibration
from procurement.models import DemandMember, JointDemand, LineageEvent, MatchRun, Overlap, ProvisionalPlace
from procurement.queries import certainty

CHUNK = 500


@dataclass(frozen=True)
class Counts:
    demands: int
    matched: int


@dataclass(frozen=True)
class _Group:
    """A cluster's members that the run may place: those that are open and in no pinned demand."""

    cluster: Cluster
    members: tuple[Member, ...]

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(member.id for member in self.members)


def replace(*, run: MatchRun, result: Result, needs: Iterable[Need], calibration: Calibration) -> Counts:
    """Make the rows say what `result` says. Titles that a person gave, confirmations and pinned demands stay."""
    # A need that was withdrawn while the engine computed is left out; the run that its withdrawal asked for follows.
    still_open = set(Need.objects.open().values_list("pk", flat=True))
    by_reference = {need.reference: need for need in needs if need.pk in still_open}
    pinned = _pinned(run, still_open)
    free = (_free(cluster, by_reference, pinned) for cluster in result.clusters)
    groups = [group for group in free if _is_joint(group, by_reference)]
    demands = _demands(run, groups, pinned)
    placed = {
        by_reference[member.id].pk: (demand, member)
        for demand, group in zip(demands, groups, strict=True)
        for member in group.members
    }
    by_id = {member.id: member for cluster in result.clusters for member in cluster.members}
    placed |= {
        by_reference[reference].pk: (demand, by_id[reference])
        for reference, demand in pinned.items()
        if reference in by_id and reference in by_reference
    }
    rows = _write_members(placed, pinned, calibration)
    _write_certainty(rows, calibration)
    Overlap.objects.all().delete()
    write_overlaps(result.pairs, by_reference, calibration)
    # What was said at once of new needs is settled now, or is not for long.
    ProvisionalPlace.objects.all().delete()
    return Counts(demands=len({row.demand_id for row in rows}), matched=len(rows))


def _pinned(run: MatchRun, still_open: set[int]) -> dict[str, JointDemand]:
    """The pinned demand of each of their needs that is open, by reference. Those that are left are told of."""
    held: dict[str, JointDemand] = {}
    now = timezone.now()
    for demand in JointDemand.objects.pinned().prefetch_related("members__need").by_reference():
        members = list(demand.members.all())
        stay = [member.need for member in members if member.need_id in still_open]
        left = sorted(member.need.reference for member in members if member.need_id not in still_open)
        if left:
            LineageEvent.objects.create(demand=demand, at=now, kind=LineageEvent.Kind.SHRANK, left=left, run=run)
        if len({need.borough_id for need in stay}) >= 2:
            held |= {need.reference: demand for need in stay}
        else:
            _retire(demand)
            LineageEvent.objects.create(demand=demand, at=now, kind=LineageEvent.Kind.RETIRED, run=run)
    return held


def _free(cluster: Cluster, needs: Mapping[str, Need], pinned: Mapping[str, JointDemand]) -> _Group:
    free = tuple(member for member in cluster.members if member.id in needs and member.id not in pinned)
    return _Group(cluster, free)


def _is_joint(group: _Group, needs: Mapping[str, Need]) -> bool:
    """Needs of one borough alone are a repetition to ask it about, not a joint demand."""
    return len({needs[member.id].borough_id for member in group.members}) >= 2


def _demands(run: MatchRun, groups: Sequence[_Group], pinned: Mapping[str, JointDemand]) -> list[JointDemand]:
    """The demand of each group, in the same order: kept, or new. Demands that no group continues are retired."""
    now = timezone.now()
    fixed = {demand.pk for demand in pinned.values()}
    free = JointDemand.objects.current().exclude(pk__in=fixed).prefetch_related("members__need")
    current = {demand.reference: demand for demand in free}
    before = {
        reference: frozenset(member.need.reference for member in demand.members.all())
        for reference, demand in current.items()
    }
    after = [group.ids for group in groups]
    identity = assign_references({reference: ids for reference, ids in before.items() if ids}, after)
    categories = {category.slug: category for category in Category.objects.all()}
    demands = []
    for group, reference in zip(groups, identity.references, strict=True):
        category = categories.get(group.cluster.category or "")
        demand = current.get(reference or "") or _create(group.cluster, now)
        _update(demand, group.cluster, category, now)
        demands.append(demand)
    kept = {demand.reference for demand in demands}
    for reference, demand in current.items():
        if reference not in kept:
            _retire(demand)
    _write_lineage(run, identity.lineage, demands, current, before, after)
    return demands


def _create(cluster: Cluster, now: Any) -> JointDemand:
    last = JointDemand.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    # The transaction that ends a run holds the only lease, so no other writer takes the same number.
    return JointDemand.objects.create(
        reference=f"JD-{last + 1:04d}", title=cluster.label, created_at=now, updated_at=now
    )


def _update(demand: JointDemand, cluster: Cluster, category: Category | None, now: Any) -> None:
    demand.category = category
    demand.terms = list(cluster.terms)
    demand.updated_at = now
    demand.save(update_fields=["category", "terms", "updated_at"])
    if demand.title != cluster.label:
        # Asked of the row as it is now: somebody may have named it since this run read it.
        unnamed = JointDemand.objects.filter(pk=demand.pk, titled_by__isnull=True)
        unnamed.exclude(status=JointDemand.Status.CONFIRMED).update(title=cluster.label)


def _retire(demand: JointDemand) -> None:
    now = timezone.now()
    JointDemand.objects.filter(pk=demand.pk).update(status=JointDemand.Status.RETIRED, retired_at=now, updated_at=now)


def _write_lineage(
    run: MatchRun,
    lineage: Iterable[Lineage],
    demands: Sequence[JointDemand],
    current: Mapping[str, JointDemand],
    before: Mapping[str, frozenset[str]],
    after: Sequence[frozenset[str]],
) -> None:
    now = timezone.now()
    rows = []
    for event in lineage:
        if event.kind == "unchanged":
            continue
        # A merger and a retirement are told of the demand that ended; the others of the one that goes on.
        ended = event.kind in ("merged", "retired")
        demand = current[event.reference or ""] if ended or event.index is None else demands[event.index]
        other = demands[event.index].reference if event.kind == "merged" and event.index is not None else event.other
        was = before.get(demand.reference, frozenset())
        is_now = frozenset() if ended or event.index is None else after[event.index]
        rows.append(
            LineageEvent(
                demand=demand,
                at=now,
                kind=LineageEvent.Kind[event.kind.upper()],
                other_reference=other or "",
                joined=sorted(is_now - was),
                left=sorted(was - is_now),
                run=run,
            )
        )
    LineageEvent.objects.bulk_create(rows, batch_size=CHUNK)


def _write_members(
    placed: Mapping[int, tuple[JointDemand, Member]], pinned: Mapping[str, JointDemand], calibration: Calibration
) -> list[DemandMember]:
    """The rows as they are to be, written; those of needs that have no place any more go."""
    stored = {row.need_id: row for row in DemandMember.objects.select_related("need")}
    # A pinned member stays even where the engine had nothing to say of it.
    rows = [row for row in stored.values() if row.need_id not in placed and row.need.reference in pinned]
    stay = placed.keys() | {row.need_id for row in rows}
    DemandMember.objects.filter(need_id__in=[need_id for need_id in stored if need_id not in stay]).delete()
    changed: list[DemandMember] = []
    new: list[DemandMember] = []
    for need_id, (demand, member) in placed.items():
        row = stored.get(need_id) or DemandMember(need_id=need_id)
        if row.demand_id != demand.pk:
            # Confirmed as a member of another demand says nothing of this one.
            row.confirmed_at = None
        row.demand = demand
        row.strength = member.strength
        row.band = certainty.band(row, calibration)
        row.reasons = _reasons(member.reasons)
        (changed if row.pk else new).append(row)
    DemandMember.objects.bulk_update(
        changed, ["demand", "strength", "band", "reasons", "confirmed_at"], batch_size=CHUNK // 5
    )
    DemandMember.objects.bulk_create(new, batch_size=CHUNK)
    return [*rows, *changed, *new]


def _write_certainty(rows: Iterable[DemandMember], calibration: Calibration) -> None:
    members: dict[int, list[DemandMember]] = defaultdict(list)
    for row in rows:
        members[row.demand_id].append(row)
    ruled = certainty.ruled_references()
    judged: dict[JointDemand.Certainty, list[int]] = defaultdict(list)
    for demand in JointDemand.objects.filter(pk__in=members):
        is_ruled = demand.is_settled or demand.reference in ruled
        judged[certainty.judged(members[demand.pk], calibration, is_ruled=is_ruled)].append(demand.pk)
    for verdict, demand_ids in judged.items():
        JointDemand.objects.filter(pk__in=demand_ids).update(certainty=verdict)


def write_overlaps(found: Iterable[Pair], needs: Mapping[str, Need], calibration: Calibration) -> None:
    """Rows for the pairs of which both `needs`, by reference, are there. Those before are gone already."""
    pairs = [pair for pair in found if pair.left in needs and pair.right in needs]
    probabilities = calibration.probabilities(np.array([pair.score for pair in pairs], dtype=np.float64))
    rows = []
    for pair, probability in zip(pairs, probabilities.tolist(), strict=True):
        first, second = sorted((needs[pair.left].pk, needs[pair.right].pk))
        rows.append(
            Overlap(
                first_id=first,
                second_id=second,
                score=pair.score,
                probability=round(probability, 4),
                reasons=_reasons(pair.reasons),
            )
        )
    Overlap.objects.bulk_create(rows, batch_size=CHUNK)


def _reasons(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    return [{"code": reason.code, "words": reason.words, "weight": round(reason.weight, 4)} for reason in reasons]
