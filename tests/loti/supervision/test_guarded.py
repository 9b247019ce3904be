"""Nothing outlives its supervisor."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from loti.supervision.guarded import Guarded, stop_all, tail, wait_until
from tests.loti.processes import SHELL, alive, all_end, numbers_in

ROOT = Path(__file__).resolve().parents[3]

# A process with a child of its own; both write their numbers.
FAMILY = 'echo $$ >> "$0"; sleep 600 & echo $! >> "$0"; wait'
STUBBORN = 'trap "" TERM; echo $$ >> "$0"; while :; do sleep 600; done'


@pytest.fixture
def started() -> Iterator[list[Guarded]]:
    processes: list[Guarded] = []
    yield processes
    for process in processes:
        process.stop()


def test_group_ends_when_the_lifeline_closes(tmp_path: Path, started: list[Guarded]) -> None:
    process = Guarded([SHELL, "-c", FAMILY, tmp_path / "numbers"], grace=5.0)
    started.append(process)
    numbers = numbers_in(tmp_path / "numbers", count=2)

    process.order_stop()

    assert all_end(numbers, seconds=5.0)
    assert process.wait(5.0) is not None


def test_group_ends_when_the_command_ends_and_leaves_a_child(tmp_path: Path, started: list[Guarded]) -> None:
    process = Guarded([SHELL, "-c", 'sleep 600 & echo $! >> "$0"', tmp_path / "numbers"])
    started.append(process)
    numbers = numbers_in(tmp_path / "numbers", count=1)

    assert process.wait(5.0) == 0
    assert all_end(numbers, seconds=5.0)


def test_stop_kills_what_ignores_the_signal_after_its_grace(tmp_path: Path, started: list[Guarded]) -> None:
    process = Guarded([SHELL, "-c", STUBBORN, tmp_path / "numbers"], grace=0.5)
    started.append(process)
    numbers = numbers_in(tmp_path / "numbers", count=1)

    begun = time.monotonic()
    process.stop()

    assert time.monotonic() - begun >= 0.5
    assert all_end(numbers, seconds=2.0)


def test_stop_sends_the_signal_it_was_told(tmp_path: Path, started: list[Guarded]) -> None:
    asked = tmp_path / "asked"
    script = f'trap "touch {asked}; exit 0" INT; echo $$ >> "$0"; while :; do sleep 0.05; done'
    process = Guarded([SHELL, "-c", script, tmp_path / "numbers"], stop_signal=signal.SIGINT, grace=5.0)
    started.append(process)
    numbers_in(tmp_path / "numbers", count=1)

    process.stop()

    assert asked.exists()


@pytest.mark.parametrize(
    ("script", "code"), [("exit 0", 0), ("exit 3", 3), ("kill -KILL $$", 128 + 9), ("kill -TERM $$", 128 + 15)]
)
def test_exit_code_follows_the_shell(script: str, code: int) -> None:
    assert Guarded([SHELL, "-c", script]).wait(10.0) == code


def test_missing_program_says_so(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as output:
        assert Guarded(["/nowhere/to-be-found"], output=output).wait(10.0) == 127
    assert "/nowhere/to-be-found cannot be started: No such file or directory" in log.read_text(encoding="utf-8")


def test_sigkill_of_the_supervisor_leaves_nothing(tmp_path: Path) -> None:
    numbers_file = tmp_path / "numbers"
    script = f"""
import sys, time
from pathlib import Path
from loti.supervision.children import Service, Supervisor, command
import os
held = os.open({str(tmp_path / "held")!r}, os.O_CREAT | os.O_RDWR)
supervisor = Supervisor(Path({str(tmp_path / "logs")!r}), gave_up=lambda: None)
for name, script in (("broker", {FAMILY!r}), ("web", {FAMILY!r}), ("worker", {STUBBORN!r})):
    argv = [{SHELL!r}, "-c", script, {str(numbers_file)!r}]
    supervisor.start(Service(name, command(argv, env=dict(os.environ), keep=held, grace=1.0)))
print("started", flush=True)
time.sleep(600)
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment) as supervisor:
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline() == b"started\n"
        numbers = numbers_in(numbers_file, count=5)
        assert all(alive(number) for number in numbers)
        supervisor.kill()

    assert all_end(numbers, seconds=8.0)


def test_stop_all_takes_as_long_as_the_slowest(tmp_path: Path) -> None:
    processes = [Guarded([SHELL, "-c", STUBBORN, tmp_path / "numbers"], grace=0.8) for _ in range(3)]
    numbers_in(tmp_path / "numbers", count=3)

    begun = time.monotonic()
    stop_all(processes)

    assert time.monotonic() - begun < 2.4


def test_tail_gives_the_last_lines_indented(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("\n".join(f"line {number}" for number in range(30)), encoding="utf-8")

    assert tail(log, lines=2) == "    line 28\n    line 29"
    assert tail(tmp_path / "missing") == ""


def test_wait_until_gives_up() -> None:
    assert not wait_until(lambda: False, timeout=0.1, pause=0.01)
    assert wait_until(lambda: True, timeout=0.0)
