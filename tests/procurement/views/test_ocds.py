"""The open-data API: valid packages, paging that misses nothing, and clear refusals."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from jsonschema import Draft4Validator

from boroughs.models import User
from procurement.ocds import integrity
from procurement.views import kept
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
        "stages=",
        "stages=contract",
        "stages=planning,",
        "limit=1&limit=2",
        "updatedFrom=2027-01-18T09:00:00&updatedFrom=2027-01-18T09:00:00",
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


def test_unknown_parameter_is_told_the_known_ones(client: Client) -> None:
    message = client.get(f"{LIST}?publishedFrom=2027-01-18T09:00:00").json()["error"]["message"]
    assert message == "Unknown parameters. Known are updatedFrom, updatedTo, stages, limit, cursor."
    assert client.get(f"{LIST}/x?limit=1").status_code == 400


def test_all_releases_are_of_the_stage_of_planning(client: Client) -> None:
    scene.publish()
    assert len(ids(package(client, f"{LIST}?stages=planning"))) == 1
    assert len(ids(package(client, f"{LIST}?stages=tender,planning"))) == 1
    assert ids(package(client, f"{LIST}?stages=tender,award")) == []


def test_stage_and_times_are_kept_on_the_next_page(client: Client) -> None:
    scene.publish_many(2)
    following = package(client, f"{LIST}?stages=planning&updatedFrom=2020-01-01T00:00:00&limit=1")["links"]["next"]
    assert "stages=planning" in following
    assert "updatedFrom=2020-01-01T00%3A00%3A00" in following


@pytest.mark.parametrize("limit", [1, 99, 100])
def test_limit_is_taken(limit: int, client: Client) -> None:
    scene.publish()
    assert len(ids(package(client, f"{LIST}?limit={limit}"))) == 1


def test_hour_that_comes_twice_is_read_as_the_wider_one(client: Client) -> None:
    """Half past one comes twice on the night when summer time ends: at 00:30 and 01:30 by the world's clock."""
    for minute in (15, 45):
        with time_machine.travel(datetime(2027, 10, 31, 0, minute, tzinfo=UTC), tick=True):
            scene.publish(scene.confirmed_demand(title=f"First {minute}"))
    with time_machine.travel(datetime(2027, 10, 31, 1, 15, tzinfo=UTC), tick=True):
        scene.publish(scene.confirmed_demand(title="Second 15"))
    assert len(ids(package(client, f"{LIST}?updatedFrom=2027-10-31T01:30:00"))) == 2
    assert len(ids(package(client, f"{LIST}?updatedTo=2027-10-31T01:30:00"))) == 3
    # The hour that never comes, in spring.
    assert len(ids(package(client, f"{LIST}?updatedTo=2027-03-28T01:30:00"))) == 0


def test_record_is_what_the_releases_come_to(client: Client, analyst: User) -> None:
    begins = timezone.localdate() + timedelta(days=200)
    version = scene.publish(scene.confirmed_demand(title="Repairs"), start_date=begins)
    scene.correct(version.notice, title="Repairs and rents", start_date=None)
    scene.withdraw(version.notice, "Why.")
    ocid = f"ocds-213czf-{version.notice.demand.reference.lower()}"
    value = package(client, f"/api/1.0/ocdsRecordPackages/{ocid}")
    (record,) = value["records"]
    assert [release["id"][-1] for release in record["releases"]] == ["1", "2", "3"]
    assert record["releases"] == package(client, f"{LIST}/{ocid}")["releases"]
    compiled = record["compiledRelease"]
    assert (compiled["ocid"], compiled["tag"], compiled["tender"]["status"]) == (ocid, ["compiled"], "withdrawn")
    assert compiled["tender"]["title"] == "Repairs and rents"
    assert "contractPeriod" not in compiled["tender"]
    assert "contractPeriod" in record["releases"][0]["tender"]


@pytest.mark.parametrize("ocid", ["ocds-213czf-jd-99999", "x", "{release}", "ocds-other-jd-0001"])
def test_record_of_what_is_not_there_is_not_found(ocid: str, client: Client) -> None:
    scene.publish()
    ocid = ocid.replace("{release}", ids(package(client))[0])
    response = client.get(f"/api/1.0/ocdsRecordPackages/{ocid}")
    assert response.status_code == 404
    assert response.json()["error"]["status"] == 404


ADDRESSES = (LIST, f"{LIST}/x", "/api/1.0/ocdsRecordPackages/x", "/api/1.0/releases.jsonl.gz")


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_of_other_sites_may_read_answers_and_errors(address: str, client: Client) -> None:
    for response in (
        client.get(address),
        client.head(address),
        client.get(f"{address}?x=1"),
        client.post(address),
        client.options(address),
    ):
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "ETag" in response["Access-Control-Expose-Headers"]
    asked = client.options(address)
    assert (asked.status_code, asked["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, OPTIONS")
    assert "If-None-Match" in asked["Access-Control-Allow-Headers"]
    refused = client.post(address)
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert refused.json()["error"]["status"] == 405
    assert client.get(f"{address}?x=1").status_code == 400


def test_head_answers_as_get_does_without_the_body(client: Client) -> None:
    scene.publish()
    whole, head = client.get(LIST), client.head(LIST)
    assert head.content == b""
    for name in ("ETag", "Last-Modified", "Content-Type", "Cache-Control", "Content-Length"):
        assert head[name] == whole[name], name
    assert client.get(LIST, headers={"If-Modified-Since": whole["Last-Modified"]}).status_code == 304


def test_page_of_releases_costs_the_same_for_one_and_for_many(
    client: Client, analyst: User, django_assert_num_queries: Any
) -> None:
    version = scene.publish()
    package(client)
    kept.shelf.clear()
    with django_assert_num_queries(4):
        package(client)
    scene.publish_many(5)
    scene.withdraw(version.notice, "Why.")
    with django_assert_num_queries(4):
        package(client)
