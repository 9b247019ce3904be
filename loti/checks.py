"""System checks of the deployment: what would work in a trial and fail later."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from loti import libraries

LOCAL_HOSTS = ("", "localhost", "127.0.0.1", "::1")
# File systems on which SQLite's locks do not hold, by the names of /proc/mounts.
NETWORK_FILE_SYSTEMS = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "fuse.glusterfs", "ceph", "afs", "lustre")
MOUNTS = Path("/proc/mounts")


@register
def check_sqlite(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    database = settings.DATABASES["default"]
    if "sqlite3" not in database["ENGINE"]:
        return []
    found: list[CheckMessage] = []
    if settings.PRODUCTION and urlsplit(settings.REDIS_URL).hostname not in (None, *LOCAL_HOSTS):
        found.append(
            Warning(
                "SQLite serves the processes of one machine only, and REDIS_URL points to another.",
                hint="Set DATABASE_URL to a PostgreSQL database.",
                id="loti.W001",
            )
        )
    kind = file_system(Path(database["NAME"]))
    if kind in NETWORK_FILE_SYSTEMS:
        found.append(
            Error(
                f"The SQLite database lies on a network file system ({kind}), where its locks do not hold.",
                hint="Set LOTI_VAR_DIR to a local folder, or DATABASE_URL to a PostgreSQL database.",
                id="loti.E001",
            )
        )
    return found


@register
def check_pdf_libraries(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    missing = libraries.missing_for_pdf()
    if not missing:
        return []
    hint = libraries.advice(missing)
    return [Warning("Libraries for PDF are missing, so reports cannot be built here.", hint=hint, id="loti.W002")]


@register
def check_webhooks(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if not (settings.PRODUCTION and settings.WEBHOOK_LOOPBACK):
        return []
    problem = "WEBHOOK_LOOPBACK lets strangers have messages sent to services of this machine."
    return [Error(problem, hint="Leave it out in production.", id="loti.E002")]


def file_system(path: Path) -> str:
    """Kind of the file system that holds the path ("ext4"); "" where the system does not say."""
    try:
        mounts = [line.split() for line in MOUNTS.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return ""
    resolved = path.resolve()
    holding = [
        (len(mount[1]), mount[2])
        for mount in mounts
        if len(mount) > 2 and resolved.is_relative_to(_unescaped(mount[1]))
    ]
    return max(holding, default=(0, ""))[1]


def _unescaped(folder: str) -> str:
    """/proc/mounts writes blanks as octal numbers."""
    return folder.replace("\\040", " ").replace("\\011", "\t")
