"""What stands in the log of requests."""

import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from loti.access_log import AccessLog, without_secret
from tests.architecture.test_routes import routes

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "path",
    [
        "/confirm/{}/",
        "/following/{}/",
        "/following/{}/webhooks/3/secret/",
        "/stop/{}/",
        "/accounts/password/reset/key/{}/",
    ],
)
def test_nobody_reads_in_the_log_what_opens_a_mailbox_or_an_account(path: str) -> None:
    path = path.format("Mg:1vX9-abc_DEF")
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": f"{path}?page=2",
        "PATH_INFO": path,
        "QUERY_STRING": "page=2",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": f"https://loti.example{path}",
    }
    answer = SimpleNamespace(status="200 OK", sent=1, headers=[("Location", f"https://loti.example{path}")])
    request = SimpleNamespace(headers=[("REFERER", f"https://loti.example{path}")])

    atoms = AccessLog(Config()).atoms(answer, request, environ, timedelta(seconds=1))

    assert "abc_DEF" not in str(atoms)
    assert atoms["r"].startswith("GET /")
    assert "/…/" in atoms["r"]
    assert atoms["q"] == "page=2"


def test_other_addresses_stay_as_they_are() -> None:
    for line in ("GET /notices/NT-0001/ HTTP/1.1", "/board/follow/?q=confirm", "https://loti.example/following"):
        assert without_secret(line) == line


def test_every_address_with_a_token_is_known() -> None:
    patterns = [route.pattern for route in routes() if "<str:token>" in route.pattern]

    assert len(patterns) > 10
    for pattern in patterns:
        path = "/" + re.sub(r"<[^>]+>", "7", pattern.replace("<str:token>", "opens-it"))
        assert "opens-it" not in without_secret(f"GET {path} HTTP/1.1"), pattern


@pytest.mark.parametrize("start", ["Dockerfile", "loti/supervision/up.py"])
def test_whatever_starts_the_web_server_logs_so(start: str) -> None:
    assert '"--logger-class", "loti.access_log.AccessLog"' in (ROOT / start).read_text()
