"""Runs the set-up's own commands (pip, npm, apt-get) side by side, and ends them with it. Standard library only."""

import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from loti.supervision.guarded import Guarded

LAST_LINES = 15

_running: set[Guarded] = set()
_lock = threading.Lock()
_cancelled = threading.Event()


class CommandFailed(RuntimeError):
    """A command of the set-up ended with an error; the text has its last lines."""


def run(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> None:
    """Run one command to its end. Raises CommandFailed with the last lines that it printed."""
    with tempfile.TemporaryFile() as output:
        with _lock:
            if _cancelled.is_set():
                raise CommandFailed("stopped")
            process = Guarded(command, output=output, env=env, cwd=cwd, grace=3.0)
            _running.add(process)
        code = process.process.wait()
        process.poll()
        with _lock:
            _running.discard(process)
        if code == 0:
            return
        output.seek(0)
        text = output.read().decode(errors="replace").strip().splitlines()
    said = "\n".join(f"    {line}" for line in text[-LAST_LINES:])
    raise CommandFailed(f"`{' '.join(map(str, command[:6]))} …` failed ({code}):\n{said}")


def cancel() -> None:
    """End every command that runs, and let no other start."""
    with _lock:
        _cancelled.set()
        for process in _running:
            process.order_stop()
