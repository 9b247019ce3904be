"""Which needs of a joint demand a person may read, asked of the database and of rows that are at hand."""

from collections.abc import Callable
from itertools import combinations

import pytest
from django.utils import timezone

from boroughs import permissions
from boroughs.models import Borough, Need, Role, User
from procurement.actions import demands
from procurement.models import DemandMember, JointDemand, Overlap, Participation
from procurement.queries.sharing import shared, shared_of
from tests.conftest import person
from tests.factories.boroughs import NeedFactory
from tests.factories.picture import joint_demand
from tests.factories.procurement import DemandMemberFactory

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


Band = DemandMember.Band


def in_doubt(band: Band = Band.POSSIBLE, *, needs: int = 1) -> JointDemand:
    """Camden is in with `needs` needs of this band that nobody has confirmed, Brent and Hackney are; all accepted."""
    demand: JointDemand = joint_demand(*THREE)
    camden = Borough.objects.get(slug="camden")
    for _ in range(needs - 1):
        DemandMemberFactory(demand=demand, need=NeedFactory(borough=camden))
    demand.members.filter(need__borough=camden).update(band=band, strength=0.2)
    demand.members.exclude(need__borough=camden).update(confirmed_at=timezone.now())
    accept(demand, *THREE)
    return demand


def reader(slug: str = "camden") -> User:
    return person(Role.BOROUGH_READER, Borough.objects.get(slug=slug))


def test_who_is_in_by_its_own_word_reads_nothing_and_nobody_else_reads_less() -> None:
    demand = in_doubt()
    camden = Borough.objects.get(slug="camden")
    assert read(reader(), demand) == {"camden"}
    found = shared(reader(), demand)
    assert (found.accepted_for, found.in_doubt) == (frozenset(), frozenset({camden.pk}))
    for other in ("brent", "hackney"):
        assert read(reader(other), demand) == set(THREE)
        assert not shared(reader(other), demand).in_doubt


def test_who_has_not_accepted_is_not_in_doubt() -> None:
    demand = in_doubt()
    accept(demand, "brent", "hackney")
    assert not shared(reader(), demand).in_doubt


@pytest.mark.parametrize("band", [Band.LIKELY, Band.STRONG])
def test_the_matchers_word_is_enough(band: Band) -> None:
    demand = in_doubt(band)
    assert read(reader(), demand) == set(THREE)


def confirm_member(demand: JointDemand, analyst: User) -> None:
    demands.confirm_member(demand=demand, need=Need.objects.get(borough__slug="camden"), by=analyst)


def confirm(demand: JointDemand, analyst: User) -> None:
    demands.confirm(demand=demand, by=analyst)


def pin(demand: JointDemand, analyst: User) -> None:
    demands.pin(demand=demand, by=analyst)


@pytest.mark.parametrize("ruling", [confirm_member, confirm, pin])
def test_an_analysts_word_is_enough(ruling: Callable[[JointDemand, User], None], analyst: User) -> None:
    demand = in_doubt()
    ruling(demand, analyst)
    assert read(reader(), demand) == set(THREE)


def test_taking_the_confirmation_back_closes_it_again(analyst: User) -> None:
    demand = in_doubt()
    demands.confirm(demand=demand, by=analyst)
    demand.refresh_from_db()
    demands.reopen(demand=demand, by=analyst)
    assert read(reader(), demand) == {"camden"}


def test_needs_that_are_alike_among_themselves_do_not_vouch_for_each_other() -> None:
    """Ten copies of one need are strong members of whatever they are put into."""
    demand = in_doubt(Band.STRONG, needs=3)
    own = list(Need.objects.filter(borough__slug="camden").order_by("pk"))
    for first, second in combinations(own, 2):
        Overlap.objects.create(first=first, second=second, score=1.0, probability=1.0)
    assert read(reader(), demand) == {"camden"}
    # One of the others is not both.
    others = list(Need.objects.exclude(borough__slug="camden").order_by("pk"))
    overlap(own[0], others[0], 0.9)
    assert read(reader(), demand) == {"camden"}
    overlap(own[0], others[1], 0.2)
    assert read(reader(), demand) == set(THREE)


def overlap(one: Need, other: Need, probability: float) -> None:
    first, second = sorted((one, other), key=lambda need: need.pk)
    Overlap.objects.create(first=first, second=second, score=0.5, probability=probability)


@pytest.mark.parametrize("was_confirmed", [True, False])
def test_withdrawing_the_need_opens_nothing_and_what_was_bought_closes_nothing(
    was_confirmed: bool, analyst: User
) -> None:
    demand = in_doubt()
    if was_confirmed:
        demands.confirm(demand=demand, by=analyst)
    camden = Need.objects.get(borough__slug="camden")
    others = set(Need.objects.exclude(pk=camden.pk).values_list("pk", flat=True))
    readable = others if was_confirmed else set()
    Need.objects.filter(pk=camden.pk).update(status=Need.Status.FULFILLED, closed_at=timezone.now())
    assert shared(reader(), demand).asked & others == readable
    # The next run takes the place away.
    demand.members.filter(need=camden).delete()
    assert shared(reader(), demand).asked == readable


def test_who_is_taken_out_reads_nothing_more(analyst: User) -> None:
    demand = in_doubt()
    demands.confirm(demand=demand, by=analyst)
    demands.remove_member(demand=demand, need=Need.objects.get(borough__slug="camden"), by=analyst)
    assert read(reader(), demand) == set()
