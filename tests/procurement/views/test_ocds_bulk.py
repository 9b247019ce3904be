"""Everything published in one file: all of it, in order, the same bytes each time, in constant memory."""

import gzip
import json
from typing import Any

import pytest
from django.test import Client

from boroughs.models import User
from procurement.models import NoticeVersion
from procurement.ocds import integrity, releases
from tests.factories import notices as scene
from tests.procurement.ocds.test_release import errors, validator, wrapped

__all__ = ["validator"]

pytestmark = pytest.mark.django_db

FILE = "/api/1.0/releases.jsonl.gz"


def content(client: Client) -> bytes:
    response = client.get(FILE)
    assert (response.status_code, response["Content-Type"]) == (200, "application/gzip")
    return b"".join(response.streaming_content)


def lines(client: Client) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(content(client)).splitlines()]


def test_file_holds_every_release_once_oldest_first(
    client: Client, analyst: User, monkeypatch: pytest.MonkeyPatch, validator: Any
) -> None:
    version = scene.publish()
    scene.publish_many(3)
    scene.withdraw(version.notice, "Why.")
    scene.proposed(scene.confirmed_demand(title="Secret"))
    # Several chunks, and a process whose releases are in two of them.
    monkeypatch.setattr(releases, "CHUNK", 2)
    found = lines(client)
    listed = client.get("/api/1.0/ocdsReleasePackages").json()["releases"]
    assert found == listed[::-1]
    assert len(found) == NoticeVersion.objects.count() == 5
    assert errors(validator, wrapped(*found)) == []
    assert integrity.faults(found) == []


def test_file_of_an_empty_board_is_empty(client: Client) -> None:
    assert lines(client) == []


def test_file_is_named_by_the_head_of_the_chain(client: Client) -> None:
    version = scene.publish(scene.confirmed_demand(title="One"))
    first = client.get(FILE)
    assert first["ETag"] == f'"{version.digest[:32]}"'
    assert content(client) == b"".join(first.streaming_content)
    assert client.get(FILE, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert client.get(FILE, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304
    scene.publish(scene.confirmed_demand(title="Two"))
    assert client.get(FILE, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_head_reads_no_release(client: Client, django_assert_num_queries: Any) -> None:
    scene.publish()
    with django_assert_num_queries(1):
        assert b"".join(client.head(FILE).streaming_content) == b""


def test_what_is_published_while_it_is_read_is_not_in_it(client: Client) -> None:
    """Its name is that of the head from before."""
    scene.publish(scene.confirmed_demand(title="One"))
    response = client.get(FILE)
    scene.publish(scene.confirmed_demand(title="Two"))
    assert len(gzip.decompress(b"".join(response.streaming_content)).splitlines()) == 1


def test_queries_rise_with_the_chunks_alone(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    scene.publish_many(4)
    monkeypatch.setattr(releases, "CHUNK", 2)
    # The head; for each chunk its rows and what was said before, and the look for a third one.
    with django_assert_num_queries(6):
        content(client)
