import threading

import pytest

from loti import commands, progress
from loti.progress import Job, step, together
from loti.supervision.guarded import wait_until
from tests.loti.processes import SHELL


def test_step_ends_with_its_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    with step("Database"):
        pass
    assert capsys.readouterr().out == "  Database: 0.0 s\n"


def test_long_step_says_that_it_goes_on(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(progress, "QUIET_SECONDS", 0.0)
    said = threading.Event()
    monkeypatch.setattr(progress, "say", lambda text="": said.set() if "…" in text else None)
    with step("Packages"):
        assert said.wait(5.0)


def test_step_that_breaks_off_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="no"), step("Database"):
        raise ValueError("no")
    assert "Database: stopped after 0.0 s" in capsys.readouterr().out


def test_jobs_run_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    meeting = threading.Barrier(2, timeout=5.0)
    together(
        [Job("packages", lambda: meeting.wait() and None), Job("assets", lambda: meeting.wait() and None)],
        cancel=lambda: None,
    )
    said = capsys.readouterr().out
    assert "packages, assets:" in said
    assert "    assets: 0." in said


def test_failure_cancels_the_others_and_is_raised() -> None:
    cancelled = threading.Event()

    def fails() -> None:
        raise commands.CommandFailed("npm failed")

    with pytest.raises(commands.CommandFailed, match="npm failed"):
        together([Job("packages", lambda: cancelled.wait(10.0) and None), Job("assets", fails)], cancel=cancelled.set)
    assert cancelled.is_set()


def test_failed_command_shows_its_last_lines() -> None:
    with pytest.raises(commands.CommandFailed, match=r"failed \(3\):\n    no network$"):
        commands.run([SHELL, "-c", "echo no network; exit 3"])


def test_cancelled_commands_end_and_no_other_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_cancelled", threading.Event())
    failures: list[BaseException] = []

    def run() -> None:
        try:
            commands.run([SHELL, "-c", "sleep 600"])
        except commands.CommandFailed as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert wait_until(lambda: len(commands._running) == 1, timeout=5.0)
    commands.cancel()
    thread.join(10.0)
    assert len(failures) == 1
    with pytest.raises(commands.CommandFailed, match="stopped"):
        commands.run([SHELL, "-c", "exit 0"])
