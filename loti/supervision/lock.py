"""One `up` for each data folder. Standard library only.

The guards of the processes hold the lock too: after SIGKILL of the supervisor it is free only once everything that it
started has ended, so that no second broker ever writes the first one's files.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from loti.supervision.guarded import wait_until

# Longer than any guard's grace time.
REMAINS_SECONDS = 15.0


class AlreadyRunning(RuntimeError):
    """Another supervisor has the folder; the text says which."""


@contextlib.contextmanager
def held(path: Path) -> Iterator[int]:
    """Hold the lock and yield its descriptor. Raises AlreadyRunning."""
    # Appending leaves the holder's number in place while we do not have the lock.
    with path.open("a+", encoding="ascii") as file:
        if not _take(file.fileno()):
            holder = _holder(path)
            if holder and _alive(holder):
                raise AlreadyRunning(f"LOTI already runs from this folder (process {holder}): stop it first.")
            if not wait_until(lambda: _take(file.fileno()), timeout=REMAINS_SECONDS):
                raise AlreadyRunning("Processes of an earlier run are still there: try again in a moment.")
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield file.fileno()


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(path: Path) -> int:
    text = path.read_text(encoding="ascii").strip()
    return int(text) if text.isdigit() else 0


def _alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
