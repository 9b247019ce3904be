"""Starts processes under guard.py and ends them. Standard library only: the set-up uses it before Django is there."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

GUARD = Path(__file__).resolve().with_name("guard.py")
# The guard's own SIGKILL comes first; this is only for a guard that does not get the processor.
MARGIN = 2.0


class Guarded:
    """One command under guard. It ends, with all that it started, by `stop()` or when this process ends in any way.

    `keep` are descriptors that the guard, not the command, holds open until the command has ended. `grace` is in
    seconds. `returncode` follows the shell: 128 + the signal's number for a command that a signal ended.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        output: int | IO[bytes] = subprocess.DEVNULL,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        grace: float = 8.0,
        stop_signal: signal.Signals = signal.SIGTERM,
        user: str | None = None,
        keep: Sequence[int] = (),
    ) -> None:
        self.grace = grace
        self._swept = False
        self._closing = threading.Lock()
        reading, self._lifeline = os.pipe()
        options = ["--lifeline", str(reading), "--grace", str(grace), "--stop-signal", str(int(stop_signal))]
        if user is not None:
            options += ["--user", user]
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-S", "-E", str(GUARD), *options, "--", *map(str, command)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                pass_fds=(reading, *keep),
                # A Ctrl-C at the terminal reaches the supervisor alone, which then stops everything in order.
                start_new_session=True,
            )
        except BaseException:
            self.order_stop()
            raise
        finally:
            os.close(reading)

    def poll(self) -> int | None:
        code = self.process.poll()
        if code is not None:
            self._sweep()
        return code

    def wait(self, timeout: float) -> int | None:
        """The exit code, or None when the command still runs after `timeout` seconds."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout)
        return self.poll()

    def order_stop(self) -> None:
        """Ask for the end without waiting for it."""
        # Two threads may ask at once; the second must not close a number that is somebody else's by then.
        with self._closing:
            lifeline, self._lifeline = self._lifeline, -1
        if lifeline >= 0:
            os.close(lifeline)

    def stop(self) -> None:
        self.order_stop()
        if self.wait(self.grace + MARGIN) is None:
            self._sweep()
            self.process.wait()

    def _sweep(self) -> None:
        """End what the command left behind in its group: once, for the group's number may be given again later."""
        self.order_stop()
        if self._swept:
            return
        self._swept = True
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


def stop_all(processes: Sequence[Guarded]) -> None:
    """Ask all, in this order, then wait for all: as long as the slowest takes, not their sum."""
    for process in processes:
        process.order_stop()
    for process in processes:
        process.stop()


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log, indented."""
    try:
        content = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in content.splitlines()[-lines:])


def wait_until(ready: Callable[[], bool], *, timeout: float, pause: float = 0.05) -> bool:
    """Poll `ready` until it says True or `timeout` seconds have passed."""
    deadline = time.monotonic() + timeout
    while not ready():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True
