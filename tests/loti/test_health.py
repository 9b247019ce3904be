"""Alive, ready, and the state of the background work."""

import json
import os
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from boroughs import broker
from boroughs.background import Task
from boroughs.models import User, Work
from loti import health
from loti.supervision import heartbeat, probe, valkey
from procurement.models import MatchRun


@pytest.fixture(autouse=True)
def _migrations_unseen() -> Iterator[None]:
    health._migrated.clear()
    yield
    health._migrated.clear()


@pytest.fixture
def broker_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "answers", lambda: True)


def read(response: HttpResponse) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(response.content)
    return content


def test_healthz_asks_nobody(rf: RequestFactory) -> None:
    # Without the database mark, a query would fail the test.
    response = health.healthz(rf.get("/healthz"))
    assert (response.status_code, read(response)) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.django_db
def test_probes_need_no_sign_in_and_are_not_cached(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.usefixtures("broker_answers")
def test_readyz_when_all_is_well(rf: RequestFactory) -> None:
    response = health.readyz(rf.get("/readyz"))
    assert response.status_code == 200
    assert read(response) == {"status": "ok", "database": "ok", "migrations": "ok", "broker": "ok"}


@pytest.mark.usefixtures("broker_answers")
def test_readyz_without_a_database(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("could not connect to server: secret-host")

    monkeypatch.setattr(connection, "cursor", refuse)
    response = health.readyz(rf.get("/readyz"))
    assert response.status_code == 503
    assert read(response)["database"] == "unavailable"
    assert "secret-host" not in response.content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("broker_answers")
def test_readyz_with_a_migration_left(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: ["one"])
    response = health.readyz(rf.get("/readyz"))
    assert response.status_code == 503
    assert read(response)["migrations"] == "not all applied"


@pytest.mark.django_db
def test_readyz_without_a_broker_still_serves(rf: RequestFactory, settings: Settings) -> None:
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{valkey.free_port()}/0"
    response = health.readyz(rf.get("/readyz"))
    assert response.status_code == 200
    assert read(response)["broker"] == "unavailable"


@pytest.mark.django_db
def test_status_is_for_people_who_are_signed_in(client: Client, editor: User) -> None:
    assert client.get("/status").status_code == 302
    client.force_login(editor)
    assert client.get("/status").status_code == 200


@pytest.mark.django_db
def test_status_tells_due_running_and_failed_work(rf: RequestFactory) -> None:
    now = timezone.now()
    common = {"task": Task.MATCH_NEEDS, "requested": 1, "not_before": now - timedelta(seconds=90)}
    Work.objects.create(key="due", **common)
    Work.objects.create(key="running", lease_owner="w", lease_until=now + timedelta(seconds=30), **common)
    Work.objects.create(key="failed", failed_at=now, **common)
    Work.objects.create(key="done", task=Task.MATCH_NEEDS, requested=1, done=1, not_before=now)
    MatchRun.objects.create(
        status=MatchRun.Status.FINISHED, started_at=now, finished_at=now - timedelta(seconds=60), owner="w"
    )

    told = read(health.status(rf.get("/status")))

    assert (told["work"]["due"], told["work"]["running"], told["work"]["failed"]) == (1, 1, 1)
    assert told["work"]["oldest_due_age"] == pytest.approx(90, abs=10)
    assert told["runs"]["last_finished_age"] == pytest.approx(60, abs=10)


@pytest.mark.services
@pytest.mark.django_db
def test_status_counts_what_waits_in_the_queues(rf: RequestFactory, settings: Settings) -> None:
    with valkey.on_port() as url:
        settings.CELERY_BROKER_URL = url
        with redis.Redis.from_url(url) as client:
            client.rpush("loti:match", "a", "b")
        assert read(health.status(rf.get("/status")))["queues"] == {"default": 0, "match": 2, "pdf": 0}
    assert read(health.status(rf.get("/status")))["queues"] is None


def test_heartbeat_of_each_host_has_an_age_until_it_is_gone(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    assert heartbeat.ages() == {}
    heartbeat.touch()
    (tmp_path / "heartbeats" / "elsewhere").touch()
    os.utime(tmp_path / "heartbeats" / "elsewhere", (0, 0))
    assert list(heartbeat.ages()) == [socket.gethostname()]
    assert heartbeat.ages()[socket.gethostname()] < probe.FRESH_SECONDS
