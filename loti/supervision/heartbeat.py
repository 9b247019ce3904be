"""A file that a worker touches with every heartbeat: its age tells a health check that the worker reaches the broker.

Included by the worker alone (`celery worker --include loti.supervision.heartbeat`). Asking a worker over the broker
costs seconds for each probe; a file costs nothing. Each host has a file of its own: hosts may share the data folder.
"""

import socket
import time
from pathlib import Path

from celery.signals import heartbeat_sent
from django.conf import settings

FOLDER = "heartbeats"
# A host that has been silent for longer has gone for good.
GONE_SECONDS = 24 * 60 * 60.0


def folder() -> Path:
    return Path(settings.VAR_DIR) / FOLDER


def ages() -> dict[str, float]:
    """Seconds since the last heartbeat of the worker on each host that uses this data folder."""
    now = time.time()
    found = {path.name: max(0.0, now - path.stat().st_mtime) for path in folder().glob("*")}
    return {host: age for host, age in sorted(found.items()) if age < GONE_SECONDS}


@heartbeat_sent.connect
def touch(**_: object) -> None:
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder() / socket.gethostname()).touch()
