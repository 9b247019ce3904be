"""Style sheets, fonts and scripts: built by npm from static/src into static/build. Standard library only.

Nothing is done while the sources are what they were at the last build.
"""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
SOURCES = BASE / "static" / "src"
BUILT = BASE / "static" / "build"
MODULES = BASE / "node_modules"
# Debian 12 has 18; sass and govuk-frontend ask for no more.
OLDEST_NODE = 18
WITH_TOOLS = " with tools"

Run = Callable[..., None]


def stale(*, tools: bool = False) -> bool:
    """Whether a build would give anything else than what is there, or the `tools` of the tests are missing."""
    return _read(BUILT / ".stamp") != sources_digest() or (tools and not _installed(tools=True))


def sources_digest() -> str:
    digest = hashlib.sha256()
    files = [BASE / "package.json", BASE / "package-lock.json", *sorted(p for p in SOURCES.rglob("*") if p.is_file())]
    for file in files:
        digest.update(str(file.relative_to(BASE)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def node_folder(*extra: Path) -> Path | None:
    """Folder that has node (18 or later) and npm: one of `extra`, else on PATH; None where there is none."""
    search = os.pathsep.join([*map(str, extra), os.environ.get("PATH", "")])
    node, npm = shutil.which("node", path=search), shutil.which("npm", path=search)
    if not node or not npm:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = re.match(r"v(\d+)\.", answer)
    return Path(npm).parent if major and int(major[1]) >= OLDEST_NODE else None


def build(folder: Path, run: Run, *, tools: bool = False) -> None:
    """Install what package-lock.json names, where it changed, and build. `folder` has node and npm.

    What only the tests need, some 110 MB, comes with `tools`.
    """
    env = {**os.environ, "PATH": os.pathsep.join([str(folder), os.environ.get("PATH", "")])}
    npm = str(folder / "npm")
    if not _installed(tools=tools):
        run([npm, "ci", *([] if tools else ["--omit=dev"]), "--no-audit", "--no-fund"], env=env, cwd=BASE)
        (MODULES / ".loti-stamp").write_text(_lock_digest() + (WITH_TOOLS if tools else ""), encoding="ascii")
    digest = sources_digest()
    run([npm, "run", "build"], env=env, cwd=BASE)
    (BUILT / ".stamp").write_text(digest, encoding="ascii")


def _installed(*, tools: bool) -> bool:
    stamp, lock = _read(MODULES / ".loti-stamp"), _lock_digest()
    return stamp == lock + WITH_TOOLS or (stamp == lock and not tools)


def _lock_digest() -> str:
    return hashlib.sha256((BASE / "package-lock.json").read_bytes()).hexdigest()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""
