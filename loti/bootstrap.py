"""Sets the checkout up before Django is there: `manage.py` calls `prepare` first. Standard library only.

`python3 -m loti.bootstrap` does the same without starting anything; `--dev` adds the test and quality tools.
This file must parse on older Pythons too, so that they get a sentence in place of a traceback.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from loti.progress import Job

PYTHON = (3, 11)
# Commands that show pages or make PDF.
WHOLE = ("up", "test")


def prepare(argv: list[str]) -> None:
    """Make the environment, the assets and the libraries ready for `argv`; may go on in .venv's Python, or exit."""
    if os.environ.get("LOTI_NO_BOOTSTRAP") == "1":
        return
    choose_python(argv)
    command = argv[1] if len(argv) > 1 else ""
    set_up(command)
    from loti import packages

    if not packages.own() and not packages.inside():
        # Once is enough: what this process starts need not look again.
        os.environ["LOTI_NO_BOOTSTRAP"] = "1"
        os.execv(packages.python(), [str(packages.python()), *argv])  # noqa: S606 (the very point)


def choose_python(argv: list[str]) -> None:
    """Go on with Python 3.11 where this is another and Django is not installed for it."""
    if sys.platform == "win32":
        sys.exit("LOTI runs on Linux and macOS; on Windows use it inside WSL.")
    if sys.version_info[:2] == PYTHON or importlib.util.find_spec("django") is not None:
        return
    wanted = ".".join(map(str, PYTHON))
    other = shutil.which("python" + wanted)
    if other is None:
        found = ".".join(map(str, sys.version_info[:2]))
        sys.exit(f"LOTI needs Python {wanted}; this is Python {found}, and python{wanted} is not on PATH.")
    os.execv(other, [other, *argv])  # noqa: S606 (the very point)


def set_up(command: str) -> None:
    """Raises SystemExit with one sentence, and the last lines of the tool that failed."""
    from loti import commands, packages, progress

    # What a command prints is its own: of `evaluate_matching … --json > file` on a fresh clone the file is JSON.
    telling = sys.stdout if command in WHOLE else sys.stderr
    try:
        with contextlib.redirect_stdout(telling), interruptible(), alone():
            jobs = due(command)
            if jobs:
                progress.say("Setting up")
                progress.together(jobs, cancel=commands.cancel)
    except (packages.SetUpFailed, commands.CommandFailed) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped; run it again to go on.")


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end the set-up as Ctrl-C does, with everything that it started."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Wait for another set-up in the same folder: both would write .venv and node_modules."""
    import fcntl

    from loti import packages, progress

    folder = os.open(packages.BASE, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say("Another set-up is running in this folder; waiting for it.")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def due(command: str) -> list[Job]:
    """What has to be done for the command, as jobs that may run side by side."""
    from loti import packages
    from loti.commands import run
    from loti.progress import Job

    lock = packages.DEVELOPMENT if command == "test" else packages.RUNTIME
    install: list[Callable[[], None]] = []
    jobs = []
    if not packages.own() and not packages.complete(lock):
        packages.check_machine()
        install.append(lambda: packages.install(lock, run))
    if command in WHOLE:
        jobs += system_jobs(command)
        jobs += asset_jobs(command, install)
    if install:
        jobs.insert(0, Job("Python packages", lambda: in_order(install)))
    return jobs


def in_order(actions: list[Callable[[], None]]) -> None:
    for action in actions:
        action()


def asset_jobs(command: str, install: list[Callable[[], None]]) -> list[Job]:
    """Build the assets beside the installation; after it, where node has to come from PyPI.

    The tests have tools of their own in node; without node in an environment that is not ours, they say so and go on.
    """
    from pathlib import Path

    from loti import assets, packages
    from loti.commands import run
    from loti.progress import Job

    tools = command == "test"
    if not assets.stale(tools=tools):
        return []
    ours = packages.VENV / "bin"
    folder = assets.node_folder(Path(sys.executable).parent, ours)
    if folder is not None:
        return [Job("style sheets and scripts", lambda: assets.build(folder, run, tools=tools))]
    if packages.own():
        if not assets.stale():
            return []
        raise packages.SetUpFailed(
            f"npm of Node.js 18 or later is not on PATH: install Node.js, or run `pip install -r {packages.NODE}`."
        )
    install.append(lambda: packages.install_node(run))
    install.append(lambda: assets.build(ours, run, tools=tools))
    return []


def system_jobs(command: str) -> list[Job]:
    """Install the missing Debian packages, or say what is missing and go on."""
    from loti import libraries, progress

    missing = libraries.missing_for_pdf()
    if command == "test" and libraries.browser() is None:
        missing.append("chromium")
    if not missing:
        return []
    if libraries.may_install():
        return [progress.Job("system libraries", lambda: libraries.install(missing))]
    progress.say(f"Missing here: {libraries.consequence(missing)}.")
    progress.say(f"  To install: {libraries.advice(missing)}")
    return []


def main(arguments: list[str]) -> None:
    choose_python(["-m", "loti.bootstrap", *arguments])
    # "test" asks for the most, "up" for what serves.
    set_up("test" if "--dev" in arguments else "up")


if __name__ == "__main__":
    main(sys.argv[1:])
