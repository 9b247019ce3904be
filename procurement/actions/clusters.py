"""Writing what a match run found: joint demands under their old references where they are the same, members, overlaps.

Called by procurement/actions/matching.py inside the transaction that ends the run.

A pinned joint demand is one fixed group. The engine is told that its members belong together (see matching.py), so it
weighs every other need against the whole of them; what it would add is split off again here. These newcomers form a
joint demand of their own where they are of two boroughs, else they stay alone; either way their overlaps with the
pinned members are kept, and so they are the suggestions on its page. Only a need that is no longer open leaves a pinned
demand, and one that is left with a single borough is retired. Its title, category and terms stay as they were.

A joint demand in which a borough has accepted (procurement/queries/held.py) only grows: whatever the engine says, its
members stay and it keeps its reference. Where one goes into another, what boroughs said on it goes along (carrying.py).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils import timezone

from boroughs.models import Category, Need
from boroughs.permissions import MATCHER
from procurement.actions import carrying
from procurement.matching import Cluster, Lineage, Member, Pair, Reason, Result, assign_references
from procurement.matching.calibration import Calibration
from procurement.models import DemandMember, JointDemand, LineageEvent, MatchRun, Overlap, ProvisionalPlace
from procurement.queries import certainty
from procurement.queries.held import held_members

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
    # The joint demand whose members stay together here, and those of them of which the engine said nothing.
    keeps: JointDemand | None = None
    silent: frozenset[str] = frozenset()

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(member.id for member in self.members) | self.silent


def replace(*, run: MatchRun, result: Result, needs: Iterable[Need], calibration: Calibration) -> Counts:
    """Make the rows say what `result` says. Titles that a person gave, confirmations and pinned demands stay."""
    # A need that was withdrawn while the engine computed is left out; the run that its withdrawal asked for follows.
    still_open = set(Need.objects.open().values_list("pk", flat=True))
    by_reference = {need.reference: need for need in needs if need.pk in still_open}
    pinned = _pinned(run, still_open)
    held = {reference: demand for reference, demand in held_members().items() if reference in by_reference}
    groups = [group for group in _groups(result, by_reference, pinned, held) if _is_joint(group, by_reference)]
    # Of one whose members the engine left out altogether nothing changes.
    seen = {group.keeps.pk for group in groups if group.keeps}
    spoken = {held[member.id].pk for cluster in result.clusters for member in cluster.members if member.id in held}
    untouched = {reference: demand for reference, demand in held.items() if demand.pk not in spoken}
    demands = _demands(run, groups, pinned | untouched)
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
    stay = pinned | untouched | {reference: demand for reference, demand in held.items() if demand.pk in seen}
    rows = _write_members(placed, stay, calibration)
    _write_certainty(rows, calibration)
    Overlap.objects.all().delete()
    write_overlaps(result.pairs, by_reference, calibration)
    # What was said at once of new needs is settled now, or is not for long.
    ProvisionalPlace.objects.all().delete()
    return Counts(demands=len({row.demand_id for row in rows}), matched=len(rows))


def create(*, title: str, category: Category | None, terms: Sequence[str], suggested: str = "") -> JointDemand:
    """A new joint demand under the next reference, suggested and without members.

    The caller holds the row of the matcher's work - as the lease that a run ends, or as the turn of a person who rules
    - so that no other writer takes the same number.
    """
    now = timezone.now()
    last = JointDemand.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return JointDemand.objects.create(
        reference=f"JD-{last + 1:04d}",
        title=title,
        suggested_title=suggested,
        category=category,
        terms=list(terms),
        created_at=now,
        updated_at=now,
    )


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
            carrying.tell_ended(demand)
    return held


def _groups(
    result: Result, needs: Mapping[str, Need], pinned: Mapping[str, JointDemand], held: Mapping[str, JointDemand]
) -> Iterator[_Group]:
    """The engine's clusters without what stands elsewhere, and each held joint demand with those who join it."""
    kept: dict[int, set[str]] = defaultdict(set)
    for reference, demand in held.items():
        kept[demand.pk].add(reference)
    found = {member.id: member for cluster in result.clusters for member in cluster.members if member.id in held}
    told: set[int] = set()
    for cluster in result.clusters:
        free = tuple(member for member in cluster.members if member.id in needs and member.id not in pinned)
        newcomers = tuple(member for member in free if member.id not in held)
        here = {held[member.id].pk: held[member.id] for member in free if member.id in held}
        # They join where the engine saw them with all of it, and with no other.
        joins = len(here) == 1 and {member.id for member in free} >= kept[next(iter(here))]
        for pk, demand in here.items():
            if pk in told:
                continue
            told.add(pk)
            own = tuple(found[reference] for reference in sorted(kept[pk] & found.keys()))
            yield _Group(cluster, (*own, *(newcomers if joins else ())), demand, frozenset(kept[pk] - found.keys()))
        if not joins:
            yield _Group(cluster, newcomers)


