"""The open-data API: valid packages, paging that misses nothing, and clear refusals."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import time_machine
from django.test import Client
from jsonschema import Draft4Validator

from boroughs.models import User
from procurement.ocds import integrity
from tests.factories import notices as scene
from tests.procurement.ocds.test_release import errors, validator

__all__ = ["validator"]

pytestmark = pytest.mark.django_db

LIST = "/api/1.0/ocdsReleasePackages"


def package(client: Client, address: str = LIST) -> dict[str, Any]:
    response = client.get(address)
    assert response.status_code == 200, response.content
    assert response["Access-Control-Allow-Origin"] == "*"
    value: dict[str, Any] = json.loads(response.content)
    return value


def ids(value: dict[str, Any]) -> list[str]:
    return [release["id"] for release in value["releases"]]


def test_published_notices_give_a_valid_package(client: Client, analyst: User, validator: Draft4Validator) -> None:
    version = scene.publish()
    scene.publish(scene.confirmed_demand("Camden", "Brent", title="Two"))
    scene.withdraw(version.notice, "Why.")
    value = package(client)
    assert errors(validator, value) == []
    assert integrity.faults(value["releases"]) == []
    assert [release["tag"] for release in value["releases"]] == [["planningUpdate"], ["planning"], ["planning"]]
    assert "links" not in value


def test_drafts_are_in_no_package(client: Client) -> None:
    demand = scene.proposed().demand
    assert package(client)["releases"] == []
    assert client.get(f"{LIST}/ocds-213czf-{demand.reference.lower()}").status_code == 404


def test_package_of_a_process_and_of_a_release(client: Client, analyst: User, validator: Draft4Validator) -> None:
    version = scene.publish()
    scene.withdraw(version.notice, "Why.")
    ocid = f"ocds-213czf-{version.notice.demand.reference.lower()}"
    whole = package(client, f"{LIST}/{ocid}")
    assert errors(validator, whole) == []
    first, second = ids(whole)
    assert first == f"{ocid}-{version.notice.reference.lower()}-1"
    assert ids(package(client, f"{LIST}/{second}")) == [second]
    assert whole["releases"][0]["planning"]["documents"][0]["url"].endswith(
        f"/notices/{version.notice.reference}/versions/1/"
    )


def test_a_second_notice_of_a_demand_continues_its_process(client: Client, analyst: User) -> None:
    first = scene.publish()
    scene.withdraw(first.notice, "Why.")
    scene.publish(first.notice.demand)
    releases = package(client)["releases"]
    assert integrity.faults(releases) == []
    assert len({release["ocid"] for release in releases}) == 1
    assert [release["tag"][0] for release in releases] == ["planningUpdate", "planningUpdate", "planning"]


@pytest.mark.parametrize(
    "name", ["ocds-213czf-jd-99999", "x", "ocds-213czf-", "ocds-other-jd-0001", "%00", "a%2Fb", "jd-1"]
)
def test_unknown_process_is_not_found(name: str, client: Client) -> None:
    scene.publish()
    response = client.get(f"{LIST}/{name}")
    assert response.status_code == 404
    if response["Content-Type"] == "application/json":
        assert response.json()["error"]["status"] == 404


def test_paging_meets_every_release_once_while_others_are_published(client: Client) -> None:
    scene.publish_many(5)
    before = set(ids(package(client)))
    met: list[str] = []
    address = f"{LIST}?limit=2"
    while address:
        value = package(client, address)
        met += ids(value)
        scene.publish(scene.confirmed_demand(title=f"Meanwhile {len(met)}"))
        following = value.get("links", {}).get("next", "")
        address = f"{urlsplit(following).path}?{urlsplit(following).query}" if following else ""
    assert len(met) == len(set(met))
    assert set(met) == before


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=1e9",
        "limit=",
        "limit=%C2%B2",
        "cursor=",
        "cursor=abc",
        "cursor=%C3%A9",
        "cursor=MTIz",
        "updatedFrom=yesterday",
        "updatedFrom=0001-01-01T00:00:00",
        "updatedTo=9999-12-31T23:59:59-23:59",
        "updatedTo=",
        "stage=planning",
        "page=2",
    ],
)
def test_what_is_not_understood_is_refused_in_words(query: str, client: Client) -> None:
    scene.publish()
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == 400, query
    error = response.json()["error"]
    assert error["status"] == 400
    assert error["message"].endswith(".")


def test_tampered_cursor_is_refused(client: Client) -> None:
    scene.publish_many(2)
    following = package(client, f"{LIST}?limit=1")["links"]["next"]
    cursor = following.partition("cursor=")[2]
    assert client.get(f"{LIST}?limit=1&cursor={cursor}").status_code == 200
    assert client.get(f"{LIST}?limit=1&cursor={'A' + cursor[1:]}").status_code == 400


def test_times_are_londons_unless_they_say_otherwise(client: Client) -> None:
    with time_machine.travel(datetime(2027, 7, 1, 11, 30, tzinfo=UTC), tick=True):
        scene.publish()
    # Half past twelve in London, which has summer time.
    assert ids(package(client, f"{LIST}?updatedFrom=2027-07-01T12:45:00")) == []
    assert len(ids(package(client, f"{LIST}?updatedFrom=2027-07-01T12:15:00"))) == 1
    assert len(ids(package(client, f"{LIST}?updatedFrom=2027-07-01T11:15:00Z"))) == 1
    assert len(ids(package(client, f"{LIST}?updatedTo={quote('2027-07-01T12:45:00+01:00')}"))) == 1
    assert ids(package(client, f"{LIST}?updatedTo=2027-07-01T12:15:00+01:00")) == []


def test_package_answers_304_until_something_is_published(client: Client) -> None:
    scene.publish(scene.confirmed_demand(title="One"))
    tag = client.get(LIST)["ETag"]
    assert client.get(LIST, headers={"If-None-Match": tag}).status_code == 304
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=2), tick=True):
        scene.publish(scene.confirmed_demand(title="Two"))
    assert client.get(LIST, headers={"If-None-Match": tag}).status_code == 200
