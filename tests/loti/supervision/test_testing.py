"""What `manage.py test` hands to pytest, and what it makes of the outcome."""

import pytest

from loti import libraries
from loti.management.commands.test import Command
from loti.supervision import testing
from loti.supervision.testing import PROCESSES, Outcome


@pytest.mark.parametrize(
    ("given", "browser", "expected"),
    [
        ([], "/usr/bin/chromium", [*PROCESSES]),
        (["-k", "health"], "/usr/bin/chromium", [*PROCESSES, "-k", "health"]),
        (["-n", "0"], "/usr/bin/chromium", ["-n", "0"]),
        (["--pdb"], "/usr/bin/chromium", ["--pdb"]),
        ([], None, [*PROCESSES, "-m", "not browser"]),
    ],
)
def test_options_of_pytest(given: list[str], browser: str | None, expected: list[str]) -> None:
    assert testing.options(given, browser) == expected


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    """The engines asked for; PostgreSQL's tests fail."""
    asked: list[tuple[str, list[str]]] = []

    def on_engine(engine: str, arguments: list[str], browser: str | None) -> Outcome:
        asked.append((engine, arguments))
        return Outcome(engine, int(engine == "PostgreSQL"), 12.3)

    monkeypatch.setattr(testing, "on_engine", on_engine)
    monkeypatch.setattr(libraries, "browser", lambda: "/usr/bin/chromium")
    return asked


def test_one_failing_engine_fails_all(runs: list[tuple[str, list[str]]], capsys: pytest.CaptureFixture[str]) -> None:
    assert testing.run(["SQLite", "PostgreSQL"], []) == 1
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "SQLite: passed in 12 s",
        "PostgreSQL: FAILED (pytest ended with 1) in 12 s",
    ]


def test_what_no_engine_answers_otherwise_is_tested_once(runs: list[tuple[str, list[str]]]) -> None:
    testing.run(["SQLite", "PostgreSQL"], [])
    testing.run(["PostgreSQL"], [])
    testing.run(["SQLite", "PostgreSQL"], ["tests/matching"])
    assert [(engine, "--second-engine" in given) for engine, given in runs] == [
        ("SQLite", False),
        ("PostgreSQL", True),
        ("PostgreSQL", False),
        ("SQLite", False),
        ("PostgreSQL", False),
    ]


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_missing_browser_fails_only_where_all_must_run(
    runs: list[tuple[str, list[str]]], monkeypatch: pytest.MonkeyPatch, ci: str, code: int
) -> None:
    monkeypatch.setattr(libraries, "browser", lambda: None)
    monkeypatch.setenv("CI", ci)
    assert testing.run(["SQLite"], []) == code


@pytest.mark.parametrize(
    ("line", "engines", "rest"),
    [
        ([], ["SQLite", "PostgreSQL"], []),
        (["--sqlite-only"], ["SQLite"], []),
        (
            ["tests/loti", "--postgres-only", "-k", "x or y", "-vv"],
            ["PostgreSQL"],
            ["tests/loti", "-k", "x or y", "-vv"],
        ),
    ],
)
def test_command_line_is_split(
    monkeypatch: pytest.MonkeyPatch, line: list[str], engines: list[str], rest: list[str]
) -> None:
    asked: list[tuple[list[str], list[str]]] = []
    monkeypatch.setattr(testing, "run", lambda engines, rest: asked.append((list(engines), list(rest))) or 0)
    Command().run_from_argv(["manage.py", "test", *line])
    assert asked == [(engines, rest)]


def test_pytest_does_not_see_the_callers_services(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, str] = {}
    monkeypatch.setenv("DATABASE_URL", "postgresql://production/loti")
    monkeypatch.setenv("REDIS_URL", "redis://production/0")
    monkeypatch.setattr(testing, "pytest", lambda arguments, env: seen.update(env) or 0)

    outcome = testing.on_engine("SQLite", [], None)

    assert outcome.code == 0
    assert not {"DATABASE_URL", "REDIS_URL"} & set(seen)
    assert seen["LOTI_ENV"] == "test"
