"""Tells what takes time: a line for each step with its seconds, a turning sign where there is a terminal.

Standard library only: the set-up uses it before anything is installed.
"""

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

SIGNS = "|/-\\"
# Steps that are over sooner leave no line while they run.
QUIET_SECONDS = 2.0
# Without a terminal, a step that goes on says so this often.
REPEAT_SECONDS = 10.0


def say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextlib.contextmanager
def step(label: str) -> Iterator[None]:
    """Show `label` while the block runs, and how long it took. The block itself must not print."""
    started = time.monotonic()
    over = threading.Event()
    teller = threading.Thread(target=_tell, args=(label, started, over), daemon=True)
    teller.start()
    outcome = "stopped after "
    try:
        yield
        outcome = ""
    finally:
        over.set()
        teller.join()
        say(f"  {label}: {outcome}{time.monotonic() - started:.1f} s")


def _tell(label: str, started: float, over: threading.Event) -> None:
    if sys.stdout.isatty():
        _turn(label, started, over)
        return
    pause = QUIET_SECONDS
    while not over.wait(pause):
        say(f"  {label} … {time.monotonic() - started:.0f} s")
        pause = REPEAT_SECONDS


def _turn(label: str, started: float, over: threading.Event) -> None:
    turns = 0
    while not over.wait(0.2):
        turns += 1
        sys.stdout.write(f"\r\033[K  {SIGNS[turns % len(SIGNS)]} {label} … {time.monotonic() - started:.0f} s")
        sys.stdout.flush()
    if turns:
        sys.stdout.write("\r\033[K")


@dataclass(frozen=True)
class Job:
    """A step that can run beside others. `run` raises on failure."""

    label: str
    run: Callable[[], None]


def together(jobs: Sequence[Job], *, cancel: Callable[[], None]) -> None:
    """Run the jobs at the same time, one thread each; raise the first failure once `cancel` has ended the others."""
    failures: list[BaseException] = []
    lines: list[str] = []
    threads = [threading.Thread(target=_work, args=(job, lines, failures), daemon=True) for job in jobs]
    with step(", ".join(job.label for job in jobs)):
        for thread in threads:
            thread.start()
        try:
            while any(thread.is_alive() for thread in threads) and not failures:
                time.sleep(0.05)
        except BaseException:
            cancel()
            raise
        if failures:
            cancel()
        for thread in threads:
            thread.join()
    if failures:
        raise failures[0]
    if len(jobs) > 1:
        say("\n".join(lines))


def _work(job: Job, lines: list[str], failures: list[BaseException]) -> None:
    started = time.monotonic()
    try:
        job.run()
    except BaseException as error:  # noqa: BLE001 (raised again in the main thread)
        failures.append(error)
    else:
        lines.append(f"    {job.label}: {time.monotonic() - started:.1f} s")
