"""Joint demands that several people read, neither seeing what the others say: what is to be asked of whom.

Two people read each joint demand of the review queue. When their answers settle whether a need belongs, and whom to ask
where they do not, is the engine's to say: procurement/matching/opinions.py. A settled joint demand that may be the same
is asked about as a whole.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zlib import crc32

from django.utils import timezone

from boroughs import permissions
from boroughs.models import Need, User
from boroughs.permissions import Permission
from procurement.matching import opinions
from procurement.models import JointDemand, Notice, Opinion
from procurement.models.joint_demand import JointDemandQuerySet
from procurement.models.opinion import OpinionQuerySet
from procurement.queries import review_queue
from procurement.queries.review_queue import Open

# How long a doubt waits for everybody. Then it does not wait for those who have answered nothing at all for so long.
PATIENCE: Final = timedelta(days=7)
# What the column of a revision holds.
_LARGEST: Final = 2**31 - 1


@dataclass(frozen=True)
class Line:
    """One need that is asked about, or another joint demand as a whole."""

    reference: str
    is_member: bool
    is_demand: bool
    # That it belongs, as the matcher saw it before anybody had answered; 0 to 1.
    probability: float
    # What it says now: of a joint demand one number for what all its needs say.
    revision: int
    # Who said what, the oldest first, by the person's primary key.
    given: tuple[tuple[int, bool], ...]
    # None while more is to be asked.
    verdict: bool | None
    # Whether the person who looks is to be asked, and for which time.
    is_asked: bool
    turn: int

    @property
    def shown(self) -> str:
        """What a page asks: of this as it is now, for the first or the second time. An answer is to that alone."""
        return f"{self.reference}:{self.revision}:{self.turn}"

    @property
    def is_in_doubt(self) -> bool:
        """Whether two people have answered, and that has not settled it."""
        return len({who for who, _ in self.given}) >= opinions.FEWEST and self.verdict is None

    @property
    def yes(self) -> int:
        """How many said that it belongs."""
        return sum(belongs for _, belongs in self.given)


@dataclass(frozen=True)
class DoubleReading:
    asked_about: Open
    lines: tuple[Line, ...]

    @property
    def reference(self) -> str:
        return self.asked_about.reference

    @property
    def asked(self) -> tuple[Line, ...]:
        """What the person who looks is to be asked."""
        return tuple(line for line in self.lines if line.is_asked)

    @property
    def is_decided(self) -> bool:
        """Whether nobody is to be asked any more, and what was said can be put into effect."""
        return bool(self.lines) and all(line.verdict is not None for line in self.lines)

    @property
    def is_begun(self) -> bool:
        return any(line.given for line in self.lines)


@dataclass(frozen=True)
class DoubleReadings:
    # What waits for this person: where others have begun first, then the most effective.
    open: tuple[DoubleReading, ...]
    # Read by this person, and waiting for others.
    elsewhere: int
    # Decided, and not in effect: something stood in the way, or the last doubt went without an answer.
    decided: tuple[DoubleReading, ...]
    # How many people there are to read.
    people: int
    # The joint demand that this person read last, while that can be taken back.
    last: str

    def of(self, reference: str) -> DoubleReading | None:
        """The one about this joint demand; the first of all where it does not wait for the person."""
        return next((each for each in self.open if each.reference == reference), None) or self.after("")

    def after(self, reference: str) -> DoubleReading | None:
        """The one that follows; the first where this is the last or not there."""
        places = [place for place, each in enumerate(self.open) if each.reference == reference]
        return self.open[(places[0] + 1 if places else 0) % len(self.open)] if self.open else None


def double_readings(by: User) -> DoubleReadings:
    """Everything in the review queue, as this person finds it. Six queries more than the queue."""
    queue = review_queue.review_queue(by).open
    known = _Known.of(Opinion.objects.filter(demand__in=JointDemand.objects.current()), by)
    revisions = dict(Need.objects.open().values_list("reference", "revision"))
    revisions |= _mergeable(JointDemand.objects.current())
    found = [_reading(each, known, revisions) for each in queue]
    asked = [each for each in found if each.asked and not each.is_decided]
    last = last_read(by)
    return DoubleReadings(
        open=tuple(sorted(asked, key=lambda each: not each.is_begun)),
        elsewhere=sum(not each.asked and each.is_begun and not each.is_decided for each in found),
        decided=tuple(each for each in found if each.is_decided),
        people=len(known.people),
        last=last.demand.reference if last else "",
    )


def double_reading(demand: JointDemand, by: User) -> DoubleReading | None:
    """What is asked of one joint demand; None where it does not wait. Ten queries, however many wait, and two more
    where a borough has said what its need joins.
    """
    waiting = review_queue.waiting(demand)
    if waiting is None:
        return None
    names = [*waiting.question.ids, *waiting.suggested]
    revisions = dict(Need.objects.open().filter(reference__in=names).values_list("reference", "revision"))
    revisions |= _mergeable(JointDemand.objects.current().filter(reference__in=[waiting.reference, *waiting.suggested]))
    return _reading(waiting, _Known.of(Opinion.objects.filter(demand=demand), by), revisions)


def last_read(by: User) -> Opinion | None:
    """What this person said last and can take back: it has not taken effect. One query."""
    mine = Opinion.objects.open().filter(given_by=by, demand__in=JointDemand.objects.current())
    return mine.select_related("demand").order_by("-pk").first()


@dataclass(frozen=True)
class _Said:
    who: int
    belongs: bool
    probability: float
    at: datetime


@dataclass(frozen=True)
class _Known:
    """What was said so far, and who is there to say more."""

    # By the references of the joint demand and of what is asked about, and its revision; the oldest first.
    said: Mapping[tuple[str, str, int], Sequence[_Said]]
    by: int
    people: frozenset[int]
    # Those of them who have lately answered anything.
    active: frozenset[int]
    # Doubts that two people have left before then wait for these alone.
    since: datetime

    @classmethod
    def of(cls, rows: OpinionQuerySet, by: User) -> "_Known":
        """Three queries."""
        since = timezone.now() - PATIENCE
        said: dict[tuple[str, str, int], list[_Said]] = defaultdict(list)
        about = ("demand__reference", "need__reference", "other__reference", "revision")
        columns = (*about, "given_by", "belongs", "probability", "given_at")
        for demand, need, other, revision, *rest in rows.open().order_by("pk").values_list(*columns):
            said[demand, need or other, revision].append(_Said(*rest))
        people = frozenset(each.pk for each in permissions.office_holders(Permission.REVIEW_DEMANDS))
        lately = Opinion.objects.filter(given_at__gt=since).values_list("given_by", flat=True)
        return cls(said, by.pk, people, people & frozenset(lately.distinct()), since)

    def waited_for(self, said: Sequence[_Said]) -> frozenset[int]:
        """Whom a need waits for: everybody, and where it has waited long those alone who answer at all."""
        has_waited = len(said) >= opinions.FEWEST and said[opinions.FEWEST - 1].at <= self.since
        return self.active if has_waited and len(self.active) >= opinions.FEWEST else self.people


def _mergeable(demands: JointDemandQuerySet) -> dict[str, int]:
    """Those of these joint demands that may be merged here, each with one number for what all its needs say: another
    one when a need of it is edited, joins or leaves.

    What has a notice is left out: it is merged on a page of its own, which says what becomes of the notice.
    """
    free = demands.exclude(pk__in=Notice.objects.standing().values("demand"))
    rows = free.filter(members__need__status=Need.Status.OPEN)
    said: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for reference, need, revision in rows.values_list("reference", "members__need", "members__need__revision"):
        said[reference].append((need, revision))
    return {reference: crc32(repr(sorted(needs)).encode()) & _LARGEST for reference, needs in said.items()}


def _reading(each: Open, known: _Known, revisions: Mapping[str, int]) -> DoubleReading:
    members = {m.id: m.probability for m in each.question.members if m.id in each.unread}
    outside = {
        name: suggestion.probability
        for name, suggestion in each.suggested.items()
        if name in suggestion.ids or each.reference in revisions
    }
    lines = tuple(
        _line(
            name,
            probability,
            known,
            known.said.get((each.reference, name, revisions[name]), ()),
            revision=revisions[name],
            is_member=name in members,
            is_demand=name in outside and name not in each.suggested[name].ids,
        )
        for name, probability in (members | outside).items()
        if name in revisions
    )
    return DoubleReading(each, lines)


def _line(
    name: str,
    probability: float,
    known: _Known,
    rows: Sequence[_Said],
    *,
    revision: int,
    is_member: bool,
    is_demand: bool,
) -> Line:
    start = rows[0].probability if rows else probability
    said = tuple((row.who, row.belongs) for row in rows)
    waited_for = known.waited_for(rows)
    verdict = opinions.verdict_of(start, said, people=len(waited_for))
    people = waited_for | ({known.by} & known.people)
    return Line(
        reference=name,
        is_member=is_member,
        is_demand=is_demand,
        probability=start,
        revision=revision,
        given=said,
        verdict=verdict,
        is_asked=verdict is None and opinions.may_answer(known.by, said, people, start),
        turn=1 + sum(who == known.by for who, _ in said),
    )
