"""When .venv is complete, when it is somebody else's, and what stops an installation before it starts."""

import importlib.util
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from loti import packages


class Installation:
    """Stands for pip and venv: notes the commands, and makes the folder that `python -m venv` would make."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.commands: list[list[str]] = []
        self.fails = False

    def __call__(self, command: Sequence[str | Path], **_: object) -> None:
        self.commands.append([str(part) for part in command])
        if "venv" in command:
            self.make()
        elif self.fails:
            raise RuntimeError("pip failed")

    def make(self) -> None:
        (self.base / ".venv" / "bin").mkdir(parents=True, exist_ok=True)
        (self.base / ".venv" / "bin" / "python").touch()
        (self.base / ".venv" / "pyvenv.cfg").write_text("version = 3.11.7\n", encoding="ascii")
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        (self.base / ".venv" / "lib" / version).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setattr(packages, "BASE", tmp_path)
    monkeypatch.setattr(packages, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(packages, "STAMP", tmp_path / ".venv" / ".loti-stamp")
    for lock in (packages.RUNTIME, packages.DEVELOPMENT, packages.NODE):
        (tmp_path / lock).write_text(f"# {lock}\n", encoding="ascii")
    return Installation(tmp_path)


def test_installed_environment_is_complete_until_the_lock_changes(pip: Installation, tmp_path: Path) -> None:
    assert not packages.complete(packages.RUNTIME)
    packages.install(packages.RUNTIME, pip)
    assert packages.complete(packages.RUNTIME)
    assert not packages.complete(packages.DEVELOPMENT)

    (tmp_path / packages.RUNTIME).write_text("django==5.2.20\n", encoding="ascii")
    assert not packages.complete(packages.RUNTIME)


def test_development_environment_serves_too(pip: Installation) -> None:
    packages.install(packages.DEVELOPMENT, pip)
    assert packages.complete(packages.RUNTIME)


def test_every_package_is_checked_against_its_digest(pip: Installation, tmp_path: Path) -> None:
    packages.install(packages.RUNTIME, pip)
    (command,) = [command for command in pip.commands if "pip" in command]
    assert "--require-hashes" in command
    assert command[0] == str(tmp_path / ".venv" / "bin" / "python")


def test_installation_that_broke_off_is_ours_and_not_complete(
    pip: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip.fails = True
    with pytest.raises(RuntimeError):
        packages.install(packages.RUNTIME, pip)
    assert not packages.complete(packages.RUNTIME)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    assert not packages.own()


def test_environment_is_made_anew_when_its_python_has_gone(pip: Installation, tmp_path: Path) -> None:
    packages.install(packages.RUNTIME, pip)
    (tmp_path / ".venv" / "bin" / "python").unlink()
    assert not packages.complete(packages.RUNTIME)

    packages.install(packages.RUNTIME, pip)
    assert len([command for command in pip.commands if "venv" in command]) == 2


def test_stamp_that_is_no_json_is_not_complete(pip: Installation, tmp_path: Path) -> None:
    pip.make()
    packages.STAMP.write_text("rubbish", encoding="ascii")
    assert not packages.complete(packages.RUNTIME)


@pytest.mark.parametrize(
    ("inside", "stamp", "own"),
    [
        # Django is importable in all of them: a container or an active environment, somebody's .venv, our .venv.
        (False, False, True),
        (False, True, True),
        (True, False, True),
        (True, True, False),
    ],
)
def test_environment_of_somebody_else_is_left_alone(
    pip: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: bool, stamp: bool, own: bool
) -> None:
    pip.make()
    monkeypatch.setattr(sys, "prefix", str(tmp_path / (".venv" if inside else "other")))
    if stamp:
        packages.STAMP.write_text(json.dumps({}), encoding="ascii")
    assert packages.own() is own


def test_without_django_the_environment_is_ours_to_make(pip: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert not packages.own()


def test_missing_venv_module_names_the_package(pip: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object())
    with pytest.raises(packages.SetUpFailed, match=r"apt-get install -y python3\.\d+-venv"):
        packages.check_machine()


def test_full_disk_is_said_before_the_start(pip: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 9 * 10**8, 10**8))
    with pytest.raises(packages.SetUpFailed, match="has 100 MB free"):
        packages.check_machine()


def test_folder_of_somebody_else_is_said(pip: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages.os, "access", lambda path, mode: False)
    with pytest.raises(packages.SetUpFailed, match="cannot be written to by this user"):
        packages.check_machine()
