"""Invented coalitions that change step by step, and what is told of them: by two notices, and on the live pages of the
joint demands behind them.

Boroughs join one or two at a time, leave and amend; needs move from one notice to the other by a split, or all of them
by a merge. After each step the notices that changed publish a version. Where somebody looks at the live pages, it is
after each step, and every second time the notice waits.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from random import Random

from procurement import disclosure
from procurement.disclosure import Decision, Figure, Release, Rule

QUANTITIES = ("budget_min", "budget_max", "users")
ORDERS = [("budget_min", "budget_max")]
Amounts = Mapping[str, int]


class Live(Enum):
    """What somebody who looks at the live pages reads there."""

    NOTHING = "nobody looks"
    TOLD = "told figures"
    TOTALS = "totals of this moment, under the rule of one total"


@dataclass
class Place:
    """A need of a borough, and the amounts that it states now. `state` counts its amendments."""

    borough: str
    need: str
    amounts: dict[str, int]
    state: int = 0


@dataclass(frozen=True)
class Statement:
    """What the public reads: the total of these needs, each as it was then, lies in low ≤ total ≤ high."""

    quantity: str
    states: frozenset[tuple[str, int]]
    low: int
    high: int


@dataclass(frozen=True)
class Answer:
    """What was decided of one quantity of a version, after so many releases."""

    notice: str
    quantity: str
    rule: Rule
    contributions: Mapping[str, Mapping[str, int]]
    earlier: int
    decision: Decision


@dataclass
class World:
    """Everything that is true, and everything that is published."""

    rule: Rule
    is_controlled: bool
    live: Live = Live.NOTHING
    notices: dict[str, list[Place]] = field(default_factory=lambda: {"NT-0001": [], "NT-0002": []})
    versions: dict[str, int] = field(default_factory=lambda: {"NT-0001": 0, "NT-0002": 0})
    history: list[Release] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    truth: dict[tuple[str, str, int], int] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)

    def publish(self, notice: str) -> None:
        self.versions[notice] += 1
        self._tell(notice, notice, self._controlled if self.is_controlled else self._plain)

    def look(self, notice: str) -> None:
        """Somebody opens the page of the joint demand behind the notice, which has just changed."""
        self._tell(notice, f"joint demand of {notice}", self._controlled if self.live is Live.TOLD else self._plain)

    def _tell(self, notice: str, where: str, tell: Callable[[Sequence[Place], str, str, Rule], Figure | None]) -> None:
        places = self.notices[notice]
        for place in places:
            self.owners[place.need] = place.borough
            for quantity, amount in place.amounts.items():
                self.truth[quantity, place.need, place.state] = amount
        for quantity in QUANTITIES:
            rule = self.rule.plainly() if quantity == "users" else self.rule
            figure = tell(places, where, quantity, rule)
            if figure and figure.is_shown:
                self._state(quantity, places, figure)

    def _controlled(self, places: Sequence[Place], where: str, quantity: str, rule: Rule) -> Figure | None:
        """A figure that is kept says again what is public: only a new one is a statement."""
        contributions: dict[str, dict[str, int]] = {}
        for place in places:
            contributions.setdefault(place.borough, {})[place.need] = place.amounts[quantity]
        decision = disclosure.decide(
            self.history,
            contributions,
            rule,
            notice=where,
            version=self.versions.get(where, 0),
            quantity=quantity,
            orders=ORDERS,
        )
        self.answers.append(Answer(where, quantity, rule, contributions, len(self.history), decision))
        if decision.release is None:
            return None
        self.history.append(decision.release)
        return decision.figure

    def _plain(self, places: Sequence[Place], where: str, quantity: str, rule: Rule) -> Figure:
        """The rule for one total by itself, asked each time anew."""
        figures: dict[str, int] = {}
        for place in places:
            figures[place.borough] = figures.get(place.borough, 0) + place.amounts[quantity]
        return alone(figures, rule)

    def _state(self, quantity: str, places: Sequence[Place], figure: Figure) -> None:
        states = frozenset((place.need, place.state) for place in places)
        if figure.value is not None:
            low = high = figure.value
        else:
            assert figure.low is not None
            assert figure.high is not None
            low, high = figure.low, figure.high - 1
        self.statements.append(Statement(quantity, states, low, high))


def alone(figures: Mapping[str, int], rule: Rule) -> Figure:
    """A total where nothing is asked but the rule of one total by itself."""
    amount = sum(figures.values())
    if not disclosure.may_show(figures, rule):
        return Figure(withheld=True)
    if rule.band is None:
        return Figure(value=amount)
    low = amount // rule.band * rule.band
    return Figure(low=low, high=low + rule.band)


def history_of(seed: int, *, rule: Rule, is_controlled: bool, steps: int = 14, live: Live = Live.NOTHING) -> World:
    """The same seed makes the same coalitions, with and without control, whoever looks."""
    rng, waits = Random(seed), Random(-seed)
    world = World(rule, is_controlled, live)
    waiting = [
        Place(f"borough-{number:02}", f"N-{number:02}-{count}", _amounts(rng))
        for number in range(12)
        for count in range(rng.choice([1, 1, 1, 2]))
    ]
    rng.shuffle(waiting)
    for notice, places in world.notices.items():
        places += [waiting.pop() for _ in range(rng.randint(2, 5))]
        if live is not Live.NOTHING:
            world.look(notice)
        world.publish(notice)
    for _ in range(steps):
        for notice in _step(world, waiting, rng):
            if live is not Live.NOTHING:
                world.look(notice)
            if live is Live.NOTHING or waits.random() < 0.5:
                world.publish(notice)
    return world


def _amounts(rng: Random) -> dict[str, int]:
    highest = round(rng.lognormvariate(12, 0.8) / 5000) * 5000 + 5000
    lowest = round(highest * rng.choice([0.6, 0.75, 0.9, 1.0]) / 1000) * 1000
    return {"budget_min": lowest, "budget_max": highest, "users": round(rng.lognormvariate(5.5, 1)) + 1}


def _step(world: World, waiting: list[Place], rng: Random) -> Iterator[str]:
    """Something happens, and these notices have changed."""
    name, other = rng.sample(sorted(world.notices), 2)
    places = world.notices[name]
    what = rng.choices(["join", "leave", "amend", "split", "merge"], [9, 3, 3, 1, 0.5])[0]
    if what == "leave" and len(places) > 2:
        waiting.insert(0, places.pop(rng.randrange(len(places))))
    elif what == "amend" and places:
        _amend(rng.choice(places), rng)
    elif what in ("split", "merge") and len(places) > 2:
        moved = rng.sample(places, len(places) // 2) if what == "split" else list(places)
        world.notices[name] = [place for place in places if place not in moved]
        world.notices[other] += moved
        yield other
    else:
        places += [waiting.pop() for _ in range(min(rng.randint(1, 2), len(waiting)))]
    yield name


def _amend(place: Place, rng: Random) -> None:
    """Most amendments are small; some needs are thought over."""
    if rng.random() < 0.3:
        place.amounts = _amounts(rng)
    else:
        factor = rng.uniform(0.8, 1.25)
        place.amounts = {quantity: round(amount * factor) for quantity, amount in place.amounts.items()}
        place.amounts["budget_max"] = max(place.amounts["budget_min"], place.amounts["budget_max"])
    place.state += 1
