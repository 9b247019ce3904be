import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from loti.supervision import lock
from loti.supervision.guarded import Guarded
from loti.supervision.lock import AlreadyRunning, held
from tests.loti.processes import SHELL


def test_second_holder_is_refused_and_told_the_first(tmp_path: Path) -> None:
    with (
        held(tmp_path / "up.lock"),
        pytest.raises(AlreadyRunning, match=rf"process {os.getpid()}"),
        held(tmp_path / "up.lock"),
    ):
        pytest.fail("two hold the lock")


def test_lock_is_free_again_afterwards(tmp_path: Path) -> None:
    with held(tmp_path / "up.lock"):
        pass
    with held(tmp_path / "up.lock"):
        assert (tmp_path / "up.lock").read_text(encoding="ascii") == str(os.getpid())


def test_remains_of_a_dead_holder_are_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "up.lock"
    # The number of a process that has ended, and a process that still holds what it inherited.
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    path.write_text(str(ended.pid), encoding="ascii")
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        remains = Guarded([SHELL, "-c", "sleep 0.5"], keep=[file.fileno()])

    with held(path):
        assert remains.wait(5.0) == 0


def test_remains_that_stay_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "REMAINS_SECONDS", 0.2)
    path = tmp_path / "up.lock"
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(AlreadyRunning, match="earlier run are still there"), held(path):
            pytest.fail("two hold the lock")
