"""The Python environment of the set-up: .venv beside manage.py, from the lock files. Standard library only.

An environment that is not ours (an active venv, a container, another tool's .venv) is left alone: if Django is
importable there, that environment is used as it is.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
VENV = BASE / ".venv"
STAMP = VENV / ".loti-stamp"
RUNTIME = "requirements.txt"
# Holds everything of requirements.txt too, at the same versions.
DEVELOPMENT = "requirements-dev.txt"
NODE = "requirements-node.txt"
# What .venv, node_modules and a start need, in bytes.
ROOM = 1_500_000_000

Run = Callable[..., None]


class SetUpFailed(RuntimeError):
    """The set-up cannot go on; the text is one sentence that says what to do."""


def python() -> Path:
    return VENV / "bin" / "python"


def inside() -> bool:
    """Whether this interpreter is that of .venv."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def own() -> bool:
    """Whether the environment is the caller's own, which the set-up does not touch."""
    if importlib.util.find_spec("django") is None:
        return False
    return not (inside() and STAMP.exists())


def complete(lock: str) -> bool:
    """Whether .venv holds what the lock file names."""
    try:
        stamps = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if not usable():
        return False
    enough = (lock, DEVELOPMENT) if lock == RUNTIME else (lock,)
    return any(stamps.get(name) == digest(name) for name in enough)


def digest(lock: str) -> str:
    """Of the lock file and of the Python that .venv was made with."""
    return hashlib.sha256((BASE / lock).read_bytes() + (VENV / "pyvenv.cfg").read_bytes()).hexdigest()


def usable() -> bool:
    """Whether .venv can run: its interpreter may have gone with an update of the system."""
    return python().exists() and (VENV / "pyvenv.cfg").exists() and (VENV / "lib" / _version()).is_dir()


def _version() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def check_machine() -> None:
    """Raise SetUpFailed for what would stop the installation half-way."""
    if not os.access(BASE, os.W_OK):
        raise SetUpFailed(f"{BASE} cannot be written to by this user: use a copy that you own.")
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SetUpFailed(f"This Python has no venv module: run `apt-get install -y python{version}-venv` first.")
    free = shutil.disk_usage(BASE).free
    if free < ROOM:
        needed = ROOM // 1_000_000
        raise SetUpFailed(f"The disk of {BASE} has {free // 1_000_000} MB free; the set-up needs {needed} MB.")


def install(lock: str, run: Run) -> None:
    """Make .venv where it is missing or broken, and install the lock file into it."""
    if not usable():
        run([sys.executable, "-m", "venv", "--clear", VENV])
    # Until the end an empty stamp marks the environment as ours and unfinished.
    STAMP.write_text("{}", encoding="utf-8")
    _pip(lock, run)
    STAMP.write_text(json.dumps({lock: digest(lock)}), encoding="utf-8")


def install_node(run: Run) -> None:
    """node and npm from PyPI (some 200 MB), for machines that have none."""
    _pip(NODE, run)


def _pip(lock: str, run: Run) -> None:
    # Python compiles what it imports as it goes; compiling everything first takes as long as all the rest.
    exact = ["--require-hashes", "--no-deps", "--no-compile"]
    quiet = ["--no-input", "--progress-bar", "off", "--disable-pip-version-check"]
    run([python(), "-m", "pip", "install", *exact, *quiet, "-r", BASE / lock])
