"""A caller who asks too often is told when to ask again, whatever they read, and nobody else waits for them."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from boroughs.api import limits
from boroughs.api.limits import Counts
from boroughs.models import Borough, User
from tests.factories import notices as scene
from tests.factories.api import NEEDS, Program

pytestmark = pytest.mark.django_db

MOST = 3
FEEDS = ["/board/feed.atom", "/board/notices.csv"]
OPEN = ["/api/v1/notices/", "/api/1.0/ocdsReleasePackages", "/api/1.0/releases.jsonl.gz", *FEEDS]


@pytest.fixture(autouse=True)
def _few(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """So few requests are granted, in a minute that does not turn in between."""
    settings.API_REQUESTS_PER_MINUTE = MOST
    monkeypatch.setattr("time.monotonic", lambda: 65.5)


def refused(answer: Any) -> None:
    assert answer.status_code == 429
    assert answer["Retry-After"] == "55"
    said = answer.json()["error"]
    assert (said["status"], said["message"]) == (429, "Too many requests. Try again in 55 seconds.")


@pytest.mark.parametrize("address", OPEN)
def test_reader_without_a_credential_is_counted_by_address(address: str, client: Client) -> None:
    scene.publish()
    for _ in range(MOST):
        assert client.get(address).status_code == 200
    answer = client.get(address)
    refused(answer)
    # Pages of other sites read when to ask again.
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Retry-After" in answer["Access-Control-Expose-Headers"]
    assert client.get(address, REMOTE_ADDR="198.51.100.7").status_code == 200
    assert client.get("/board/").status_code == 200
    limits.counts.clear()
    assert client.get(address).status_code == 200


def test_what_is_unchanged_or_refused_counts_too(client: Client) -> None:
    scene.publish()
    tag = client.get("/api/v1/notices/")["ETag"]
    assert client.get("/api/v1/notices/", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/api/v1/notices/?limit=0").status_code == 400
    refused(client.get("/api/v1/notices/", headers={"If-None-Match": tag}))


def test_program_is_counted_by_its_token(borough: Borough) -> None:
    one, other = Program(borough), Program(borough)
    for _ in range(MOST):
        assert one.get(NEEDS).status_code == 200
    refused(one.get(NEEDS))
    refused(one.post(NEEDS, {}))
    assert other.get(NEEDS).status_code == 200


def test_person_is_counted_by_their_account(client: Client, approver: User, analyst: User) -> None:
    client.force_login(approver)
    for _ in range(MOST):
        assert client.get(NEEDS).status_code == 200
    refused(client.get(NEEDS))
    client.force_login(analyst)
    assert client.get("/api/v1/demands/").status_code == 200


def test_address_is_the_word_of_our_own_proxies_alone(client: Client, settings: Settings) -> None:
    def ask(said: str) -> int:
        return int(client.get("/api/v1/notices/", headers={"X-Forwarded-For": said}).status_code)

    assert [ask(f"198.51.100.{n}") for n in range(MOST + 1)] == [200] * MOST + [429]
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert [ask(f"{n}, 203.0.113.5") for n in range(MOST + 1)] == [200] * MOST + [429]
    assert ask("203.0.113.5, 203.0.113.6") == 200
    # One house has as many addresses of the sixth version as it likes.
    assert [ask(f"2001:db8::{n}") for n in range(1, MOST + 2)] == [200] * MOST + [429]
    assert ask("2001:db8:0:1::1") == 200
    assert ask("nonsense") == 200


def test_counts_begin_anew_each_minute_and_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = Counts()
    assert [counts.wait("one", most=1) for _ in range(2)] == [0, 55]
    monkeypatch.setattr("time.monotonic", lambda: 120.0)
    assert counts.wait("one", most=1) == 0
    monkeypatch.setattr(limits, "CALLERS", 10)
    for number in range(100):
        counts.wait(f"caller {number}", most=1)
    assert len(counts._made) <= 10


def test_every_address_of_the_description_tells_of_the_limit(client: Client) -> None:
    described = client.get("/api/schema/", headers={"Accept": "application/json"}).json()
    missing = [
        (method, path)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if "429" not in operation["responses"]
    ]
    assert not missing
