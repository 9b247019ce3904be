"""A whole platform of child processes: a database, a broker, workers and a scheduler, to be killed at will."""

import functools
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg

from loti.supervision import valkey
from loti.supervision.guarded import Guarded, stop_all, tail, wait_until

SQLITE = "loti.sqlite3"
ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = ("DATABASE_URL", "REDIS_URL", "LOTI_VAR_DIR", "WORK_LEASE_SECONDS", "MATCH_DEBOUNCE_SECONDS")


class Stage:
    """Everything in a folder of its own. `database_url`, `redis_url` as in production; empty: the embedded ones.

    What a worker that was killed had in hand is taken over after `lease_seconds`.
    """

    def __init__(self, folder: Path, *, database_url: str = "", redis_url: str = "", lease_seconds: int = 30) -> None:
        self.folder = folder
        self.database_url = database_url
        self.processes: dict[str, Guarded] = {}
        self.environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT} | {
            "LOTI_ENV": "test",
            "LOTI_NO_BOOTSTRAP": "1",
            "LOTI_VAR_DIR": str(folder),
            "MATCH_DEBOUNCE_SECONDS": "1",
            "WORK_LEASE_SECONDS": str(lease_seconds),
        }
        if database_url:
            self.environment["DATABASE_URL"] = database_url
        if redis_url:
            self.environment["REDIS_URL"] = redis_url

    # --- processes

    def manage(self, *arguments: str, timeout: float = 120) -> str:
        """Run a management command to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, name: str, *celery: str) -> None:
        """Start a Celery process under `name`; its log is NAME.log in the folder."""
        command = [sys.executable, "-m", "celery", "-A", "loti", *celery]
        with self.log(name).open("ab") as log:
            self.processes[name] = Guarded(command, output=log, env=self.environment, cwd=ROOT)

    def start_worker(self, name: str = "worker", *options: str) -> None:
        self.start(
            name,
            "worker",
            "-n",
            f"{name}@%h",
            "-c",
            "1",
            "-Q",
            "default,match,pdf",
            "--without-gossip",
            "--without-mingle",
            *options,
        )

    def start_scheduler(self) -> None:
        self.start("scheduler", "beat", "--pidfile=")

    def start_web(self) -> str:
        """Start the web server on a free port and return its address once it answers."""
        address = f"127.0.0.1:{valkey.free_port()}"
        self.environment["SITE_URL"] = f"http://{address}"
        command = [sys.executable, "-m", "gunicorn", "loti.wsgi", "--bind", address, "--threads", "8"]
        with self.log("web").open("ab") as log:
            self.processes["web"] = Guarded(
                [*command, "--worker-class", "gthread", "--no-control-socket"],
                output=log,
                env=self.environment,
                cwd=ROOT,
            )

        def answers() -> bool:
            try:
                with urllib.request.urlopen(f"http://{address}/healthz", timeout=5):
                    return True
            except OSError:
                return False

        assert wait_until(answers, timeout=60), tail(self.log("web"))
        return f"http://{address}"

    def start_broker(self) -> None:
        with self.log("broker").open("ab") as log:
            socket = self.folder / "valkey" / "valkey.sock"
            self.processes["broker"] = valkey.start_on_socket(path=socket, data=self.folder / "valkey", log=log)

    def kill(self, name: str) -> None:
        """SIGKILL the process and all that it started, as the kernel would when memory runs out."""
        guard = self.processes.pop(name)
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(guard.process.pid)], capture_output=True, text=True, check=True
        ).stdout.split()
        for child in children:
            for grandchild in subprocess.run(
                ["ps", "-o", "pid=", "--ppid", child], capture_output=True, text=True, check=False
            ).stdout.split():
                os.kill(int(grandchild), signal.SIGKILL)
            os.kill(int(child), signal.SIGKILL)
        guard.stop()

    def stop(self) -> None:
        broker = [guard for name, guard in self.processes.items() if name == "broker"]
        # The broker last: a worker that has lost it looks for it until its grace is over.
        stop_all([guard for guard in self.processes.values() if guard not in broker])
        stop_all(broker)

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    # --- what the database says

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Read past Django, as an onlooker."""
        if self.database_url:
            with psycopg.connect(self.database_url) as connection:
                return connection.execute(query).fetchall()  # type: ignore[arg-type]
        connection = sqlite3.connect(self.folder / SQLITE, timeout=20)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def number(self, query: str) -> int:
        return int(self.rows(query)[0][0])

    def wait_for(self, query: str, *, timeout: float = 90) -> None:
        """Wait until the query counts something."""
        if not wait_until(lambda: self.number(query) > 0, timeout=timeout, pause=0.1):
            logs = "\n".join(f"{name}:\n{tail(self.log(name), 30)}" for name in self.processes)
            raise AssertionError(f"Still nothing after {timeout} s: {query}\n{logs}")


@contextmanager
def stage(**options: Any) -> Iterator[Stage]:
    """A stage with an empty, migrated database and the reference data; everything ends with it."""
    with tempfile.TemporaryDirectory(prefix="loti-stage-") as folder:
        (Path(folder) / "static").mkdir()
        made = Stage(Path(folder), **options)
        if made.database_url:
            prepare(made)
        else:
            shutil.copy(prepared_sqlite().name, Path(folder) / SQLITE)
        try:
            yield made
        finally:
            made.stop()


def prepare(made: Stage) -> None:
    made.manage("migrate", "-v0")
    made.manage("load_reference")


@functools.cache
def prepared_sqlite() -> IO[bytes]:
    """Migrated once for all stages of this process. Its write-ahead log is empty: the last to leave has closed it."""
    kept = tempfile.NamedTemporaryFile(prefix="loti-stage-", suffix=".sqlite3")  # noqa: SIM115 - as long as the process
    with tempfile.TemporaryDirectory(prefix="loti-stage-") as folder:
        (Path(folder) / "static").mkdir()
        prepare(Stage(Path(folder)))
        shutil.copy(Path(folder) / SQLITE, kept.name)
    return kept
