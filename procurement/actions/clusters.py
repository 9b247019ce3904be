"""Writing what a match run found: joint demands under their old references where they are the same, members, overlaps.

Called by procurement/actions/matching.py inside the transaction that ends the run.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from boroughs.models import Category, Need
from procurement.matching import Cluster, Lineage, Member, Reason, Result, assign_references
from procurement.models import DemandMember, JointDemand, LineageEvent, MatchRun, Overlap

CHUNK = 500


@dataclass(frozen=True)
class Counts:
    demands: int
    matched: int


def replace(*, run: MatchRun, result: Result, needs: Iterable[Need]) -> Counts:
    """Make the rows say what `result` says. Titles that a person gave and confirmations stay."""
    # A need that was withdrawn while the engine computed is left out; the run that its withdrawal asked for follows.
    still_open = set(Need.objects.open().values_list("pk", flat=True))
    by_reference = {need.reference: need for need in needs if need.pk in still_open}
    found = [cluster for cluster in result.clusters if _is_joint(cluster, by_reference)]
    demands = _demands(run, found, by_reference)
    matched = _write_members(demands, found, by_reference)
    _write_overlaps(result, by_reference)
    return Counts(demands=len(found), matched=matched)


def _is_joint(cluster: Cluster, needs: Mapping[str, Need]) -> bool:
    """Needs of one borough alone are a repetition to ask it about, not a joint demand."""
    return len({needs[member.id].borough_id for member in cluster.members if member.id in needs}) >= 2


def _demands(run: MatchRun, found: Sequence[Cluster], needs: Mapping[str, Need]) -> list[JointDemand]:
    """The demand of each cluster, in the same order: kept, or new. Demands that no cluster continues are retired."""
    now = timezone.now()
    current = {demand.reference: demand for demand in JointDemand.objects.current().prefetch_related("members__need")}
    before = {
        reference: frozenset(member.need.reference for member in demand.members.all())
        for reference, demand in current.items()
    }
    after = [frozenset(member.id for member in cluster.members if member.id in needs) for cluster in found]
    identity = assign_references({reference: ids for reference, ids in before.items() if ids}, after)
    categories = {category.slug: category for category in Category.objects.all()}
    demands = []
    for cluster, reference in zip(found, identity.references, strict=True):
        category = categories.get(cluster.category or "")
        demand = current.get(reference or "") or _create(cluster, now)
        _update(demand, cluster, category, now)
        demands.append(demand)
    kept = {demand.reference for demand in demands}
    for reference, demand in current.items():
        if reference not in kept:
            JointDemand.objects.filter(pk=demand.pk).update(
                status=JointDemand.Status.RETIRED, retired_at=now, updated_at=now
            )
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


def _write_members(demands: Sequence[JointDemand], found: Sequence[Cluster], needs: Mapping[str, Need]) -> int:
    wanted: dict[int, tuple[JointDemand, Member]] = {
        needs[member.id].pk: (demand, member)
        for demand, cluster in zip(demands, found, strict=True)
        for member in cluster.members
        if member.id in needs
    }
    stored = {row.need_id: row for row in DemandMember.objects.all()}
    DemandMember.objects.filter(need_id__in=[need_id for need_id in stored if need_id not in wanted]).delete()
    changed: list[DemandMember] = []
    new: list[DemandMember] = []
    for need_id, (demand, member) in wanted.items():
        row = stored.get(need_id) or DemandMember(need_id=need_id)
        if row.demand_id != demand.pk:
            # Confirmed as a member of another demand says nothing of this one.
            row.confirmed_at = None
        row.demand = demand
        row.strength = member.strength
        row.tier = DemandMember.Tier[member.tier.upper()]
        row.reasons = _reasons(member.reasons)
        (changed if row.pk else new).append(row)
    DemandMember.objects.bulk_update(
        changed, ["demand", "strength", "tier", "reasons", "confirmed_at"], batch_size=CHUNK // 5
    )
    DemandMember.objects.bulk_create(new, batch_size=CHUNK)
    return len(wanted)


def _write_overlaps(result: Result, needs: Mapping[str, Need]) -> None:
    Overlap.objects.all().delete()
    rows = []
    for pair in result.pairs:
        if pair.left in needs and pair.right in needs:
            first, second = sorted((needs[pair.left].pk, needs[pair.right].pk))
            rows.append(Overlap(first_id=first, second_id=second, score=pair.score, reasons=_reasons(pair.reasons)))
    Overlap.objects.bulk_create(rows, batch_size=CHUNK)


def _reasons(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    return [{"code": reason.code, "words": reason.words, "weight": round(reason.weight, 4)} for reason in reasons]
