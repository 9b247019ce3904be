"""Services are started again with patience, given up in words, and stopped in order."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loti.supervision import children
from loti.supervision.children import Log, Service, Supervisor
from loti.supervision.guarded import Guarded, wait_until
from tests.loti.processes import SHELL


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "LONGEST_PAUSE", 0.01)


@pytest.fixture
def gave_up() -> threading.Event:
    return threading.Event()


@pytest.fixture
def supervisor(tmp_path: Path, gave_up: threading.Event) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path / "logs", gave_up=gave_up.set)
    yield supervisor
    supervisor.stop()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Callable[[str, str], Service]]:
    held = os.open(tmp_path / "held", os.O_CREAT | os.O_RDWR)

    def make(name: str, script: str) -> Service:
        argv: list[str | Path] = [SHELL, "-c", script, tmp_path / f"{name}.txt"]
        return Service(name, children.command(argv, env=dict(os.environ), keep=held, grace=5.0))

    yield make
    os.close(held)


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def test_service_that_ends_is_started_again(
    tmp_path: Path, supervisor: Supervisor, service: Callable[[str, str], Service]
) -> None:
    supervisor.start(service("worker", 'echo up >> "$0"; [ $(wc -l < "$0") -ge 3 ] && exec sleep 600'))

    assert wait_until(lambda: len(lines(tmp_path / "worker.txt")) == 3, timeout=20.0)
    assert supervisor.failure == ""


def test_service_that_keeps_failing_is_given_up_with_its_last_lines(
    tmp_path: Path, supervisor: Supervisor, service: Callable[[str, str], Service], gave_up: threading.Event
) -> None:
    supervisor.start(service("web", 'echo up >> "$0"; echo the disk is full; exit 7'))

    assert gave_up.wait(30.0)
    assert len(lines(tmp_path / "web.txt")) == children.QUICK_FAILURES
    assert "web ended 5 times soon after its start, the last time with code 7" in supervisor.failure
    assert "    the disk is full" in supervisor.failure


def test_service_that_cannot_be_started_again_is_given_up(
    supervisor: Supervisor, service: Callable[[str, str], Service], gave_up: threading.Event
) -> None:
    working = service("broker", "exit 1")
    calls = []

    def start(log: Log) -> Guarded:
        calls.append(log)
        if len(calls) > 1:
            raise OSError("too many open files")
        return working.start(log)

    supervisor.start(Service("broker", start))

    assert gave_up.wait(20.0)
    assert supervisor.failure.startswith("broker cannot be started again: too many open files")


def test_first_service_stops_after_all_others(
    tmp_path: Path, gave_up: threading.Event, service: Callable[[str, str], Service]
) -> None:
    ended = tmp_path / "ended"
    supervisor = Supervisor(tmp_path / "logs", gave_up=gave_up.set)
    for name, seconds in (("broker", "0"), ("web", "0.3"), ("worker", "0.1")):
        script = f'trap "sleep {seconds}; echo {name} >> {ended}; exit" TERM; touch "$0"; while :; do sleep 0.02; done'
        supervisor.start(service(name, script))
    assert wait_until(
        lambda: all((tmp_path / f"{name}.txt").exists() for name in ("broker", "web", "worker")), timeout=10.0
    )

    supervisor.stop()

    assert lines(ended)[-1] == "broker"
    assert sorted(lines(ended)) == ["broker", "web", "worker"]


def test_log_keeps_the_last_few(tmp_path: Path) -> None:
    for number in range(6):
        log = Log(tmp_path / "web.log")
        log.file.write(f"run {number}".encode())
        log.file.close()

    kept = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert kept == {"web.log": "run 5", "web.log.1": "run 4", "web.log.2": "run 3", "web.log.3": "run 2"}
