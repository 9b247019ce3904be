"""The demand picture over the API: for who may see joint demands, and never more exactly than the rule allows."""

import pytest
from django.test import Client
from django.utils import timezone

from boroughs.models import User
from procurement.actions import telling_figures
from tests.factories import notices as scene
from tests.factories.boroughs import UserFactory

pytestmark = pytest.mark.django_db

LIST = "/api/v1/demands/"


@pytest.mark.parametrize("role", ["reader", "analyst", "cdo"])
def test_everybody_with_a_role_reads_the_banded_picture(
    role: str, client: Client, request: pytest.FixtureRequest
) -> None:
    three = scene.confirmed_demand(budget_min=777_001, budget_max=900_000, incumbent="Zyxware")
    two = scene.confirmed_demand("Camden", "Brent", title="Two")
    for demand in (three, two):
        telling_figures.tell_figures(demand=demand)
    client.force_login(request.getfixturevalue(role))
    response = client.get(LIST)
    demands = {demand["reference"]: demand for demand in response.json()["demands"]}
    assert demands[three.reference]["budget_min"] == {
        "value": None,
        "low": 2_300_000,
        "high": 2_350_000,
        "as_at": timezone.localdate().isoformat(),
    }
    assert demands[two.reference]["budget_min"] == dict.fromkeys(("value", "low", "high", "as_at"))
    assert demands[two.reference]["boroughs"] == ["brent", "camden"]
    assert "777001" not in response.content.decode()
    assert "Zyxware" not in response.content.decode()


def test_picture_is_closed_to_strangers_and_to_people_without_a_role(client: Client) -> None:
    assert client.get(LIST).status_code == 403
    nobody: User = UserFactory()
    client.force_login(nobody)
    response = client.get(LIST)
    assert response.status_code == 403
    assert "see joint demands" in response.json()["error"]["message"]
