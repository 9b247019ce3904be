"""The way from `python3 manage.py …` on a bare machine to Django."""

import ast
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from loti import assets, bootstrap, libraries, packages
from loti.progress import Job

ROOT = Path(__file__).resolve().parents[2]


class Version(NamedTuple):
    major: int
    minor: int


@pytest.mark.parametrize("name", ["manage.py", "loti/__init__.py", "loti/bootstrap.py"])
def test_first_files_parse_on_old_pythons(name: str) -> None:
    ast.parse((ROOT / name).read_text(encoding="utf-8"), feature_version=(3, 7))


@pytest.mark.parametrize(
    "name",
    [
        "bootstrap",
        "packages",
        "assets",
        "libraries",
        "commands",
        "progress",
        "supervision/guarded",
        "supervision/guard",
    ],
)
def test_set_up_uses_the_standard_library_alone(name: str) -> None:
    allowed = sys.stdlib_module_names | {"loti"}
    for node in ast.walk(ast.parse((ROOT / "loti" / f"{name}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert {alias.name.split(".")[0] for alias in node.names} <= allowed
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] in allowed


@pytest.fixture
def without_django(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


@pytest.mark.usefixtures("without_django")
@pytest.mark.parametrize("version", [(3, 9), (3, 13)])
def test_other_python_without_ours_is_one_sentence(monkeypatch: pytest.MonkeyPatch, version: tuple[int, int]) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=rf"LOTI needs Python 3\.11; this is Python {version[0]}\.{version[1]}"):
        bootstrap.choose_python(["manage.py", "up"])


@pytest.mark.usefixtures("without_django")
def test_other_python_goes_on_in_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(sys, "version_info", (3, 9))
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(os, "execv", lambda program, argv: gone.append((program, argv)))
    bootstrap.choose_python(["manage.py", "up"])
    assert gone == [("/usr/bin/python3.11", ["/usr/bin/python3.11", "manage.py", "up"])]


def test_any_python_with_django_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 14))
    bootstrap.choose_python(["manage.py", "up"])


def test_switch_turns_the_set_up_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTI_NO_BOOTSTRAP", "1")
    monkeypatch.setattr(bootstrap, "set_up", lambda command: pytest.fail("set up"))
    bootstrap.prepare(["manage.py", "up"])


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """A machine that lacks everything; a test changes what it has."""
    state: dict[str, object] = {"own": False, "complete": (), "stale": True, "node": Path("/usr/bin"), "missing": []}
    state["tools"] = "there"
    monkeypatch.setattr(packages, "own", lambda: state["own"])
    monkeypatch.setattr(packages, "complete", lambda lock: lock in state["complete"])  # type: ignore[operator]
    monkeypatch.setattr(packages, "check_machine", lambda: None)
    monkeypatch.setattr(assets, "stale", lambda tools=False: state["stale"] or (tools and state["tools"] == "missing"))
    monkeypatch.setattr(assets, "node_folder", lambda *extra: state["node"])
    monkeypatch.setattr(libraries, "missing_for_pdf", lambda: list(state["missing"]))  # type: ignore[call-overload]
    monkeypatch.setattr(libraries, "browser", lambda: state.get("browser"))
    monkeypatch.setattr(libraries, "may_install", lambda: state.get("root", True))
    return state


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the jobs do, in their order."""
    log: list[str] = []
    monkeypatch.setattr(packages, "install", lambda lock, run: log.append(lock))
    monkeypatch.setattr(packages, "install_node", lambda run: log.append("node"))
    monkeypatch.setattr(
        assets,
        "build",
        lambda folder, run, tools: log.append(f"build with {folder}{' and tools' if tools else ''}"),
    )
    monkeypatch.setattr(libraries, "install", lambda names: log.append(f"apt {' '.join(names)}"))
    return log


Run = Callable[[list[Job]], None]


def carry_out(jobs: list[Job]) -> None:
    for job in jobs:
        job.run()


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("up", ["requirements.txt", "build with /usr/bin"]),
        ("test", ["requirements-dev.txt", "apt chromium", "build with /usr/bin and tools"]),
        ("migrate", ["requirements.txt"]),
    ],
)
def test_each_command_gets_what_it_needs(
    machine: dict[str, object], done: list[str], command: str, expected: list[str]
) -> None:
    carry_out(bootstrap.due(command))
    assert done == expected


def test_nothing_is_due_the_second_time(machine: dict[str, object], done: list[str]) -> None:
    machine |= {"complete": ("requirements.txt",), "stale": False}
    assert bootstrap.due("up") == []


def test_own_environment_still_gets_its_assets(machine: dict[str, object], done: list[str]) -> None:
    machine["own"] = True
    carry_out(bootstrap.due("up"))
    assert done == ["build with /usr/bin"]


def test_without_npm_node_comes_after_the_packages_and_before_the_build(
    machine: dict[str, object], done: list[str]
) -> None:
    machine["node"] = None
    jobs = bootstrap.due("up")
    assert len(jobs) == 1
    carry_out(jobs)
    assert done == ["requirements.txt", "node", f"build with {packages.VENV / 'bin'}"]


def test_without_npm_an_own_environment_is_asked_for_it(machine: dict[str, object]) -> None:
    machine |= {"own": True, "node": None}
    with pytest.raises(packages.SetUpFailed, match=r"pip install -r requirements-node\.txt"):
        bootstrap.due("up")


def test_tools_that_are_missing_are_due_for_the_tests_alone(machine: dict[str, object], done: list[str]) -> None:
    both = ("requirements.txt", "requirements-dev.txt")
    machine |= {"complete": both, "stale": False, "tools": "missing", "browser": "/usr/bin/chromium"}
    assert bootstrap.due("up") == []
    carry_out(bootstrap.due("test"))
    assert done == ["build with /usr/bin and tools"]


def test_own_environment_without_npm_passes_its_tests_without_the_tools(
    machine: dict[str, object], done: list[str]
) -> None:
    machine |= {"own": True, "node": None, "stale": False, "tools": "missing", "browser": "/usr/bin/chromium"}
    assert bootstrap.due("test") == []


def test_who_may_not_install_libraries_gets_the_line(
    machine: dict[str, object], done: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    machine |= {"missing": ["libpango-1.0-0"], "root": False, "complete": ("requirements.txt",), "stale": False}
    assert bootstrap.due("up") == []
    said = capsys.readouterr().out
    assert "reports are marked as not available" in said
    assert "libpango-1.0-0" in said


@pytest.mark.parametrize(("command", "stream"), [("up", "out"), ("test", "out"), ("evaluate_matching", "err")])
def test_set_up_does_not_write_into_what_a_command_prints(
    command: str, stream: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "due", lambda command: [Job("packages", lambda: None)])
    bootstrap.set_up(command)
    said = capsys.readouterr()
    assert "Setting up" in getattr(said, stream)
    assert "packages: 0.0 s" in getattr(said, stream)
    assert not (said.err if stream == "out" else said.out)


def test_failed_set_up_ends_with_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(command: str) -> list[Job]:
        raise packages.SetUpFailed("The disk is full.")

    monkeypatch.setattr(bootstrap, "due", fails)
    with pytest.raises(SystemExit, match="The disk is full"):
        bootstrap.set_up("up")


def test_set_up_by_itself_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(os, "execv", lambda *_: pytest.fail("started a program"))
    monkeypatch.setattr(bootstrap, "set_up", asked.append)
    bootstrap.main(["--dev"])
    bootstrap.main([])
    assert asked == ["test", "up"]
