"""Joint demands that several people read, neither seeing what the others say: what is to be asked of whom.

Two people read each joint demand of the review queue. When their answers settle whether a need belongs, and whom to ask
where they do not, is the engine's to say: procurement/matching/opinions.py.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from boroughs import permissions
from boroughs.models import Need, User
from boroughs.permissions import Permission
from procurement.matching import opinions
from procurement.matching.review import Question
from procurement.models import Opinion
from procurement.queries import review_queue
from procurement.queries.suggestions import worth_asking


@dataclass(frozen=True)
class Line:
    """One need about which is asked."""

    reference: str
    is_member: bool
    # That it belongs, as the matcher saw it before anybody had answered; 0 to 1.
    probability: float
    # Who said what, the oldest first, by the person's primary key.
    given: tuple[tuple[int, bool], ...]
    # None while more is to be asked.
    verdict: bool | None
    # Whether the person who looks is to be asked.
    is_asked: bool

    @property
    def is_in_doubt(self) -> bool:
        """Whether two people have answered, and that has not settled it."""
        return len(self.given) >= opinions.FEWEST and self.verdict is None

    @property
    def yes(self) -> int:
        """How many said that it belongs."""
        return sum(belongs for _, belongs in self.given)


@dataclass(frozen=True)
class DoubleReading:
    reference: str
    question: Question
    lines: tuple[Line, ...]

    @property
    def asked(self) -> tuple[Line, ...]:
        """What the person who looks is to be asked."""
        return tuple(line for line in self.lines if line.is_asked)

    @property
    def is_decided(self) -> bool:
        """Whether nobody is to be asked any more, and what was said can be put into effect."""
        return all(line.verdict is not None for line in self.lines)

    @property
    def is_begun(self) -> bool:
        return any(line.given for line in self.lines)


@dataclass(frozen=True)
class DoubleReadings:
    # What waits for this person: where others have begun first, then the most effective.
    open: tuple[DoubleReading, ...]
    # Read by this person, and waiting for others.
    elsewhere: int
    # Decided, and not in effect: something stood in the way.
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
    """Everything in the review queue, as this person finds it. Three queries more than the queue."""
    waiting = review_queue.review_queue(by).open
    people = {each.pk for each in permissions.office_holders(Permission.REVIEW_DEMANDS)}
    rows = Opinion.objects.open().filter(demand__reference__in=[each.reference for each in waiting])
    given: dict[tuple[str, str], list[Opinion]] = defaultdict(list)
    for row in rows.select_related("demand", "need").order_by("pk"):
        given[row.demand.reference, row.need.reference].append(row)
    names = {name for each in waiting for name in worth_asking(each.question)}
    outside = set(Need.objects.open().filter(reference__in=names).values_list("reference", flat=True))
    found = [_reading(each, given, outside, people, by) for each in waiting]
    mine = [row for group in given.values() for row in group if row.given_by_id == by.pk]
    decided = [each for each in found if each.is_decided]
    asked = [each for each in found if each.asked and not each.is_decided]
    return DoubleReadings(
        open=tuple(sorted(asked, key=lambda each: not each.is_begun)),
        elsewhere=sum(not each.asked and each.is_begun and not each.is_decided for each in found),
        decided=tuple(decided),
        people=len(people),
        last=max(mine, key=lambda row: row.pk).demand.reference if mine else "",
    )


def _reading(
    each: review_queue.Open,
    given: Mapping[tuple[str, str], Sequence[Opinion]],
    outside: Collection[str],
    people: Collection[int],
    by: User,
) -> DoubleReading:
    members = {m.id: m.probability for m in each.question.members if m.id in each.unread}
    suggested = {name: p for name, p in worth_asking(each.question).items() if name in outside}
    lines = tuple(
        _line(name, probability, given.get((each.reference, name), ()), people, by, is_member=name in members)
        for name, probability in (members | suggested).items()
    )
    return DoubleReading(each.reference, each.question, lines)


def _line(
    name: str, probability: float, rows: Sequence[Opinion], people: Collection[int], by: User, *, is_member: bool
) -> Line:
    start = rows[0].probability if rows else probability
    said = tuple((row.given_by_id, row.belongs) for row in rows)
    verdict = opinions.verdict(start, [belongs for _, belongs in said], people=len(people))
    is_asked = opinions.may_answer(by.pk, said, people, start)
    return Line(name, is_member, start, said, verdict, is_asked)
