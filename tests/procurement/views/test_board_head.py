"""The head of the chain, public in one address, on the board and nowhere else by hand."""

import pytest
from django.test import Client

from procurement import canonical_json
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db

ADDRESS = "/.well-known/loti-publications.json"


def test_head_is_public_and_any_page_may_read_it(client: Client) -> None:
    scene.publish(scene.confirmed_demand(title="One"))
    last = scene.publish(scene.confirmed_demand(title="Two"))
    answer = client.get(ADDRESS)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.json() == {
        "head": last.digest,
        "algorithm": "SHA-256",
        "versions": 2,
        "published_at": canonical_json.moment(last.published_at),
    }


def test_head_is_asked_about_and_sent_only_where_it_moved(client: Client) -> None:
    notice = scene.publish().notice
    kept = client.get(ADDRESS).headers["ETag"]
    assert client.get(ADDRESS, headers={"If-None-Match": kept}).status_code == 304
    withdrawn = scene.withdraw(notice)
    assert client.get(ADDRESS, headers={"If-None-Match": kept}).json()["head"] == withdrawn.digest


def test_head_of_an_empty_board(client: Client) -> None:
    assert client.get(ADDRESS).json() == {"head": "", "algorithm": "SHA-256", "versions": 0, "published_at": None}
    assert "Last digest" not in client.get("/board/").content.decode()


def test_board_shows_its_head(client: Client) -> None:
    version = scene.publish()
    assert version.digest in client.get("/board/").content.decode()
