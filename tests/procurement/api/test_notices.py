"""The JSON API of published notices: the page's values, the board's filters, JSON errors."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from boroughs.models import User
from procurement.queries import board_table
from procurement.queries.board_listing import Listing
from procurement.views import kept
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db

LIST = "/api/v1/notices/"


def answer(client: Client, address: str = LIST) -> Any:
    response = client.get(address)
    assert response.status_code == 200, response.content
    return response.json()


def test_list_has_what_the_board_lists(client: Client) -> None:
    version = scene.publish()
    scene.draft(scene.confirmed_demand(title="Secret"))
    value = answer(client)
    assert (value["count"], value["next"], value["previous"]) == (1, None, None)
    (notice,) = value["results"]
    assert notice["reference"] == version.notice.reference
    assert (notice["state"], notice["lead"]["slug"], notice["version"]) == ("OPEN", "hackney", 1)
    assert notice["url"] == f"http://127.0.0.1:8000/notices/{version.notice.reference}/"
    assert "problem" not in notice


def test_one_notice_agrees_with_the_frozen_version(client: Client) -> None:
    version = scene.publish()
    notice = answer(client, f"{LIST}{version.notice.reference}/")
    for name in (
        "title",
        "summary",
        "problem",
        "users",
        "must",
        "should",
        "closes_date",
        "start_date",
        "months",
        "cpv",
    ):
        assert notice[name] == version.content[name], name
    assert notice["users_total"] == {"value": 3 * scene.USERS + 3, "low": None, "high": None, "as_at": None}
    assert notice["budget_min_total"] == {"value": None, "low": 350_000, "high": 400_000, "as_at": None}
    assert (notice["digest"], notice["previous_digest"]) == (version.digest, "")


def test_the_same_question_costs_one_query(client: Client, django_assert_num_queries: Any) -> None:
    version = scene.publish()
    one = f"{LIST}{version.notice.reference}/"
    for address in (LIST, f"{LIST}?borough=camden", one, f"{one}versions/", f"{one}versions/1/"):
        first = client.get(address)
        with django_assert_num_queries(1):
            again = client.get(address)
        assert again.content == first.content, address
        assert again["Content-Type"] == "application/json"
        assert again["ETag"] == first["ETag"]
    scene.correct(version.notice, title="Another title")
    assert answer(client)["results"][0]["title"] == "Another title"
    assert answer(client, f"{one}versions/")["results"][0]["version"] == 2


def test_one_address_has_one_answer_whatever_is_accepted(client: Client) -> None:
    scene.publish()
    first = client.get(LIST, headers={"Accept": "text/html"})
    assert (first.status_code, first["Content-Type"]) == (200, "application/json")
    assert client.get(LIST).content == first.content


def test_errors_are_not_kept(client: Client) -> None:
    scene.publish()
    for address, status in ((f"{LIST}?limit=0", 400), (f"{LIST}NT-9999/", 404)):
        response = client.get(address)
        assert response.status_code == status
        assert response.json()["error"]["status"] == status
        assert not response.has_header("ETag")
        assert response["Access-Control-Allow-Origin"] == "*"
    assert not kept.shelf.pages


def test_answer_that_may_be_better_in_a_moment_is_kept_by_nobody(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.publish()
    monkeypatch.setattr(Listing, "is_final", False)
    assert "no-store" in client.get(LIST)["Cache-Control"]
    assert not kept.shelf.pages


def test_withdrawn_notice_says_why(client: Client, analyst: User) -> None:
    version = scene.publish()
    scene.withdraw(version.notice, "Two boroughs left.")
    assert answer(client)["count"] == 0
    notice = answer(client, f"{LIST}{version.notice.reference}/")
    assert (notice["state"], notice["reason"]) == ("WITHDRAWN", "Two boroughs left.")


@pytest.mark.parametrize("reference", ["NT-9999", "x", "%00"])
def test_missing_notice_is_a_json_error(reference: str, client: Client) -> None:
    draft = scene.draft().reference
    for each in (reference, draft):
        response = client.get(f"{LIST}{each}/")
        assert response.status_code == 404
        assert response.json()["error"]["status"] == 404


def test_list_filters_and_searches_as_the_board_does(client: Client) -> None:
    scene.publish(scene.confirmed_demand("Camden", "Brent", title="One"))
    scene.publish(scene.confirmed_demand("Hackney", "Brent", title="Two"))
    titles = [notice["title"] for notice in answer(client, f"{LIST}?borough=camden&state=OPEN")["results"]]
    assert titles == ["One"]
    assert answer(client, f"{LIST}?borough=camden&borough=hackney&q=phone")["count"] == 2
    assert answer(client, f"{LIST}?q=zebra")["results"] == []


def test_pages_lead_on_and_keep_the_question(client: Client) -> None:
    scene.publish_many(5)
    met: list[str] = []
    address: str | None = f"{LIST}?limit=2&q=need&borough=camden"
    while address:
        value = answer(client, address)
        met += [notice["reference"] for notice in value["results"]]
        parts = urlsplit(value["next"]) if value["next"] else None
        address = f"{parts.path}?{parts.query}" if parts else None
    assert len(met) == len(set(met)) == 5


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=%C2%B2",
        "page=0",
        "page=1e20",
        "page=9",
        "state=X",
        "sort=x",
        "borough=x",
        "foo=1",
    ],
)
def test_list_refuses_what_it_does_not_understand(query: str, client: Client) -> None:
    scene.publish()
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == 400, query
    error = response.json()["error"]
    assert (error["status"], error["details"]) == (400, [])
    assert error["message"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_api_is_for_reading_only(method: str, client: Client) -> None:
    response = getattr(client, method)(LIST)
    assert response.status_code == 405
    assert response.json()["error"]["status"] == 405


def test_list_costs_the_same_for_one_and_for_many(client: Client, django_assert_max_num_queries: Any) -> None:
    scene.publish_many(6)
    answer(client, f"{LIST}?q=other")
    board_table._table.cache_clear()
    with django_assert_max_num_queries(8):
        answer(client, f"{LIST}?q=need")


def test_every_version_stays_as_it_was_published(client: Client, analyst: User) -> None:
    version = scene.publish(scene.confirmed_demand(title="Repairs"))
    scene.correct(version.notice, "More rents.", title="Repairs and rents")
    address = f"{LIST}{version.notice.reference}/versions/"
    newest, oldest = answer(client, address)["results"]
    assert [each["version"] for each in (newest, oldest)] == [2, 1]
    assert (newest["title"], newest["reason"]) == ("Repairs and rents", "More rents.")
    assert (oldest["title"], oldest["digest"]) == ("Repairs", version.digest)
    assert answer(client, f"{address}1/") == oldest
    assert answer(client, f"{address}2/") == newest == answer(client, f"{LIST}{version.notice.reference}/")


@pytest.mark.parametrize("rest", ["3/", "0/", f"{10**30}/"])
def test_version_that_is_not_there_is_a_json_error(rest: str, client: Client) -> None:
    version = scene.publish()
    for address in (f"{LIST}{version.notice.reference}/versions/{rest}", f"{LIST}NT-9999/versions/"):
        response = client.get(address)
        assert (response.status_code, response.json()["error"]["status"]) == (404, 404)
