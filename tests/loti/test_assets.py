from collections.abc import Sequence
from pathlib import Path

import pytest

from loti import assets


class Npm:
    """Notes the commands and makes what they would make."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.commands: list[str] = []

    def __call__(self, command: Sequence[str | Path], **_: object) -> None:
        self.commands.append(" ".join(map(str, command[1:3])))
        folder = "node_modules" if command[1] == "ci" else "static/build"
        (self.base / folder).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Npm:
    monkeypatch.setattr(assets, "BASE", tmp_path)
    monkeypatch.setattr(assets, "SOURCES", tmp_path / "static" / "src")
    monkeypatch.setattr(assets, "BUILT", tmp_path / "static" / "build")
    monkeypatch.setattr(assets, "MODULES", tmp_path / "node_modules")
    (tmp_path / "static" / "src" / "scss").mkdir(parents=True)
    (tmp_path / "static" / "src" / "scss" / "site.scss").write_text("a {}", encoding="ascii")
    for name in ("package.json", "package-lock.json"):
        (tmp_path / name).write_text("{}", encoding="ascii")
    return Npm(tmp_path)


def test_assets_are_built_once(npm: Npm) -> None:
    assert assets.stale()
    assets.build(Path("/usr/bin"), npm)
    assert npm.commands == ["ci --omit=dev", "run build"]
    assert not assets.stale()


def test_changed_source_is_built_without_installing_again(npm: Npm, tmp_path: Path) -> None:
    assets.build(Path("/usr/bin"), npm)
    (tmp_path / "static" / "src" / "scss" / "new.scss").write_text("b {}", encoding="ascii")
    assert assets.stale()
    assets.build(Path("/usr/bin"), npm)
    assert npm.commands[2:] == ["run build"]


def test_changed_lock_installs_again(npm: Npm, tmp_path: Path) -> None:
    assets.build(Path("/usr/bin"), npm)
    (tmp_path / "package-lock.json").write_text('{"new": 1}', encoding="ascii")
    assert assets.stale()
    assets.build(Path("/usr/bin"), npm)
    assert npm.commands[2:] == ["ci --omit=dev", "run build"]


def test_tools_of_the_tests_come_when_they_are_asked_for_and_stay(npm: Npm) -> None:
    assets.build(Path("/usr/bin"), npm)
    assert assets.stale(tools=True)
    assets.build(Path("/usr/bin"), npm, tools=True)
    assert npm.commands[2:] == ["ci --no-audit", "run build"]
    assert not assets.stale(tools=True)
    assets.build(Path("/usr/bin"), npm)
    assert npm.commands[4:] == ["run build"]
    assert not assets.stale(tools=True)


def test_build_that_is_gone_is_made_again(npm: Npm, tmp_path: Path) -> None:
    assets.build(Path("/usr/bin"), npm)
    (tmp_path / "static" / "build" / ".stamp").unlink()
    assert assets.stale()


@pytest.mark.parametrize(("answer", "found"), [("v20.1.0", True), ("v18.0.0", True), ("v12.22.9", False), ("", False)])
def test_node_must_be_recent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, found: bool) -> None:
    monkeypatch.setenv("PATH", "/bin:/usr/bin")
    for name in ("node", "npm"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {answer}\n", encoding="ascii")
        (tmp_path / name).chmod(0o755)
    assert (assets.node_folder(tmp_path) == tmp_path) is found


def test_machine_without_npm_has_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert assets.node_folder() is None
