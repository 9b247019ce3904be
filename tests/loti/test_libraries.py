import os
from pathlib import Path

import pytest

from loti import libraries
from loti.commands import CommandFailed


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    run: list[list[str]] = []
    monkeypatch.setattr(libraries, "run", lambda command, **_: run.append(list(command)))
    return run


def test_missing_libraries_are_named_by_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "_loads", lambda name: "harfbuzz-subset" not in name)
    assert libraries.missing_for_pdf() == ["libharfbuzz-subset0"]


def test_library_that_does_not_exist_does_not_load() -> None:
    assert not libraries._loads("libnowhere-1.0.so.0")
    assert libraries._loads("libc.so.6")


@pytest.mark.parametrize(("user", "variable", "allowed"), [(0, "", True), (0, "1", False), (1000, "", False)])
def test_only_root_installs_and_only_where_it_may(
    monkeypatch: pytest.MonkeyPatch, user: int, variable: str, allowed: bool
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setenv("LOTI_NO_APT", variable)
    monkeypatch.setattr(libraries.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(libraries.Path, "exists", lambda self: True)
    assert libraries.may_install() is allowed


def test_package_lists_are_refreshed_only_after_a_failure(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    libraries.install(["chromium"])
    assert [command[1] for command in commands] == ["install"]

    tried: list[str] = []

    def fails_at_first(command: list[str], **_: object) -> None:
        tried.append(command[1])
        if len(tried) == 1:
            raise CommandFailed("E: Unable to locate package")

    monkeypatch.setattr(libraries, "run", fails_at_first)
    libraries.install(["chromium"])
    assert tried == ["install", "update", "install"]


def test_failed_installation_goes_on_without(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(command: list[str], **_: object) -> None:
        raise CommandFailed("E: no network")

    monkeypatch.setattr(libraries, "run", fails)
    libraries.install(["libpango-1.0-0"])
    said = capsys.readouterr().out
    assert "E: no network" in said
    assert "reports are marked as not available" in said


def test_browser_may_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "my-chromium"
    program.write_text("#!/bin/sh\n", encoding="ascii")
    program.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(program))
    assert libraries.browser() == str(program)
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "missing"))
    assert libraries.browser() is None
