"""`manage.py test`: runs pytest once for each database engine, and starts and stops what that needs."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from loti import libraries
from loti.progress import say
from loti.supervision import postgres

BASE = Path(__file__).resolve().parents[2]
# Variables of the caller that would make the tests speak to the caller's services.
LEFT_OUT = ("DATABASE_URL", "DATABASE_URL_FILE", "REDIS_URL", "REDIS_URL_FILE", "SITE_URL", "SECRET_KEY", "DEBUG")
# In the order and the portions that the suite's conftest gives.
PROCESSES = ("-n", "2", "--dist", "loadscope", "--no-loadscope-reorder")
# What meets no database, or meets it alike on every engine, is tested once.
AGAIN = ("--second-engine",)
STOP_SECONDS = 10.0
INTERRUPTED = 130


@dataclass(frozen=True)
class Outcome:
    engine: str
    code: int
    seconds: float

    def __str__(self) -> str:
        result = "passed" if self.code == 0 else f"FAILED (pytest ended with {self.code})"
        return f"{self.engine}: {result} in {self.seconds:.0f} s"


def run(engines: Sequence[str], arguments: Sequence[str]) -> int:
    """Run the suite on each engine, the others too when one fails; on the second one without the tests that it
    cannot answer otherwise. Returns 0 only when all passed.
    """
    browser = libraries.browser()
    if browser is None and os.environ.get("CI", "").lower() == "true":
        say("The browser tests need Chromium, which is not on this machine.")
        return 1
    try:
        with interruptible():
            outcomes = [
                # Who gives arguments gets what they ask for, on each engine.
                on_engine(engine, options(arguments or (AGAIN if number else ()), browser), browser)
                for number, engine in enumerate(engines)
            ]
    except KeyboardInterrupt:
        say("Stopped.")
        return INTERRUPTED
    except (postgres.PostgresMissing, postgres.PostgresFailed) as error:
        say(str(error))
        return 1
    say()
    if browser is None:
        say(f"Browser tests: left out, no Chromium here ({libraries.advice(['chromium'])})")
    for outcome in outcomes:
        say(str(outcome))
    return max(outcome.code for outcome in outcomes)


def options(arguments: Sequence[str], browser: str | None) -> list[str]:
    """pytest's arguments: two processes unless the caller says how many, browser tests only with a browser."""
    given = list(arguments)
    own_processes = any(part.startswith(("-n", "--numprocesses", "--pdb", "--trace", "-pno:xdist")) for part in given)
    processes = [] if own_processes else PROCESSES
    marks = ["-m", "not browser"] if browser is None else []
    return [*processes, *marks, *given]


def on_engine(engine: str, arguments: list[str], browser: str | None) -> Outcome:
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        var = stack.enter_context(tempfile.TemporaryDirectory(prefix="loti-test-"))
        # WhiteNoise warns of a folder that is not there, and a warning fails a test.
        (Path(var) / "static").mkdir()
        env = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
        env |= {"LOTI_ENV": "test", "LOTI_VAR_DIR": var, "LOTI_NO_BOOTSTRAP": "1"}
        if browser is not None:
            env["CHROMIUM"] = browser
        version = ""
        if engine == "PostgreSQL":
            env["DATABASE_URL"] = stack.enter_context(postgres.running())
            version = " " + postgres.version(postgres.find_programs())
        say(f"Tests on {engine}{version}")
        code = pytest(arguments, env)
    return Outcome(engine + version, code, time.monotonic() - started)


def pytest(arguments: list[str], env: dict[str, str]) -> int:
    """Run pytest at this terminal, so that its debugger works; never leave it behind."""
    process = subprocess.Popen([sys.executable, "-m", "pytest", *arguments], cwd=BASE, env=env)
    try:
        return process.wait()
    except KeyboardInterrupt:
        # At a terminal it had the signal too; otherwise this is how it hears of it.
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        raise
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM stops the tests as Ctrl-C does."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
