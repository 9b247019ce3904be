"""Which needs of a joint demand a person may read, asked of the database and of rows that are at hand."""

from itertools import combinations

import pytest
from django.utils import timezone

from boroughs import permissions
from boroughs.models import Borough, Need, Role, User
from procurement.models import JointDemand, Participation
from procurement.queries.sharing import shared, shared_of
from tests.conftest import person
from tests.factories.boroughs import NeedFactory
from tests.factories.picture import joint_demand

pytestmark = pytest.mark.django_db

THREE = ("camden", "brent", "hackney")


def read(user: User, demand: JointDemand) -> set[str]:
    """By borough, after both ways of asking gave the same answer."""
    needs = list(Need.objects.open().filter(demand_member__demand=demand).select_related("borough"))
    asked = shared(user, demand)
    assert shared_of(user, needs, Participation.objects.filter(demand=demand)) == asked
    return {need.borough.slug for need in needs if asked.may_read(need.pk)}


def accept(demand: JointDemand, *slugs: str) -> None:
    Participation.objects.filter(demand=demand).delete()
    for slug in slugs:
        borough = Borough.objects.get(slug=slug)
        Participation.objects.create(
            demand=demand, borough=borough, stage=Participation.Stage.WATCHING, accepted_at=timezone.now()
        )


def test_borough_reads_those_that_accepted_once_it_has_accepted_itself() -> None:
    demand = joint_demand(*THREE)
    user = person(Role.BOROUGH_READER, Borough.objects.get(slug="camden"))
    for size in range(4):
        for accepted in combinations(THREE, size):
            accept(demand, *accepted)
            others = set(accepted) if "camden" in accepted else set()
            assert read(user, demand) == {"camden"} | others


@pytest.mark.parametrize(
    ("role", "expected"), [(Role.LOTI_ANALYST, set(THREE)), (Role.CDO_READER, set()), (Role.ADMINISTRATOR, set())]
)
def test_office_reads_what_its_role_says_whoever_has_accepted(role: Role, expected: set[str]) -> None:
    demand = joint_demand(*THREE)
    user = person(role)
    accept(demand, *THREE)
    assert read(user, demand) == expected


def test_who_declines_takes_both_rights_back() -> None:
    demand = joint_demand(*THREE)
    user = person(Role.BOROUGH_READER, Borough.objects.get(slug="camden"))
    accept(demand, "camden", "brent")
    Participation.objects.filter(borough__slug="brent").update(stage="DECLINED", reason="TIMING", accepted_at=None)
    assert read(user, demand) == {"camden"}


@pytest.mark.parametrize("role", Role.values)
def test_open_need_at_hand_is_judged_as_in_the_database(role: str, borough: Borough, other_borough: Borough) -> None:
    needs = [NeedFactory(borough=borough), NeedFactory(borough=other_borough)]
    user = person(Role(role), borough if role.startswith("BOROUGH") else None)
    found = set(permissions.visible_needs(user))
    assert {need for need in needs if permissions.sees_open_need(user, need)} == found
