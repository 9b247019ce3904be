"""Who may not see exact figures learns nothing of a single borough from the live pages, however often it looks.

Invented coalitions whose pages somebody opens after every change, and whose notices it reads besides: eight, of which
`LOTI_SEEDS=200` looks at as many as that. Then the pages themselves: they say the same whatever the needs state.
"""

import os
import re

import pytest
from django.test import Client

from boroughs.models import Borough, Need, Role
from procurement.actions import telling_figures
from procurement.disclosure import Rule
from procurement.models import JointDemand
from procurement.queries import live_picture
from tests.conftest import person
from tests.factories import notices as scene
from tests.factories.procurement import ParticipationFactory
from tests.trust.attack import recovered
from tests.trust.rolling import Live, history_of

SEEDS = int(os.environ.get("LOTI_SEEDS", "8"))
PAGES = (
    "/demands/",
    "/demands/{0}/",
    "/demands/{0}/volumes/",
    "/demands/{0}/volumes/?group=all&measure=users&start_1=100&discount_1=5&start_2=1300&discount_2=9",
    "/demands/{0}/savings/",
    "/demands/{0}/participation/",
    "/picture/",
    "/picture/joint-demands.csv",
    "/picture/categories-by-authority.csv",
    "/picture/flow.csv",
    "/api/v1/demands/",
)


DIFFERS = r'"csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"|"at":"[^"]+"|As of [^.]+'


@pytest.mark.parametrize("seed", range(SEEDS))
def test_nobody_recovers_a_figure_by_looking_after_every_change(seed: int) -> None:
    world = history_of(seed, rule=Rule(), is_controlled=True, live=Live.TOLD)

    where = {answer.notice for answer in world.answers if answer.decision.release}
    assert {name.startswith("joint demand") for name in where} == {True, False}
    assert recovered(world) == []


@pytest.mark.parametrize("seed", range(3))
def test_the_same_reader_recovers_figures_from_totals_of_the_moment(seed: int) -> None:
    """The notices are controlled as ever: it is the live pages that give the figures away."""
    world = history_of(seed, rule=Rule(), is_controlled=True, live=Live.TOTALS)

    found = recovered(world)

    assert {one.how for one in found} >= {"upper bound", "lower bound", "difference"}
    assert any(abs(one.guess - one.truth) < 0.5 for one in found)


@pytest.mark.django_db
@pytest.mark.parametrize("stands", ["", "INTERESTED"])
def test_live_pages_say_the_same_whatever_a_need_states(stands: str) -> None:
    """Until the figures are told anew, which the audit has decided."""
    demand = scene.confirmed_demand("Camden", "Brent", "Hackney", "Harrow", "Sutton")
    telling_figures.tell_figures(demand=demand)
    if stands:
        for slug in ("camden", "brent"):
            ParticipationFactory(demand=demand, borough=Borough.objects.get(slug=slug), stage=stands)
    client = Client()
    client.force_login(person(Role.BOROUGH_APPROVER, Borough.objects.get(slug="camden")))
    before = read(client, demand)
    Need.objects.filter(borough__slug="hackney").update(users_count=7_777, budget_min=1_000_000, budget_max=3_000_000)
    after = read(client, demand)
    assert after == before
    assert "2,010" in "".join(after.values())
    # One borough alone changed: what is told stays, night after night.
    telling_figures.tell_figures(demand=demand)
    assert read(client, demand) == before


def read(client: Client, demand: JointDemand) -> dict[str, str]:
    """The pages, without what differs between any two requests."""
    bodies = {}
    # Figures changed past the audit trail, which would have told that the kept picture is old.
    live_picture.forget()
    for page in PAGES:
        answer = client.get(page.format(demand.reference))
        assert answer.status_code == 200, page
        text = re.sub(
            r'"csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"|"at":"[^"]+"|As of [^.]+', "", answer.content.decode()
        )
        bodies[page] = text
    return bodies
