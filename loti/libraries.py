"""Programs and libraries that pip cannot bring: Pango and its company for PDF, Chromium for the browser tests.

Standard library only. As root on Debian or Ubuntu the set-up installs what is missing; elsewhere it says the line.
"""

import ctypes
import os
import platform
import shutil
from collections.abc import Sequence
from pathlib import Path

from loti.commands import CommandFailed, run
from loti.progress import say

# What WeasyPrint opens, and the Debian package of each.
PDF_LIBRARIES = {
    "libgobject-2.0.so.0": "libglib2.0-0",
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz.so.0": "libharfbuzz0b",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
    "libfontconfig.so.1": "fontconfig",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OTHER_SYSTEMS = {
    "dnf": "dnf install pango harfbuzz fontconfig",
    "apk": "apk add pango harfbuzz-subset fontconfig",
    "brew": "brew install pango",
}


def missing_for_pdf() -> list[str]:
    """Debian packages whose library does not load here. Empty where everything is there, or where names differ."""
    if platform.system() != "Linux":
        return []
    return [package for library, package in PDF_LIBRARIES.items() if not _loads(library)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def browser() -> str | None:
    """Path of a Chromium or Chrome on this machine; CHROMIUM names another."""
    named = os.environ.get("CHROMIUM", "")
    if named:
        return shutil.which(named)
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def may_install() -> bool:
    """Whether the set-up installs Debian packages by itself: as root, with apt-get, unless LOTI_NO_APT=1."""
    allowed = os.environ.get("LOTI_NO_APT", "") != "1"
    return allowed and os.geteuid() == 0 and Path("/etc/debian_version").exists() and bool(shutil.which("apt-get"))


def install(packages: Sequence[str]) -> None:
    """Install Debian packages; where that fails, say so and go on: everything else works without them."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    try:
        try:
            run(command, env=env)
        except CommandFailed:
            # The package lists of a fresh machine are empty or old.
            run(["apt-get", "update"], env=env)
            run(command, env=env)
    except CommandFailed as error:
        say(f"{error}\nMissing here: {consequence(packages)}.")


def consequence(packages: Sequence[str]) -> str:
    parts = []
    if "chromium" in packages:
        parts.append("Chromium, so the browser tests are left out")
    if any(package != "chromium" for package in packages):
        parts.append("libraries for PDF, so reports are marked as not available")
    return "; ".join(parts)


def advice(packages: Sequence[str]) -> str:
    """The line that installs the packages here, for somebody who may."""
    for tool, line in OTHER_SYSTEMS.items():
        if shutil.which(tool) and not shutil.which("apt-get"):
            return line
    return f"apt-get install -y --no-install-recommends {' '.join(packages)}"
