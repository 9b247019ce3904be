"""Snapshots as JSON and side by side: who may read what."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from boroughs.models import Need, User
from boroughs.permissions import COMMAND_LINE
from procurement.actions import snapshots
from procurement.models import JointDemand, Report, Snapshot
from tests.factories.boroughs import NeedFactory
from tests.factories.picture import joint_demand

pytestmark = pytest.mark.django_db

FACTS = {
    "budget_min": 7_313_117,
    "budget_basis": Need.BudgetBasis.WHOLE_LIFE,
    "users_count": 41_413,
    "incumbent": "Vexillum",
}


@pytest.fixture
def two() -> list[Snapshot]:
    """Two snapshots; a borough joins between them."""
    joint_demand("camden", "brent", needs=FACTS)
    first = snapshots.take(by=COMMAND_LINE)
    joint_demand("sutton", "merton", title="Fleet")
    NeedFactory()
    return [first, snapshots.take(by=COMMAND_LINE)]


def json_of(client: Client, snapshot: Snapshot) -> dict[str, Any]:
    answer = client.get(reverse("snapshot-json", args=[snapshot.reference]))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    told: dict[str, Any] = answer.json()
    return told


def test_exact_figures_for_analysts(client: Client, analyst: User, two: list[Snapshot]) -> None:
    client.force_login(analyst)

    told = json_of(client, two[1])

    figures = {each["figure"]: each for each in told["figures"]}
    assert (told["exact"], told["digest"], told["previous"]) == (True, two[1].digest, two[0].reference)
    assert figures["budget-lowest"]["value"] == 2 * 7_313_117
    assert len(figures["budget-lowest"]["needs"]) == 2
    assert figures["since/demands-new"]["value"] == 1
    assert told["summary"]["changed"][0]["figures"] == ["since/needs-new", "since/needs-gone", "since/needs-amended"]


@pytest.mark.parametrize("role", ["reader", "editor", "approver", "administrator", "cdo"])
def test_counts_and_names_for_the_others(
    client: Client, two: list[Snapshot], role: str, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(role))

    answer = client.get(reverse("snapshot-json", args=[two[1].reference]))

    told = answer.json()
    units = {each["unit"] for each in told["figures"]}
    assert (told["exact"], units) == (False, {"needs", "authorities", "joint demands", "notices"})
    assert not any(
        word in answer.content.decode() for word in ("7313117", "14626234", "41413", "82826", "Vexillum", "budget-")
    )
    in_demands = set(Need.objects.filter(demand_member__isnull=False).values_list("reference", flat=True))
    assert {need for each in told["figures"] for need in each["needs"]} == in_demands
    assert [each["title"] for each in told["demands"]] == ["Telephony", "Fleet"]
    assert {value for each in told["demands"] for figure in each["told"].values() for value in figure.values()} == {
        None
    }
    assert client.get(reverse("snapshot-compare")).status_code == (200 if role == "cdo" else 403)


def test_signed_out_is_asked_to_sign_in(client: Client, two: list[Snapshot]) -> None:
    assert client.get(reverse("snapshot-json", args=[two[0].reference])).status_code == 302
    assert client.get(reverse("snapshot-compare")).status_code == 302


def test_compare_two_whichever_is_named_first(client: Client, cdo: User, two: list[Snapshot]) -> None:
    client.force_login(cdo)
    references = [snapshot.reference for snapshot in two]

    for first, second in (references, references[::-1]):
        html = client.get(reverse("snapshot-compare"), {"from": first, "to": second}).content.decode()
        assert f"What moved from {references[0]} to {references[1]}" in html
        assert f"Since {references[0]}, 3 needs came, 0 went and 0 were amended." in html
        assert "new, with Merton and Sutton" in html
    assert client.get(reverse("snapshot-compare")).content.decode().count("new, with Merton and Sutton") == 1
    assert client.get(reverse("snapshot-compare"), {"from": references[0]}).status_code == 404
    assert client.get(reverse("snapshot-compare"), {"from": references[0], "to": "DP-1999-0001"}).status_code == 404


def test_the_same_twice_has_not_moved(client: Client, cdo: User, two: list[Snapshot]) -> None:
    client.force_login(cdo)

    html = client.get(reverse("snapshot-compare"), {"from": two[0].reference, "to": two[0].reference})

    assert html.status_code == 200
    assert "Nothing has moved" in html.content.decode()


def test_fewer_than_two(client: Client, cdo: User) -> None:
    client.force_login(cdo)

    assert "No two snapshots yet" in client.get(reverse("snapshot-compare")).content.decode()


def test_report_of_an_earlier_snapshot_is_asked_for(client: Client, cdo: User, two: list[Snapshot]) -> None:
    client.force_login(cdo)

    asked = {"kind": "PICTURE", "snapshot": two[0].reference}
    html = client.post(reverse("report-ask"), asked, follow=True).content.decode()

    assert Report.objects.get().snapshot == two[0]
    assert two[0].reference in html
    client.post(reverse("report-ask"), asked | {"snapshot": "DP-1999-0001"})
    assert Report.objects.count() == 1


def test_queries_do_not_grow(client: Client, cdo: User, two: list[Snapshot]) -> None:
    client.force_login(cdo)
    addresses = (reverse("snapshot-compare"), reverse("report-list"))
    for address in addresses:
        client.get(address)
        with CaptureQueriesContext(connection) as few:
            client.get(address)
        for number in range(3):
            joint_demand("camden", "brent", title=f"{address} {number}", status=JointDemand.Status.CONFIRMED)
            snapshots.take(by=COMMAND_LINE)
        with CaptureQueriesContext(connection) as many:
            client.get(address)
        assert len(few) == len(many) <= 12
        assert not any('"procurement_snapshot"."content"' in each["sql"] for each in many) or address == addresses[0]
