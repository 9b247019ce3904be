"""The processes of a running LOTI on one machine: started, watched, started again with patience, stopped in order."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from loti.supervision.guarded import Guarded, tail

# Python finds the project's modules there, wherever the command was called from.
BASE = Path(__file__).resolve().parents[2]
# A process that ends sooner than this after its start has failed quickly.
QUICK_SECONDS = 10.0
QUICK_FAILURES = 5
LONGEST_PAUSE = 8.0
KEPT_LOGS = 3


@dataclass(frozen=True)
class Service:
    """A process to keep running. `start` gets the log and returns the process."""

    name: str
    start: Callable[["Log"], Guarded]


class Log:
    """The log file of one service: fresh at each start of the supervisor, with the last few kept beside it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number in range(KEPT_LOGS - 1, 0, -1):
            with contextlib.suppress(FileNotFoundError):
                os.replace(f"{path}.{number}", f"{path}.{number + 1}")
        with contextlib.suppress(FileNotFoundError):
            os.replace(path, f"{path}.1")
        self.file = path.open("ab", buffering=0)


@dataclass
class Child:
    service: Service
    log: Log
    process: Guarded
    started: float = field(default_factory=time.monotonic)
    failures: int = 0
    # Time at which it is started again; 0 while it runs.
    due: float = 0.0


class Supervisor:
    """Keeps services running until `stop`; calls `gave_up` once, from its own thread, when one keeps failing."""

    def __init__(self, logs: Path, *, gave_up: Callable[[], None]) -> None:
        self.failure = ""
        self._logs = logs
        self._gave_up = gave_up
        self._children: list[Child] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._watcher.start()

    def start(self, service: Service) -> None:
        """Start a service; it is stopped in the opposite order of these calls."""
        log = Log(self._logs / f"{service.name}.log")
        try:
            process = service.start(log)
        except BaseException:
            log.file.close()
            raise
        with self._lock:
            self._children.append(Child(service, log, process))

    def stop(self) -> None:
        """Stop all but the first service at once, the latest first; then the first, which the others use."""
        self._stopping.set()
        self._watcher.join()
        processes = [child.process for child in reversed(self._children)]
        for process in processes[:-1]:
            process.order_stop()
        for process in processes:
            process.stop()
        for child in self._children:
            child.log.file.close()

    def last_lines(self, name: str) -> str:
        return tail(self._logs / f"{name}.log")

    def _watch(self) -> None:
        while not self._stopping.wait(0.2):
            with self._lock:
                children = list(self._children)
            for child in children:
                self._look_after(child)
            if self.failure:
                self._gave_up()
                return

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.due:
            if now >= child.due:
                self._restart(child)
            return
        code = child.process.poll()
        if code is None:
            return
        child.failures = child.failures + 1 if now - child.started < QUICK_SECONDS else 1
        if child.failures >= QUICK_FAILURES:
            self._give_up(child, f"ended {child.failures} times soon after its start, the last time with code {code}")
            return
        child.due = now + min(LONGEST_PAUSE, 0.5 * 2**child.failures)

    def _restart(self, child: Child) -> None:
        try:
            child.process = child.service.start(child.log)
        except (OSError, RuntimeError) as error:
            self._give_up(child, f"cannot be started again: {error}")
            return
        child.started, child.due = time.monotonic(), 0.0

    def _give_up(self, child: Child, reason: str) -> None:
        self.failure = f"{child.service.name} {reason}. Its last lines:\n{tail(child.log.path)}"


def command(argv: list[str | Path], *, env: Mapping[str, str], keep: int, grace: float) -> Callable[[Log], Guarded]:
    """A service's `start` for a plain command."""

    def start(log: Log) -> Guarded:
        return Guarded(argv, output=log.file, env=env, cwd=BASE, grace=grace, keep=[keep])

    return start
