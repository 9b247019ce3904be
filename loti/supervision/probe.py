"""Health check of a container: `python -m loti.supervision.probe web|worker` ends with 0 or 1. Without Django."""

import os
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

PORT = 8000
# Heartbeats come every two seconds.
FRESH_SECONDS = 15.0


def web() -> str:
    port = os.environ.get("LOTI_PORT", "") or PORT
    return ask(f"http://127.0.0.1:{port}", os.environ.get("ALLOWED_HOSTS", "").split(",")[0])


def ask(address: str, allowed: str) -> str:
    """Ask /readyz as a visitor would, under a host name that is allowed. Returns what is wrong, or nothing."""
    host = allowed.strip().lstrip(".")
    headers = {"Host": host} if host and host != "*" else {}
    request = urllib.request.Request(f"{address}/readyz", headers=headers)  # noqa: S310 (our own address)
    try:
        with urllib.request.urlopen(request, timeout=5):  # noqa: S310 (our own address)
            return ""
    except urllib.error.HTTPError as error:
        return f"/readyz answers {error.code}: {error.read(500).decode(errors='replace')}"
    except OSError as error:
        return f"/readyz does not answer: {error}"


def worker() -> str:
    """Look at the age of this host's heartbeat file. Returns what is wrong, or nothing."""
    path = Path(os.environ.get("LOTI_VAR_DIR", "var")) / "heartbeats" / socket.gethostname()
    try:
        age = time.time() - path.stat().st_mtime
    except OSError:
        return "the worker has not had a heartbeat yet"
    return "" if age < FRESH_SECONDS else f"the worker's last heartbeat was {age:.0f} s ago"


PROBES = {"web": web, "worker": worker}


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in PROBES:
        sys.stderr.write("Usage: python -m loti.supervision.probe web|worker\n")
        return 2
    wrong = PROBES[arguments[0]]()
    if wrong:
        sys.stderr.write(wrong + "\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
