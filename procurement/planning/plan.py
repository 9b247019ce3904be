"""The plan of a joint demand: every start looked at, the best for each number of boroughs, and the fewest starts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import accumulate
from operator import attrgetter

from procurement.planning.situations import Outcome, Prospects, Rules, Situation, month_from
from procurement.planning.waves import fewest_starts


@dataclass(frozen=True)
class Start:
    """A start and what it would mean: for each situation of the plan, in its order, the outcome."""

    month: int
    outcomes: tuple[Outcome, ...]

    @cached_property
    def _weights(self) -> list[int]:
        """Of each who can join."""
        return [each.weight for each in self.outcomes if each.joins]

    @property
    def joining(self) -> int:
        return len(self._weights)

    @cached_property
    def weight(self) -> int:
        """Of all who can join."""
        return sum(self._weights)

    @cached_property
    def easiest(self) -> tuple[int, ...]:
        """What the start weighs for the one borough for whom it is easiest, for the two, and so on."""
        return tuple(accumulate(sorted(self._weights)))


@dataclass(frozen=True)
class Choice:
    """For a number of boroughs: the months in which at least so many could join, and the best of them."""

    count: int
    months: tuple[int, ...]
    best: Start
    # Of the easiest `count` boroughs at the best start.
    weight: int


@dataclass(frozen=True)
class Wave:
    """One of several starts, and the places in the plan's situations of those who join it."""

    start: Start
    members: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    today: date
    rules: Rules
    # By key.
    situations: tuple[Situation, ...]
    prospects: tuple[Prospects, ...]
    # Of every month that was looked at, in order; never empty.
    starts: tuple[Start, ...]

    @cached_property
    def best(self) -> Start:
        """The start that most can join; of several the one that weighs least, then the earliest."""
        return min(self.starts, key=lambda start: (-start.joining, start.weight, start.month))

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """For each number of boroughs that can start together, from one upwards."""
        return tuple(self._choice(count) for count in range(1, self.best.joining + 1))

    @cached_property
    def waves(self) -> tuple[Wave, ...]:
        """The fewest starts by which every borough that can join any joins one, at the least weight; by month."""
        weights = [[each.weight if each.joins else None for each in start.outcomes] for start in self.starts]
        chosen = [self.starts[place] for place in fewest_starts(weights)]
        members: dict[int, list[int]] = {start.month: [] for start in chosen}
        for place in range(len(self.situations)):
            open_to = [start for start in chosen if start.outcomes[place].joins]
            if open_to:
                easiest = min(open_to, key=lambda start: (start.outcomes[place].weight, start.month))
                members[easiest.month].append(place)
        return tuple(Wave(start, tuple(members[start.month])) for start in chosen)

    @cached_property
    def left_out(self) -> tuple[int, ...]:
        """Places of those who can join none of the starts."""
        places = range(len(self.situations))
        return tuple(place for place in places if not any(start.outcomes[place].joins for start in self.starts))

    def start_in(self, month: int) -> Start:
        """The start in this month, whether or not anybody could gain by it."""
        return Start(month, tuple(each.at(month) for each in self.prospects))

    def _choice(self, count: int) -> Choice:
        able = [start for start in self.starts if start.joining >= count]
        best = min(able, key=lambda start: (start.easiest[count - 1], start.month))
        return Choice(count, tuple(start.month for start in able), best, best.easiest[count - 1])


def plan(
    situations: Iterable[Situation], *, rules: Rules, today: date, begins: date | None = None, at_least: int = 0
) -> Plan:
    """The plan as of `today`. The order of the situations does not matter; their keys must differ.

    The joint purchase can begin on the day `begins`, today where it is None.
    `at_least` so many months are looked at, though nobody gain by the later ones: for a chart.
    """
    ordered = tuple(sorted(situations, key=attrgetter("key")))
    prospects = tuple(Prospects(each, rules, today) for each in ordered)
    first = month_from(begins or today) + rules.lead_months
    settled = max([first, *(each.settled_from for each in prospects)])
    last = min(max(settled, first + at_least - 1), first + rules.horizon - 1)
    starts = tuple(Start(month, tuple(each.at(month) for each in prospects)) for month in range(first, last + 1))
    return Plan(today, rules, ordered, prospects, starts)
