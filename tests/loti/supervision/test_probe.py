"""The health checks of the containers."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from loti.supervision import probe, valkey


class Answer(BaseHTTPRequestHandler):
    code = 200
    hosts: list[str] = []

    def do_GET(self) -> None:
        self.hosts.append(self.headers["Host"])
        self.send_response(self.code)
        self.end_headers()
        self.wfile.write(b'{"database": "unavailable"}')

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Answer]]:
    class Site(Answer):
        hosts: list[str] = []

    with HTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("LOTI_PORT", str(server.server_port))
        yield Site
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("allowed", "asked"), [("board.example,www.board.example", "board.example"), (".board.example", "board.example")]
)
def test_web_is_asked_under_an_allowed_name(
    site: type[Answer], monkeypatch: pytest.MonkeyPatch, allowed: str, asked: str
) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", allowed)
    assert probe.main(["web"]) == 0
    assert site.hosts == [asked]


def test_web_that_is_not_ready_says_what_is_wrong(site: type[Answer], capsys: pytest.CaptureFixture[str]) -> None:
    site.code = 503
    assert probe.main(["web"]) == 1
    assert '503: {"database": "unavailable"}' in capsys.readouterr().err


def test_web_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTI_PORT", str(valkey.free_port()))
    assert probe.main(["web"]) == 1


def test_worker_is_judged_by_the_age_of_its_own_heartbeat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTI_VAR_DIR", str(tmp_path))
    (tmp_path / "heartbeats").mkdir()
    (tmp_path / "heartbeats" / "another-host").touch()
    assert probe.main(["worker"]) == 1

    mine = tmp_path / "heartbeats" / socket.gethostname()
    mine.touch()
    assert probe.main(["worker"]) == 0

    old = time.time() - probe.FRESH_SECONDS - 5
    os.utime(mine, (old, old))
    assert probe.main(["worker"]) == 1


@pytest.mark.parametrize("arguments", [[], ["beat"], ["web", "worker"]])
def test_wrong_use_is_told(arguments: list[str]) -> None:
    assert probe.main(arguments) == 2
