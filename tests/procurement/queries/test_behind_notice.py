"""What stands behind a notice: whose needs count, and what their boroughs have said."""

import pytest
from django.utils import timezone

from boroughs.models import Borough, Need
from procurement.models import Naming, Participation
from procurement.queries import behind_notice
from tests.factories import notices as scene
from tests.factories.procurement import ParticipationFactory

pytestmark = pytest.mark.django_db

NAMES = ("Camden", "Brent", "Hackney", "Barnet", "Sutton")


def test_needs_of_who_declined_or_refused_and_closed_ones_do_not_count(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    demand = scene.confirmed_demand(*NAMES)
    scene.agree(demand)
    Naming.objects.filter(borough__slug="brent").update(agrees=False)
    Naming.objects.filter(borough__slug="camden").update(opens_figures=True)
    Naming.objects.filter(borough__slug="sutton").delete()
    ParticipationFactory(demand=demand, borough=Borough.objects.get(slug="barnet"), stage=Participation.Stage.DECLINED)
    Need.objects.filter(borough__slug="hackney").update(status=Need.Status.WITHDRAWN, closed_at=timezone.now())
    with django_assert_num_queries(4):
        behind = behind_notice.read(demand)
    assert {need.borough.slug for need in behind.everyone} == {"camden", "brent", "barnet", "sutton"}
    assert {borough.slug for borough in behind.boroughs} == {"camden", "sutton"}
    assert [borough.name for borough in behind.not_agreed(title="Housing repairs", kind="ENGAGEMENT")] == ["Sutton"]
    assert behind.waived == {"camden"}
    assert behind.coalition is None
