"""What waits for an analyst's eye: a question for each joint demand that nobody has settled, most effective first.

Those of which somebody has said "not sure" come after the others, until something about them changes. A joint demand
that was settled waits again when the text of a confirmed member has moved far since.

What an answer is worth, and which needs from outside are suggested, is the engine's to say: procurement/matching/
review.py. Here the rows are turned into what it reads. Needs of a joint demand that is settled are suggested together,
as that joint demand: people have said that they belong to each other.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from django.db.models import Q, QuerySet

from boroughs.models import Need, User
from procurement.matching import Cluster, Decision, Member, Pair, Result
from procurement.matching.review import SUGGESTIONS, Question, Suggestion, questions
from procurement.models import DemandMember, JointDemand, Overlap, ReviewAnswer
from procurement.queries import calibrations
from procurement.queries.doubt import answers, doubted
from procurement.queries.rulings import standing_rulings


@dataclass(frozen=True)
class Open:
    """A joint demand that waits, with the question about it."""

    reference: str
    question: Question
    # What from outside may belong to it, by reference, the most likely first and up to five: needs, and joint demands
    # that are settled, as a whole.
    suggested: Mapping[str, Suggestion]
    # Members of which nobody has said that they belong, or not since their text has moved.
    unread: frozenset[str] = frozenset()
    # Somebody has said "not sure" of it as it is now.
    is_doubted: bool = False
    # A confirmed member says something else than when it was confirmed.
    has_moved: bool = False


@dataclass(frozen=True)
class ReviewQueue:
    # The most effective first, those in doubt last.
    open: tuple[Open, ...]
    # Joint demands that are settled: pinned, or with every member confirmed and as it was read then.
    settled: int
    # The answer that the person could take back.
    last: ReviewAnswer | None

    @property
    def total(self) -> int:
        return self.settled + len(self.open)

    def after(self, reference: str) -> Open | None:
        """The question that follows the one about this joint demand; the first where it is the last or not there."""
        places = [place for place, each in enumerate(self.open) if each.reference == reference]
        place = places[0] + 1 if places else 0
        return self.open[place % len(self.open)] if self.open else None

    def of(self, reference: str) -> Open | None:
        """The question about this joint demand; the first of all where it does not wait."""
        return next((each for each in self.open if each.reference == reference), None) or self.after("")


def review_queue(by: User) -> ReviewQueue:
    """Four queries, however many wait, and two more where a borough has said what its need joins."""
    members: dict[str, list[DemandMember]] = {}
    for row in _open_members(demand__in=JointDemand.objects.current()).order_by("demand_id", "need_id"):
        members.setdefault(row.demand.reference, []).append(row)
    waiting = {reference: group for reference, group in members.items() if _waits(group)}
    settled = [group for reference, group in members.items() if reference not in waiting]
    given = answers(by)
    asked = [
        replace(
            each,
            is_doubted=_is_doubted(waiting[each.reference], given.in_doubt),
            has_moved=any(member.moved_at for member in waiting[each.reference]),
        )
        for each in _asked(waiting, _pairs(Overlap.objects.all()), settled)
    ]
    in_order = sorted(asked, key=lambda each: each.is_doubted)
    return ReviewQueue(open=tuple(in_order), settled=len(members) - len(waiting), last=given.last)


def question(demand: JointDemand) -> Open | None:
    """The question about one joint demand, settled or not; None where it has no open member. Five queries."""
    members = _members(demand)
    return _of_one(demand, members) if members else None


def waiting(demand: JointDemand) -> Open | None:
    """What waits of one joint demand, as the queue says it; None where it does not wait. Five queries."""
    members = _members(demand)
    is_there = bool(members) and members[0].demand.status != JointDemand.Status.RETIRED
    return _of_one(demand, members) if is_there and _waits(members) else None


def _members(demand: JointDemand) -> list[DemandMember]:
    return list(_open_members(demand=demand).order_by("need_id"))


def _open_members(**which: object) -> QuerySet[DemandMember]:
    """Without the texts of their needs, which nothing reads here: of thousands they take longer than all else."""
    rows = DemandMember.objects.filter(need__status=Need.Status.OPEN, **which).select_related("demand", "need")
    return rows.only(
        *("strength", "confirmed_at", "moved_at"),
        *("demand__reference", "demand__status", "demand__pinned_at"),
        *("need__reference", "need__revision"),
    )


def _of_one(demand: JointDemand, members: list[DemandMember]) -> Open:
    """Read from the overlaps of its members. The lowest of all is read too: the engine takes its measure from it."""
    ids = [member.need_id for member in members]
    lowest = Overlap.objects.order_by("score", "pk").values("pk")[:1]
    pairs = _pairs(Overlap.objects.filter(Q(first__in=ids) | Q(second__in=ids) | Q(pk__in=lowest)))
    ours = {member.need.reference for member in members}
    near = {need for pair in pairs for need in (pair.left, pair.right) if not ours.isdisjoint((pair.left, pair.right))}
    return _asked({demand.reference: members}, pairs, _settled(near - ours))[0]


def _settled(needs: Collection[str]) -> list[list[DemandMember]]:
    """The members of each joint demand that holds some of these needs and is settled."""
    near = JointDemand.objects.current().filter(members__need__reference__in=needs)
    members: dict[int, list[DemandMember]] = defaultdict(list)
    for row in _open_members(demand__in=near):
        members[row.demand_id].append(row)
    return [group for group in members.values() if not _waits(group)]


def _suggested(question: Question, settled: Mapping[str, str]) -> dict[str, Suggestion]:
    """By what it is called: a need, or where `settled` has it the joint demand that it is in."""
    found: dict[str, Suggestion] = {}
    for each in question.suggestions:
        for need in each.ids:
            found.setdefault(settled.get(need, need), each)
    return dict(islice(found.items(), SUGGESTIONS))


def _waits(members: Sequence[DemandMember]) -> bool:
    """Whether somebody has to be asked: of any of them, or of those alone that have moved where it is pinned."""
    if members[0].demand.pinned_at is not None:
        return any(member.moved_at for member in members)
    return not all(_is_read(member) for member in members)


def _asked(
    groups: Mapping[str, Sequence[DemandMember]], pairs: tuple[Pair, ...], settled: Sequence[Sequence[DemandMember]]
) -> tuple[Open, ...]:
    """The questions about these joint demands; `settled` are the members of each that may be suggested as a whole."""
    clusters = {_medoid(members): reference for reference, members in groups.items()}
    result = Result(
        clusters=tuple(_cluster(members) for members in groups.values()),
        unmatched=(),
        pairs=pairs,
        engine_version="",
        parameters={},
        digest="",
    )
    rulings = (*standing_rulings(), *_held(settled))
    found = questions(result, rulings, calibration=calibrations.in_force().calibration)
    places = {row.need.reference: row.demand.reference for group in settled for row in group}
    unread = {
        reference: frozenset(row.need.reference for row in members if not _is_read(row))
        for reference, members in groups.items()
    }
    named = [(clusters[each.medoid], each) for each in found]
    return tuple(Open(reference, each, _suggested(each, places), unread[reference]) for reference, each in named)


def _held(settled: Iterable[Sequence[DemandMember]]) -> Iterator[Decision]:
    """Each of them as if its needs were ruled together: nobody has ruled on those of one that is pinned."""
    for group in settled:
        for one, other in pairwise(sorted(row.need.reference for row in group)):
            yield Decision(one, other, together=True)


def _is_read(member: DemandMember) -> bool:
    """Whether a person has said that it belongs, and it says what they read."""
    return member.confirmed_at is not None and member.moved_at is None


def _is_doubted(members: Sequence[DemandMember], doubts: Mapping[int, set[str]]) -> bool:
    known = doubts.get(members[0].demand_id)
    return known is not None and doubted(members) in known


def _medoid(members: Sequence[DemandMember]) -> str:
    """What its members have most in common is nearest to the strongest of them."""
    return max(members, key=lambda member: (member.strength, -member.need_id)).need.reference


def _cluster(members: Sequence[DemandMember]) -> Cluster:
    return Cluster(
        # Where a person has said that it belongs there is no doubt left.
        members=tuple(Member(row.need.reference, 1.0 if _is_read(row) else row.strength) for row in members),
        label="",
        category=None,
        terms=(),
        medoid=_medoid(members),
        owners=(),
    )


def _pairs(overlaps: QuerySet[Overlap]) -> tuple[Pair, ...]:
    rows = overlaps.values_list("first__reference", "second__reference", "score")
    return tuple(Pair(first, second, score) for first, second, score in rows)
