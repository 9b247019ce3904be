"""The commands of compose.yaml and the Dockerfile, run as they stand there, on PostgreSQL and a Valkey over TCP."""

import contextlib
import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from boroughs.background import QUEUES
from loti.supervision import postgres, valkey
from loti.supervision.guarded import Guarded, stop_all, tail, wait_until
from procurement.pdf import render

ROOT = Path(__file__).resolve().parents[2]
HOST = "board.example"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    return services


def image_command() -> list[str]:
    """The image's default role."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    found = re.search(r"^CMD (\[.*\])$", text, re.MULTILINE)
    assert found
    command: list[str] = json.loads(found[1])
    return command


def test_worker_takes_every_queue(compose: dict[str, Any]) -> None:
    command = compose["worker"]["command"]
    assert command[command.index("--queues") + 1].split(",") == list(QUEUES)


def test_mail_can_be_configured(compose: dict[str, Any]) -> None:
    """An invitation is an e-mail: settings that the containers do not get would be of no use in .env."""
    for role in ("web", "worker", "beat", "migrate"):
        stated = compose[role]["environment"]
        assert stated["EMAIL_HOST"].startswith("${EMAIL_HOST:?")
        assert {"EMAIL_PORT", "EMAIL_USE_TLS", "DEFAULT_FROM_EMAIL"} <= set(stated)


def test_roles_wait_for_the_migrations(compose: dict[str, Any]) -> None:
    for role in ("web", "worker", "beat"):
        assert compose[role]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_image_does_not_run_as_root_and_brings_what_pdf_needs() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    last_stage = text.rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (\S+)$", last_stage, re.MULTILINE) == ["10001"]
    for package in ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fontconfig", "tini"):
        assert package in last_stage


def test_image_copies_only_what_its_context_lets_in() -> None:
    allowed = {
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")
    }
    for line in re.findall(r"^COPY (?!--from)(.+)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE):
        for source in line.split()[:-1]:
            assert any(source == name or name.startswith(f"{source}/") for name in allowed), source


def test_image_has_every_static_source_that_the_code_reads() -> None:
    allowed = [
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"
    ]
    for folder in (Path(render.STYLESHEET).parent, Path("static/src")):
        assert str(folder) in allowed


class Deployment:
    """The roles as processes of this machine, with the settings of compose.yaml."""

    def __init__(self, folder: Path, compose: dict[str, Any], database: str, broker: str) -> None:
        self.folder, self.compose = folder, compose
        self.port = valkey.free_port()
        (folder / "static").mkdir()
        filled = {
            "SECRET_KEY": "k" * 60,
            "SITE_URL": f"https://{HOST}",
            "ALLOWED_HOSTS": HOST,
            "EMAIL_HOST": "mail.example",
            "DATABASE_URL": database,
            "REDIS_URL": broker,
        }
        stated = compose["web"]["environment"].items()
        self.env = {
            # What may stay empty in .env is empty here.
            **{name: re.sub(r"\$\{\w+:-\}", "", value) for name, value in stated},
            **filled,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "LOTI_NO_BOOTSTRAP": "1",
            "LOTI_VAR_DIR": str(folder),
            "LOTI_PORT": str(self.port),
            # The image collects the static files in its build.
            "HASHED_STATIC": "0",
        }

    def start(self, role: str) -> Guarded:
        command = self.compose[role].get("command") or image_command()
        words = [word.replace("0.0.0.0:8000", f"127.0.0.1:{self.port}") for word in command]
        with (self.folder / f"{role}.log").open("wb") as log:
            return Guarded(["/usr/bin/env", *words], output=log, env=self.env, cwd=ROOT)

    def healthy(self, role: str) -> bool:
        probe = self.compose[role]["healthcheck"]["test"][1:]
        return subprocess.run(probe, env=self.env, cwd=ROOT, capture_output=True, check=False).returncode == 0

    def page(self, path: str) -> Any:
        headers = {"Host": HOST, "X-Forwarded-Proto": "https"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        return urllib.request.urlopen(request, timeout=10)  # noqa: S310


@pytest.fixture
def deployment(tmp_path: Path, compose: dict[str, Any]) -> Iterator[Deployment]:
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(postgres.running())
        broker = stack.enter_context(valkey.on_port())
        yield Deployment(tmp_path, compose, database, broker)


# It brings its own database; one pass of the suite is enough.
@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="runs with the SQLite pass")
@pytest.mark.services
def test_roles_come_up_healthy_in_production(deployment: Deployment, tmp_path: Path) -> None:
    migration = deployment.start("migrate")
    assert migration.wait(90.0) == 0, tail(tmp_path / "migrate.log")

    roles = {role: deployment.start(role) for role in ("web", "worker", "beat")}
    try:
        for role in ("web", "worker"):
            ready = wait_until(lambda role=role: deployment.healthy(role), timeout=60.0, pause=0.3)
            assert ready, tail(tmp_path / f"{role}.log")
        with deployment.page("/readyz") as answer:
            assert json.load(answer) == {"status": "ok", "database": "ok", "migrations": "ok", "broker": "ok"}
        with deployment.page("/") as answer:
            assert answer.status == 200
            assert "max-age" in answer.headers["Strict-Transport-Security"]
        # The clock rings, and a worker of another process answers.
        assert wait_until(lambda: "succeeded" in tail(tmp_path / "worker.log", 50), timeout=30.0)
        assert {role: process.poll() for role, process in roles.items()} == dict.fromkeys(roles)
    finally:
        stop_all(list(reversed(roles.values())))
