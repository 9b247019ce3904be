"""What a split or a merger of joint demands would do, said before it is done; and which two may be one."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Q

from boroughs.models import Borough, Need
from procurement.models import CommonRequirement, DemandMember, JointDemand, Notice, Overlap, Participation

SUGGESTIONS = 5
FOUND = 20


@dataclass(frozen=True)
class Sides:
    """Two sides of a joint demand: needs by primary key, with their boroughs."""

    chosen: Mapping[int, int]
    rest: Mapping[int, int]

    @property
    def is_split(self) -> bool:
        """Whether there is something on either side."""
        return bool(self.chosen) and bool(self.rest)

    @property
    def makes_two(self) -> bool:
        return _are_joint(self.chosen) and _are_joint(self.rest)

    @property
    def chosen_stays(self) -> bool:
        """Whether the chosen keep the reference, for the rest is of one borough."""
        return _are_joint(self.chosen) and not _are_joint(self.rest)

    @property
    def retires(self) -> bool:
        return not _are_joint(self.chosen) and not _are_joint(self.rest)


def sides(members: Mapping[int, int], chosen: Collection[int]) -> Sides:
    """`members` are needs by primary key with their boroughs, `chosen` those of them that are split off."""
    return Sides(
        chosen={need: borough for need, borough in members.items() if need in chosen},
        rest={need: borough for need, borough in members.items() if need not in chosen},
    )


@dataclass(frozen=True)
class Candidate:
    """A joint demand that may be the same as another one."""

    reference: str
    title: str
    boroughs: int
    needs: int
    # The mean score of the overlaps between the two that the last run kept; None where it kept none.
    score: float | None = None


@dataclass(frozen=True)
class Merger:
    """What would become of two joint demands that are merged."""

    survivor: JointDemand
    goer: JointDemand
    boroughs_before: int
    boroughs_after: int
    moved: tuple[str, ...]
    # Names of boroughs with a need in both.
    in_both: tuple[str, ...]
    # Boroughs, and common requirements, that go along.
    standings: int
    requirements: int
    # Why it cannot be done; "" where it can.
    refusal: str


def in_order(one: JointDemand, other: JointDemand) -> tuple[JointDemand, JointDemand]:
    """The older, which survives, and the one that goes into it."""
    return (one, other) if one.pk < other.pk else (other, one)


def why_not(survivor: JointDemand, goer: JointDemand) -> str:
    """Why the two cannot be merged; "" where they can. One query."""
    if survivor.pk == goer.pk:
        return "A joint demand cannot be merged with itself."
    for each in (survivor, goer):
        if each.status == JointDemand.Status.RETIRED:
            return f"{each.reference} is retired; its needs have gone elsewhere."
    notice = Notice.objects.standing().filter(demand=goer).first()
    if notice is not None:
        return (
            f"{goer.reference} would go into {survivor.reference}, but has a notice of its own. "
            f"Withdraw {notice.reference} first."
        )
    return ""


def merger(one: JointDemand, other: JointDemand) -> Merger:
    """Five queries."""
    survivor, goer = in_order(one, other)
    members = DemandMember.objects.filter(demand__in=[survivor, goer], need__status=Need.Status.OPEN)
    boroughs: dict[int, set[int]] = {survivor.pk: set(), goer.pk: set()}
    moved = []
    for demand_id, reference, borough_id in members.order_by("need__reference").values_list(
        "demand_id", "need__reference", "need__borough_id"
    ):
        boroughs[demand_id].add(borough_id)
        if demand_id == goer.pk:
            moved.append(reference)
    both = boroughs[survivor.pk] & boroughs[goer.pk]
    return Merger(
        survivor=survivor,
        goer=goer,
        boroughs_before=len(boroughs[survivor.pk]),
        boroughs_after=len(boroughs[survivor.pk] | boroughs[goer.pk]),
        moved=tuple(moved),
        in_both=tuple(Borough.objects.filter(pk__in=both).by_name().values_list("name", flat=True)) if both else (),
        standings=Participation.objects.taking_part().filter(demand=goer).count(),
        requirements=CommonRequirement.objects.standing().filter(demand=goer).count(),
        refusal=why_not(survivor, goer),
    )


def suggested(demand: JointDemand) -> tuple[Candidate, ...]:
    """Current joint demands whose needs overlap with this one's, the most alike first. Three queries."""
    ours = set(demand.members.values_list("need_id", flat=True))
    pairs = Overlap.objects.filter(Q(first__in=ours) | Q(second__in=ours)).values_list("first_id", "second_id", "score")
    outside = [(second if first in ours else first, score) for first, second, score in pairs]
    elsewhere = JointDemand.objects.current().exclude(pk=demand.pk)
    places = dict(
        DemandMember.objects.filter(demand__in=elsewhere, need__in={need for need, _ in outside} - ours).values_list(
            "need_id", "demand_id"
        )
    )
    scores: dict[int, list[float]] = defaultdict(list)
    for need, score in outside:
        if need in places:
            scores[places[need]].append(score)
    sizes = _sizes(scores)
    # Of two with the same mean, the one with more evidence.
    best = sorted(sizes, key=lambda pk: (-sum(scores[pk]) / len(scores[pk]), -len(scores[pk]), pk))[:SUGGESTIONS]
    return tuple(_candidate(sizes[pk], sum(scores[pk]) / len(scores[pk])) for pk in best)


def found(demand: JointDemand, words: str) -> tuple[Candidate, ...]:
    """Current joint demands whose reference or title has every word. Two queries."""
    rows = JointDemand.objects.current().exclude(pk=demand.pk)
    for word in words.split():
        rows = rows.filter(Q(reference__icontains=word) | Q(title__icontains=word))
    sizes = _sizes(rows.by_reference().values_list("pk", flat=True)[:FOUND])
    return tuple(_candidate(sizes[pk], None) for pk in sorted(sizes))


@dataclass(frozen=True)
class _Size:
    reference: str
    title: str
    needs: int
    boroughs: int


def _sizes(demand_ids: Collection[int]) -> dict[int, _Size]:
    members: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    rows = DemandMember.objects.filter(demand__in=list(demand_ids), need__status=Need.Status.OPEN)
    columns = rows.values_list("demand_id", "demand__reference", "demand__title", "need__borough_id")
    for pk, reference, title, borough_id in columns:
        members[pk].append((reference, title, borough_id))
    return {
        pk: _Size(listed[0][0], listed[0][1], len(listed), len({borough for _, _, borough in listed}))
        for pk, listed in members.items()
    }


def _candidate(size: _Size, score: float | None) -> Candidate:
    return Candidate(size.reference, size.title, size.boroughs, size.needs, score)


def _are_joint(needs: Mapping[int, int]) -> bool:
    return len(set(needs.values())) >= 2
