"""Nobody works out what a borough wants from the users that others show it and the totals that were told.

The attacker is a borough that has agreed to show its figures. It keeps all that it ever read on the page of volumes,
every total of users that was ever told, and its own figures, and knows which needs stand behind each total. What it can
say then is worked out anew here, by linear programmes, and not by the code that decides.
"""

from dataclasses import dataclass, field
from itertools import combinations, product
from random import Random

import numpy as np
import pytest
from django.db import transaction
from scipy.optimize import linprog

from boroughs.models import Borough, Need, Role, User
from procurement.actions import telling_figures
from procurement.models import FigureRelease, JointDemand, Participation
from procurement.queries.volumes import USERS, volumes
from tests.conftest import person
from tests.factories.picture import joint_demand
from tests.factories.procurement import ParticipationFactory, ParticipationStepFactory

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]

Stage = Participation.Stage
# The figure of a need, as long as it is not amended: whose, and how many.
Amount = tuple[str, int]
FIGURES = {"camden": 41, "brent": 53, "barnet": 67, "ealing": 79, "harrow": 97}
LEAST, PROTECTION = 3, 10
STANDS = (Stage.SUGGESTED, Stage.INTERESTED, Stage.DECLINED)


@dataclass
class Attacker:
    """A borough that writes down what it reads."""

    demand: JointDemand
    slug: str
    user: User = field(init=False)
    read: set[Amount] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.user = person(Role.BOROUGH_READER, Borough.objects.get(slug=self.slug))

    def look(self) -> set[str]:
        shown = [each for each in volumes(self.demand, self.user).measure(USERS).boroughs if each.amount]
        self.read |= {(each.slug, each.amount.firm) for each in shown if each.amount}
        return {each.slug for each in shown}

    def learnt(self) -> list[str]:
        """What it knows now and should not."""
        totals = totals_of(self.demand)
        hidden = sorted({each for total in totals for each in total if not self._knows(each)})
        return [*self._bounded(totals, hidden), *self._lonely(totals)]

    def _knows(self, amount: Amount) -> bool:
        return amount[0] == self.slug or amount in self.read

    def _bounded(self, totals: list[set[Amount]], hidden: list[Amount]) -> list[str]:
        """Figures that lie closer to what it can tell of them than the protection."""
        rows = np.array([[float(each in total) for each in hidden] for total in totals])
        sums = [sum(users for slug, users in total if (slug, users) in hidden) for total in totals]
        found = []
        for place, (slug, users) in enumerate(hidden):
            aim = np.eye(len(hidden))[place]
            ends = [linprog(sign * aim, A_eq=rows, b_eq=sums).fun for sign in (1, -1)]
            low, high = ends[0], -(ends[1] if ends[1] is not None else -np.inf)
            if low > users * (1 - PROTECTION / 100) + 1e-6 or high < users * (1 + PROTECTION / 100) - 1e-6:
                found.append(f"{self.slug} knows {slug}’s {users} as {low:g} to {high:g}")
        return found

    def _lonely(self, totals: list[set[Amount]]) -> list[str]:
        """Totals, and differences of two, of which it has read a part and too few boroughs are left."""
        parts = [*totals, *(now ^ then for then, now in combinations(totals, 2) if now & then)]
        return [
            f"{self.slug} has {sorted(left)} left of {sorted(part)}"
            for part in parts
            if any(each in self.read and each[0] != self.slug for each in part)
            and (left := {each[0] for each in part if not self._knows(each)})
            and len(left) < LEAST
        ]


def totals_of(demand: JointDemand) -> list[set[Amount]]:
    """What stands behind each total of users that was told of it, oldest first."""
    return [
        {(slug, users) for slug, needs in row.contributions.items() for users in needs.values()}
        for row in FigureRelease.objects.filter(demand=demand, quantity="USERS").order_by("number")
    ]


def told(figures: dict[str, int | None]) -> JointDemand:
    demand: JointDemand = joint_demand(*figures, status=JointDemand.Status.CONFIRMED)
    for slug, users in figures.items():
        Need.objects.filter(borough__slug=slug).update(users_count=users)
    telling_figures.tell_figures(demand=demand)
    return demand


def stand(demand: JointDemand, slug: str, stage: Stage) -> None:
    borough = Borough.objects.get(slug=slug)
    Participation.objects.filter(demand=demand, borough=borough).delete()
    ParticipationFactory(demand=demand, borough=borough, stage=stage)
    ParticipationStepFactory(demand_reference=demand.reference, borough_slug=slug, verb="MOVED", to_stage=stage)


@pytest.mark.parametrize("missing", ["", "camden", "harrow"])
def test_whoever_agrees_or_declines_after_a_total_was_told(missing: str) -> None:
    """All that four boroughs can say to a fifth; each time the total is then told anew, and all is read once more."""
    demand = told({slug: None if slug == missing else users for slug, users in FIGURES.items()})
    behind = {slug for total in totals_of(demand) for slug, _ in total} - {"camden"}
    assert behind == FIGURES.keys() - {"camden", missing}
    stand(demand, "camden", Stage.INTERESTED)
    attacker = Attacker(demand, "camden")
    for stands in product(STANDS, repeat=4):
        with transaction.atomic():
            for slug, stage in zip(list(FIGURES)[1:], stands, strict=True):
                stand(demand, slug, stage)
            agreed = {slug for slug, stage in zip(list(FIGURES)[1:], stands, strict=True) if stage == Stage.INTERESTED}
            is_open = len(behind - agreed) in (0, LEAST, len(behind))
            attacker.read = set()
            assert attacker.look() - {"camden"} == (agreed & behind if is_open else set()), stands
            assert attacker.learnt() == [], stands
            telling_figures.tell_figures(demand=demand)
            attacker.look()
            assert attacker.learnt() == [], stands
            transaction.set_rollback(True)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_boroughs_say_state_and_are_told_in_turn(seed: int) -> None:
    """Each reads after every step, and forgets nothing."""
    random = Random(seed)
    figures: dict[str, int | None] = {
        slug: random.choice([None, 40, 60, 75, 90, 120]) or None
        for slug in (*FIGURES, "hackney", "sutton", "merton")[: random.randint(4, 8)]
    }
    demand = told(figures)
    attackers = [Attacker(demand, slug) for slug in figures]
    for _ in range(10):
        slug = random.choice(sorted(figures))
        if random.random() < 0.75:
            stand(demand, slug, random.choice([Stage.INTERESTED, Stage.INTERESTED, Stage.DECLINED]))
        else:
            Need.objects.filter(borough__slug=slug).update(users_count=random.randint(30, 150))
        if random.random() < 0.5:
            telling_figures.tell_figures(demand=demand)
        for attacker in attackers:
            attacker.look()
        assert [each for attacker in attackers for each in attacker.learnt()] == []


def test_who_read_a_figure_before_its_borough_declined_is_reckoned_with() -> None:
    """Brent leaves while two others amend: three changed for the public, two for who has read Brent's."""
    demand = told({**FIGURES, "hackney": 88})
    for slug in ("camden", "brent"):
        stand(demand, slug, Stage.INTERESTED)
    attacker = Attacker(demand, "camden")
    assert attacker.look() == {"camden", "brent"}
    stand(demand, "brent", Stage.DECLINED)
    for slug, users in (("barnet", 120), ("ealing", 125)):
        Need.objects.filter(borough__slug=slug).update(users_count=users)
    telling_figures.tell_figures(demand=demand)
    assert attacker.learnt() == []
    assert len(totals_of(demand)) == 1