def _is_joint(group: _Group, needs: Mapping[str, Need]) -> bool:
    """Needs of one borough alone are a repetition to ask it about, not a joint demand."""
    return len({needs[id].borough_id for id in group.ids}) >= 2


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
    stay = {place: group.keeps.reference for place, group in enumerate(groups) if group.keeps}
    identity = assign_references({reference: ids for reference, ids in before.items() if ids}, after, stay)
    categories = {category.slug: category for category in Category.objects.all()}
    demands = []
    for group, reference in zip(groups, identity.references, strict=True):
        category = categories.get(group.cluster.category or "")
        demand = current.get(reference or "") or create(
            title=group.cluster.label, category=category, terms=(), suggested=group.cluster.label
        )
        _update(demand, group.cluster, category, now)
        demands.append(demand)
    _write_lineage(run, identity.lineage, demands, current, before, after)
    into = {
        event.reference or "": demands[event.index]
        for event in identity.lineage
        if event.kind == "merged" and event.index is not None
    }
    kept = {demand.reference for demand in demands}
    _end([demand for reference, demand in current.items() if reference not in kept], into)
    return demands


def _end(ended: Sequence[JointDemand], into: Mapping[str, JointDemand]) -> None:
    """Retire these, and let the addresses of those that went `into` another lead there, with what was said on them."""
    said_on = carrying.has_something(ended) if ended else set()
    told = []
    for demand in ended:
        target = into.get(demand.reference)
        if target is not None and demand.pk in said_on:
            carrying.merge(demand, target, by=MATCHER)
            told.append((demand, target))
        else:
            _retire(demand, into=target)
    for demand in ended:
        if demand.pk in said_on and demand.reference not in into:
            carrying.tell_ended(demand)
    for demand, target in told:
        carrying.tell(demand, target, by=MATCHER)


def _update(demand: JointDemand, cluster: Cluster, category: Category | None, now: Any) -> None:
    demand.category = category
    demand.terms = list(cluster.terms)
    demand.suggested_title = cluster.label
    demand.updated_at = now
    demand.save(update_fields=["category", "terms", "suggested_title", "updated_at"])
    if demand.title != cluster.label:
        # Asked of the row as it is now: somebody may have named it since this run read it.
        unnamed = JointDemand.objects.filter(pk=demand.pk, titled_by__isnull=True)
        unnamed.exclude(status=JointDemand.Status.CONFIRMED).update(title=cluster.label)


def _retire(demand: JointDemand, *, into: JointDemand | None = None) -> None:
    now = timezone.now()
    JointDemand.objects.filter(pk=demand.pk).update(
        status=JointDemand.Status.RETIRED, retired_at=now, updated_at=now, merged_into=into
    )


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
    placed: Mapping[int, tuple[JointDemand, Member]], stay: Mapping[str, JointDemand], calibration: Calibration
) -> list[DemandMember]:
    """The rows as they are to be, written; those of needs that have no place any more go, but for those that stay."""
    stored = {row.need_id: row for row in DemandMember.objects.select_related("need")}
    # A pinned member stays even where the engine had nothing to say of it.
    rows = [row for row in stored.values() if row.need_id not in placed and row.need.reference in stay]
    wanted = placed.keys() | {row.need_id for row in rows}
    DemandMember.objects.filter(need_id__in=[need_id for need_id in stored if need_id not in wanted]).delete()
    changed: list[DemandMember] = []
    new: list[DemandMember] = []
    for need_id, (demand, member) in placed.items():
        row = stored.get(need_id) or DemandMember(need_id=need_id)
        if row.demand_id != demand.pk:
            # Confirmed as a member of another demand says nothing of this one.
            row.confirmed_at, row.confirmed_revision, row.moved_at = None, None, None
        row.demand = demand
        row.strength = member.strength
        row.band = certainty.band(row, calibration)
        row.reasons = _reasons(member.reasons)
        (changed if row.pk else new).append(row)
    columns = ["demand", "strength", "band", "reasons", "confirmed_at", "confirmed_revision", "moved_at"]
    DemandMember.objects.bulk_update(changed, columns, batch_size=CHUNK // 5)
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
