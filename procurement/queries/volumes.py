"""How much the boroughs of a joint demand want: users and other volumes, as stated and with the tolerance they accept.

What one borough wants is shown where `sharing.shared` lets the reader read its need; its users only where nobody's who
has not agreed could be worked out from them and the totals that were told (queries/beside_told.py). The rest is in no
total: what is read could be taken from it, and totals of two days from each other. What all want together is told as at
a day, on the page of the joint demand (queries/told_figures.py). Whoever may see exact figures has every total.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from boroughs import permissions
from boroughs.models import Borough, Need, User
from boroughs.permissions import Permission
from procurement.models import DemandMember, JointDemand, Participation
from procurement.queries.beside_told import may_read_users
from procurement.queries.disclosure_rule import disclosure_rule
from procurement.queries.sharing import Shared, shared

Stage = Participation.Stage
USERS = "users"


class Group(StrEnum):
    """Whose volumes count."""

    TAKING_PART = "taking-part"
    COMMITTED = "committed"
    ALL = "all"

    @property
    def words(self) -> str:
        return {"taking-part": "All that take part", "committed": "Committed only", "all": "All members"}[self]


@dataclass(frozen=True)
class Amount:
    """A quantity as it is stated, and between what it may end up."""

    firm: int = 0
    low: int = 0
    high: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.firm + other.firm, self.low + other.low, self.high + other.high)

    @property
    def has_range(self) -> bool:
        return self.low != self.high


@dataclass(frozen=True)
class BoroughVolume:
    slug: str
    name: str
    stage: str
    stage_words: str
    takes_part: bool
    # None where it states none, or where the reader may not read it: `is_shown` says which.
    amount: Amount | None
    is_shown: bool

    def is_in(self, group: Group) -> bool:
        if group == Group.COMMITTED:
            return self.stage == Stage.COMMITTED
        return group == Group.ALL or self.takes_part


@dataclass(frozen=True)
class Measure:
    """One thing that is counted, borough by borough."""

    key: str
    label: str
    boroughs: tuple[BoroughVolume, ...]
    # By group, what the boroughs add up to that are not shown one by one; None where the reader may not count it.
    rest: Mapping[Group, Amount | None]
    # Whether boroughs that the reader may read are not shown, since a told total would give others away beside them.
    is_held_back: bool = False

    def members(self, group: Group) -> tuple[BoroughVolume, ...]:
        return tuple(each for each in self.boroughs if each.is_in(group))

    def total(self, group: Group) -> Amount:
        """Of those that the reader may count; `left_out` says whose figures are not in it."""
        shown = (each.amount for each in self.members(group) if each.amount)
        return sum(shown, self.rest[group] or Amount())

    def left_out(self, group: Group) -> tuple[str, ...]:
        """Boroughs that are in the group while what they want may not be counted for this reader."""
        if self.rest[group] is not None:
            return ()
        return tuple(each.name for each in self.members(group) if not each.is_shown)

    @property
    def everyone(self) -> Amount:
        return self.total(Group.ALL)

    @property
    def not_in_total(self) -> tuple[str, ...]:
        return self.left_out(Group.ALL)

    @property
    def is_stated(self) -> bool:
        """Whether anybody that counts in the total states it."""
        return any(each.amount for each in self.boroughs) or self.everyone.firm > 0


@dataclass(frozen=True)
class Volumes:
    # Users first, whether or not anybody states them; then other volumes by the words that boroughs use.
    measures: tuple[Measure, ...]

    @property
    def is_readable(self) -> bool:
        """Whether the person may read what any single borough wants."""
        return any(each.is_shown for measure in self.measures for each in measure.boroughs)

    def measure(self, key: str) -> Measure:
        return next((each for each in self.measures if each.key == key), self.measures[0])


def volumes(demand: JointDemand, user: User) -> Volumes:
    """What this person may read. At most nine queries, however many needs there are."""
    members = DemandMember.objects.filter(demand=demand, need__status=Need.Status.OPEN)
    needs = [row.need for row in members.select_related("need__borough").order_by("need__borough__name", "need_id")]
    stages = dict(Participation.objects.filter(demand=demand).values_list("borough_id", "stage"))
    readable = shared(user, demand)
    exact = permissions.has(user, Permission.VIEW_EXACT_FIGURES)
    wanted, labels = _wanted(needs, readable)
    reads = _Reads(_boroughs_in(needs, readable.asked), exact)
    of_users = reads
    if not may_read_users(demand, user, needs, readable):
        of_users = _Reads(_boroughs_in(needs, readable.whole), exact, is_held_back=True)
    return Volumes(
        tuple(
            _measure(key, labels[key], needs, wanted[key], stages, of_users if key == USERS else reads)
            for key in sorted(wanted, key=lambda key: (key != USERS, key))
            if key in labels
        )
    )


@dataclass(frozen=True)
class _Reads:
    # Boroughs by primary key of which the reader may read every need here.
    boroughs: Collection[int]
    exact: bool
    is_held_back: bool = False


def amount_of(quantity: int, tolerance: int | None) -> Amount:
    """`tolerance` in per cent. What is accepted is whole: the range never promises more than was said."""
    part = quantity * (tolerance or 0)
    return Amount(quantity, max(0, quantity - part // 100), quantity + part // 100)


def _wanted(needs: Iterable[Need], readable: Shared) -> tuple[dict[str, dict[int, Amount]], dict[str, str]]:
    """By measure and borough how much, and the words for each measure.

    Words are a borough's own: told where the reader may read a need that uses them, or three boroughs use the same.
    """
    wanted: dict[str, dict[int, Amount]] = defaultdict(dict)
    wanted[USERS] = {}
    labels, own_words = {USERS: "Users"}, dict[str, str]()
    for need in needs:
        for what, quantity, tolerance in _lines(need):
            key = what.casefold()
            of = wanted[key]
            of[need.borough_id] = of.get(need.borough_id, Amount()) + amount_of(quantity, tolerance)
            own_words.setdefault(key, what)
            if readable.may_read(need.pk):
                labels.setdefault(key, what)
    for key, of in wanted.items():
        if len(of) >= disclosure_rule().minimum_contributors:
            labels.setdefault(key, own_words[key])
    return wanted, labels


def _lines(need: Need) -> Iterable[tuple[str, int, int | None]]:
    if need.users_count is not None:
        yield USERS, need.users_count, need.users_tolerance
    for line in need.volumes:
        # Written down twice, it is the same people.
        if need.users_count is None or str(line["what"]).casefold() != USERS:
            yield str(line["what"]), int(line["quantity"]), line.get("tolerance")


def _boroughs_in(needs: Iterable[Need], readable: Collection[int]) -> set[int]:
    closed = {need.borough_id for need in needs if need.pk not in readable}
    return {need.borough_id for need in needs} - closed


def _measure(
    key: str, label: str, needs: Iterable[Need], of: Mapping[int, Amount], stages: Mapping[int, str], reads: _Reads
) -> Measure:
    boroughs = {need.borough_id: need.borough for need in needs}
    rows = {pk: _row(each, of, stages, reads) for pk, each in boroughs.items()}
    rest = {group: _rest(rows, of, group, exact=reads.exact) for group in Group}
    return Measure(key, label, tuple(rows.values()), rest, is_held_back=reads.is_held_back)


def _row(borough: Borough, of: Mapping[int, Amount], stages: Mapping[int, str], reads: _Reads) -> BoroughVolume:
    stage = Stage(stages.get(borough.pk, Stage.SUGGESTED))
    is_shown = borough.pk in reads.boroughs
    return BoroughVolume(
        slug=borough.slug,
        name=borough.name,
        stage=stage,
        stage_words=str(stage.label),
        takes_part=stage not in (Stage.SUGGESTED, Stage.DECLINED),
        amount=of.get(borough.pk) if is_shown else None,
        is_shown=is_shown,
    )


def _rest(rows: Mapping[int, BoroughVolume], of: Mapping[int, Amount], group: Group, *, exact: bool) -> Amount | None:
    """What those add up to that are not shown one by one."""
    unshown = [pk for pk, each in rows.items() if each.is_in(group) and not each.is_shown]
    if unshown and not exact:
        return None
    return sum((of[pk] for pk in unshown if pk in of), Amount())
