"""The embedded broker: private, and it keeps what is queued."""

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from loti.supervision import valkey
from loti.supervision.guarded import Guarded

pytestmark = pytest.mark.services


@pytest.fixture
def log(tmp_path: Path) -> Iterator[object]:
    with (tmp_path / "broker.log").open("wb") as file:
        yield file


def start(tmp_path: Path, log: object) -> Guarded:
    return valkey.start_on_socket(path=tmp_path / "run" / "valkey.sock", data=tmp_path / "data", log=log)  # type: ignore[arg-type]


def test_socket_is_for_this_user_alone_and_there_is_no_port(tmp_path: Path, log: object) -> None:
    process = start(tmp_path, log)
    try:
        path = tmp_path / "run" / "valkey.sock"
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        with redis.Redis(unix_socket_path=str(path)) as client:
            assert client.config_get("port") == {"port": "0"}
    finally:
        process.stop()


def test_queue_survives_sigkill_of_the_server(tmp_path: Path, log: object) -> None:
    process = start(tmp_path, log)
    with redis.Redis(unix_socket_path=str(tmp_path / "run" / "valkey.sock")) as client:
        client.config_set("appendfsync", "always")
        client.rpush("default", *range(200))
        server = int(client.info("server")["process_id"])
    os.kill(server, signal.SIGKILL)
    assert process.wait(10.0) == 128 + signal.SIGKILL

    process = start(tmp_path, log)
    try:
        with redis.Redis(unix_socket_path=str(tmp_path / "run" / "valkey.sock")) as client:
            assert client.llen("default") == 200
    finally:
        process.stop()


def test_server_on_a_port_answers_and_ends() -> None:
    with valkey.on_port() as url:
        client = redis.Redis.from_url(url)
        assert client.ping() is True
    with pytest.raises(redis.ConnectionError):
        client.ping()
    client.close()


def test_start_that_fails_shows_the_last_lines(tmp_path: Path, log: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey, "_storage", lambda data: ["--no-such-setting", "1"])
    with pytest.raises(valkey.BrokerFailed, match="no-such-setting"):
        start(tmp_path, log)


def test_server_of_the_system_takes_the_place_of_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "redis-server"
    program.write_text("#!/bin/sh\n", encoding="ascii")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(valkey, "_runs", lambda path: False)

    assert valkey.server() == str(program)


def test_no_server_at_all_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(valkey, "_runs", lambda path: False)

    with pytest.raises(valkey.BrokerMissing, match=r"install Valkey or Redis .* or point REDIS_URL at one"):
        valkey.server()
