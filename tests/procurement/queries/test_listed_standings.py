"""Where boroughs stand, counted: only those with an open need."""

import pytest
from django.test import Client
from django.utils import timezone

from boroughs.models import Borough, Need, User
from procurement.models import JointDemand, Participation
from procurement.queries.joint_demand import tile_places
from procurement.queries.listed_standings import listed_standings
from procurement.queries.participation import standings
from tests.factories.picture import joint_demand

pytestmark = pytest.mark.django_db


@pytest.fixture
def demand() -> JointDemand:
    """Three intend to join; a fourth was interested and has withdrawn its need."""
    made: JointDemand = joint_demand("barnet", "brent", "camden", "hackney", status=JointDemand.Status.CONFIRMED)
    for borough in Borough.objects.filter(needs__demand_member__demand=made):
        stage = "INTERESTED" if borough.slug == "hackney" else "INTENDING"
        Participation.objects.create(
            demand=made,
            borough=borough,
            stage=stage,
            depth="TENDER",
            accepted_at=timezone.now(),
            moved_at=timezone.now(),
        )
    gone = Need.objects.filter(borough__slug="hackney")
    gone.update(status=Need.Status.WITHDRAWN, closed_at=timezone.now())
    return made


def test_borough_that_withdrew_its_need_stands_nowhere(demand: JointDemand, analyst: User) -> None:
    intending = (("INTENDING", "Intending", 3),)
    assert listed_standings([demand.reference])[demand.reference].stages == intending
    found = standings(demand, analyst)
    assert found.stages == intending
    assert [each.name for each in found.boroughs] == ["Barnet", "Brent", "Camden", "Hackney"]
    hackney = next((place for place in tile_places(found) if place.name == "Hackney"), None)
    assert hackney is None or hackney.standing is None


def test_pages_say_that_it_counts_no_more(demand: JointDemand, analyst: User, client: Client) -> None:
    client.force_login(analyst)
    page = client.get(f"/demands/{demand.reference}/participation/").content.decode()
    table = page.partition("Where each borough stands</h2>")[2].partition("</table>")[0]
    assert table.count("No open need") == 1
    assert "It said “interested”, which does not count any more" in table
    assert ">Interested<" not in table
    record = client.get(f"/demands/{demand.reference}/record/").content.decode()
    assert record.count("No open need here any more") == 1
