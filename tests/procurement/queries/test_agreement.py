"""How often two people say the same in a double reading."""

from datetime import timedelta

import pytest
from django.utils import timezone

from boroughs.models import Need, User
from procurement.models import JointDemand, Opinion
from procurement.queries.agreement import Agreement, agreement
from tests.factories.boroughs import NeedFactory, UserFactory
from tests.factories.procurement import JointDemandFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def said(need: Need, demand: JointDemand, *answers: bool, closed: bool = True, days: int = 1) -> None:
    for belongs in answers:
        user: User = UserFactory()
        Opinion.objects.create(
            demand=demand,
            need=need,
            given_by=user,
            given_at=NOW - timedelta(days=days),
            belongs=belongs,
            probability=0.5,
            revision=1,
            turn=1,
            closed_at=NOW - timedelta(days=days) if closed else None,
        )


def test_the_first_two_answers_about_a_need_are_compared() -> None:
    demand = JointDemandFactory()
    said(NeedFactory(), demand, True, True)
    said(NeedFactory(), demand, False, False, True)
    said(NeedFactory(), demand, True, False, True)
    assert agreement() == Agreement(3, 2)


def test_what_is_open_long_past_or_said_by_one_alone_does_not_count() -> None:
    demand = JointDemandFactory()
    said(NeedFactory(), demand, True, True, closed=False)
    said(NeedFactory(), demand, True, True, days=91)
    said(NeedFactory(), demand, True)
    assert agreement() == Agreement(0, 0)


def test_a_need_that_is_read_again_later_is_compared_again() -> None:
    need, demand = NeedFactory(), JointDemandFactory()
    said(need, demand, True, True, days=2)
    said(need, demand, False, True, days=1)
    assert agreement() == Agreement(2, 1)


@pytest.mark.parametrize(
    ("compared", "alike", "share", "slips"),
    [(29, 29, None, None), (100, 100, 1.0, 0.0), (100, 82, 0.82, 0.1), (100, 50, 0.5, 0.5), (100, 40, 0.4, None)],
)
def test_slips_follow_from_how_often_two_differ(
    compared: int, alike: int, share: float | None, slips: float | None
) -> None:
    found = Agreement(compared, alike)
    assert found.share == share
    assert found.slips == (None if slips is None else pytest.approx(slips))
