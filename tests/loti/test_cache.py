"""The shared cache, and a process that goes on without it."""

import logging
import socket
from collections.abc import Iterator

import pytest
import redis
from django.core import mail
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache
from django.test import Client
from pytest_django import Settings

from boroughs.models import User
from boroughs.tasks import mail_reset_link
from loti import cache as shared
from loti.supervision import valkey
from procurement.models import Letter
from procurement.pdf import notice as notice_pdf
from tests.factories.boroughs import UserFactory

PASSWORD = "a-long-password-33"


def point(settings: Settings, url: str) -> None:
    settings.CACHES = {"default": {"BACKEND": "loti.cache.SharedCache", "LOCATION": url, "KEY_PREFIX": "cache"}}


@pytest.fixture
def dead(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of this machine at which the server of the shared cache would be."""
    monkeypatch.setattr(shared, "absence", shared.Absence())
    monkeypatch.setattr("boroughs.background.ring", lambda *_, **__: None)
    port = valkey.free_port()
    point(settings, f"redis://127.0.0.1:{port}/0")
    yield port
    cache.own.clear()


@pytest.fixture
def user() -> User:
    made: User = UserFactory(email="cam.editor@example.org")
    made.set_password(PASSWORD)
    made.save(update_fields=["password"])
    return made


def sign_in(client: Client, user: User, password: str = PASSWORD) -> str:
    answer = client.post("/accounts/login/", {"login": user.email, "password": password})
    return "in" if "_auth_user_id" in client.session else answer.content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("dead")
def test_people_sign_in_and_set_a_new_password_while_the_server_is_away(client: Client, user: User) -> None:
    assert sign_in(client, user) == "in"
    answer = Client().post("/accounts/password/reset/", {"email": user.email})
    assert answer.status_code == 302
    mail_reset_link(key=user.email)
    assert [letter.to for letter in mail.outbox] == [[user.email]]


@pytest.mark.django_db
@pytest.mark.usefixtures("dead")
def test_suppliers_follow_while_the_server_is_away_and_are_still_counted(client: Client, settings: Settings) -> None:
    settings.ASKED_AN_HOUR = 2
    statuses = [
        client.post("/board/follow/", {"email": f"supplier-{number}@example.com", "frequency": "DAILY"}).status_code
        for number in range(3)
    ]
    assert statuses == [200, 200, 429]
    assert Letter.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("dead")
def test_guesses_are_limited_while_the_server_is_away(user: User) -> None:
    said = [sign_in(Client(), user, "wrong") for _ in range(6)]
    assert "Too many" not in said[0]
    assert "Too many" in said[-1]
    assert "Too many" in sign_in(Client(), user)


@pytest.mark.usefixtures("dead")
def test_pdf_files_of_notices_are_rationed_while_the_server_is_away() -> None:
    for _ in range(notice_pdf.AT_ONCE):
        notice_pdf._claim(notice_pdf.LIMITS)
    with pytest.raises(notice_pdf.PdfBusy):
        notice_pdf._claim(notice_pdf.LIMITS)


@pytest.mark.usefixtures("dead")
def test_a_cache_of_its_own_answers_as_a_cache_does() -> None:
    assert cache.add("a", 1, timeout=60)
    assert not cache.add("a", 2)
    assert (cache.incr("a"), cache.decr("a"), cache.get("a"), "a" in cache) == (2, 1, 1, True)
    assert cache.set_many({"b": "two", "c": None}) == []
    assert cache.get_many(["a", "b", "nothing"]) == {"a": 1, "b": "two"}
    assert cache.touch("b", timeout=None)
    assert cache.get_or_set("d", lambda: "four") == "four"
    assert cache.delete("d")
    cache.delete_many(["a", "b"])
    assert (cache.get("a", "none"), cache.has_key("b"), cache.has_key("c")) == ("none", False, True)
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")
    cache.clear()
    assert not cache.has_key("c")


def test_every_method_that_asks_the_server_has_its_way_round() -> None:
    asking = {name for name in vars(RedisCache) if not name.startswith("_")} - {"get_backend_timeout"}
    assert asking <= set(vars(shared.SharedCache))


@pytest.mark.usefixtures("dead")
def test_a_server_that_is_away_is_asked_once_in_a_while_and_told_of_once_a_minute(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = [1000.0]
    asked: list[float] = []

    def refuse(*_: object) -> None:
        asked.append(clock[0])
        raise redis.ConnectionError("refused")

    monkeypatch.setattr(shared.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(redis.Redis, "get", refuse)
    with caplog.at_level(logging.WARNING, logger=shared.__name__):
        for _ in range(14):
            assert cache.get("a") is None
            clock[0] += shared.PAUSE_SECONDS - 1
    # Every second time: in between it pauses.
    assert len(asked) == 7
    assert [record.message.count("refused") for record in caplog.records] == [1]
    clock[0] += shared.WARN_SECONDS
    cache.get("a")
    assert len(caplog.records) == 2


def test_a_server_that_takes_connections_and_says_nothing_is_away(
    settings: Settings, dead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "ANSWER_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", dead)):
        point(settings, f"redis://127.0.0.1:{dead}/0")
        cache.set("a", "own")
        assert cache.get("a") == "own"


@pytest.mark.usefixtures("dead")
def test_other_faults_of_the_server_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise redis.ResponseError("wrong kind of value")

    monkeypatch.setattr(redis.Redis, "get", refuse)
    with pytest.raises(redis.ResponseError):
        cache.get("a")


@pytest.mark.services
@pytest.mark.one_engine
def test_all_processes_share_again_once_the_server_is_back(dead: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(valkey, "free_port", lambda: dead)
    cache.set("a", "own")
    with valkey.on_port() as url, redis.Redis.from_url(url) as server:
        assert cache.get("a") is None
        cache.set("b", "shared")
        assert list(server.scan_iter()) == [b"cache:1:b"]
    # It went away under a connection that was open; what was the process's own is not taken up again.
    assert (cache.get("a"), cache.get("b")) == (None, None)
    with valkey.on_port():
        assert cache.add("b", "shared again")
        assert cache.get("b") == "shared again"
