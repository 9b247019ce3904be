"""What the planner knows of one borough, and what one start would mean for it."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import NamedTuple

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rules:
    """Conventions of the plan; docs/planning.md gives the reasons."""

    # Months from the first step of a joint purchase to the first day of its contract.
    lead_months: int
    # What a month weighs: of a bridge, of a bridge beyond `flagged_after` months, and of double running.
    bridge_weight: int = 1
    long_bridge_weight: int = 3
    double_weight: int = 2
    flagged_after: int = 12
    # Beyond these a borough cannot join.
    longest_bridge: int = 24
    longest_double: int = 12
    # How many months are looked at.
    horizon: int = 120


@dataclass(frozen=True)
class PossibleEnd:
    """A last day that the present contract may have. The first one of a situation uses no option."""

    last_day: date
    # By when the option that leads to it is taken up; None for the end without options.
    take_up_by: date | None = None
    # By when notice is given so that it ends there; None without a notice period.
    notice_by: date | None = None


@dataclass(frozen=True)
class Situation:
    """One borough. `ends` are in order, each later than the one before; () without a contract."""

    key: str
    name: str
    ends: tuple[PossibleEnd, ...] = ()
    # The window of wanted starts.
    earliest: date | None = None
    latest: date | None = None


class Hindrance(Enum):
    """Why a borough cannot join a start."""

    BEFORE_WINDOW = "before window"
    AFTER_WINDOW = "after window"
    LONG_BRIDGE = "long bridge"
    LONG_DOUBLE = "long double"


class Outcome(NamedTuple):
    """What a start would mean for a borough. Where it is hindered, how far the least bad end misses."""

    hindrance: Hindrance | None = None
    # How many options to extend it takes: the index of the end among the situation's ends.
    options: int = 0
    bridge: int = 0
    double: int = 0
    weight: int = 0

    @property
    def joins(self) -> bool:
        return self.hindrance is None


# Of a start outside the window of wanted ones, and of any start where there is no contract.
BEFORE, AFTER, FREE = Outcome(Hindrance.BEFORE_WINDOW), Outcome(Hindrance.AFTER_WINDOW), Outcome()


def month_of(day: date) -> int:
    """The number of the month that the day is in."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def month_from(day: date) -> int:
    """The first month that begins on the day or later."""
    return month_of(day) + (day.day > 1)


class Prospects:
    """A situation on one day, to be asked about many starts."""

    def __init__(self, situation: Situation, rules: Rules, today: date) -> None:
        self.situation = situation
        self.ends = open_ends(situation, today)
        self._rules = rules
        self._earliest = month_of(situation.earliest) if situation.earliest else None
        self._latest = month_of(situation.latest) if situation.latest else None
        # The month in which the day after each end lies, and the first that begins no earlier than that day. The last
        # day of the calendar has none after it, so the day itself is put forward by its month.
        self._after = [_month_after(end.last_day) for end in self.ends]
        self._clear = [month_of(end.last_day) + 1 for end in self.ends]

    @property
    def settled_from(self) -> int:
        """The month from which on a later start is never better; 0 where any will do."""
        return max(self._clear[-1] if self._clear else 0, self._earliest or 0)

    def at(self, month: int) -> Outcome:
        """What a start in this month would mean."""
        if self._earliest is not None and month < self._earliest:
            return BEFORE
        if self._latest is not None and month > self._latest:
            return AFTER
        if not self.ends:
            return FREE
        # The nearest end on either side is enough: from any other the bridge, or double running, is longer.
        following = bisect_right(self._clear, month)
        if following == len(self.ends):
            return self._bridged(following - 1, month)
        doubled = self._doubled(following, month)
        if following == 0:
            return doubled
        bridged = self._bridged(following - 1, month)
        return min(bridged, doubled, key=lambda each: (not each.joins, each.weight, each.options))

    def _bridged(self, index: int, month: int) -> Outcome:
        rules, months = self._rules, month - self._after[index]
        beyond = max(0, months - rules.flagged_after)
        weight = (months - beyond) * rules.bridge_weight + beyond * rules.long_bridge_weight
        return Outcome(Hindrance.LONG_BRIDGE if months > rules.longest_bridge else None, index, months, 0, weight)

    def _doubled(self, index: int, month: int) -> Outcome:
        months = self._clear[index] - month
        hindrance = Hindrance.LONG_DOUBLE if months > self._rules.longest_double else None
        return Outcome(hindrance, index, 0, months, months * self._rules.double_weight)


def open_ends(situation: Situation, today: date) -> tuple[PossibleEnd, ...]:
    """The ends that can still be reached: up to the first whose option can no longer be taken up."""
    for index, end in enumerate(situation.ends):
        if end.take_up_by is not None and end.take_up_by < today:
            return situation.ends[:index]
    return situation.ends


def _month_after(last_day: date) -> int:
    return month_of(last_day + A_DAY) if last_day < date.max else month_of(last_day) + 1
