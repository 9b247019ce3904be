"""Documents that cannot lie: what the code has, the documents name."""

import re
from pathlib import Path

import pytest
from celery.schedules import crontab
from django.core.management import get_commands

from boroughs.background import SCHEDULE
from loti.management.commands import draw_lifecycles
from tests.architecture.test_routes import routes

ROOT = Path(__file__).resolve().parents[2]


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def environment_variables() -> set[str]:
    found = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', text("loti/settings.py")))
    for path in (ROOT / "loti").rglob("*.py"):
        found |= set(re.findall(r'environ(?:\.get)?[\[(]"(LOTI_[A-Z_]+)"', path.read_text(encoding="utf-8")))
    return found


@pytest.mark.parametrize("name", sorted(environment_variables()))
def test_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in text("docs/operations.md")


@pytest.mark.parametrize(
    "name", sorted(name for name, app in get_commands().items() if app in ("loti", "boroughs", "procurement"))
)
def test_command_is_documented(name: str) -> None:
    assert f"`{name}" in text("docs/operations.md") or f"manage.py {name}" in text("docs/operations.md")


def in_words(when: float | crontab) -> str:
    """As the table of what runs by the clock has it."""
    if not isinstance(when, crontab):
        return f"every {when:.0f} seconds"
    minutes = sorted(when.minute)
    if len(when.hour) == len(minutes) == 1:
        return f"{min(when.hour)}:{minutes[0]:02d}"
    assert len(when.hour) == 24, "a new kind of time needs words of its own"
    if minutes == list(range(0, 60, 60 // len(minutes))):
        return f"every {60 // len(minutes)} minutes"
    return f"{', '.join(map(str, minutes[:-1]))} and {minutes[-1]} minutes past"


@pytest.mark.parametrize("name", SCHEDULE)
def test_what_runs_by_the_clock_is_documented(name: str) -> None:
    table = text("docs/operations.md").partition("## What runs by the clock")[2].partition("## Settings")[0]
    assert f"| {in_words(SCHEDULE[name]['schedule'])} | " in table


def addresses_for_programs() -> list[str]:
    """The fixed beginning of each address of the API, the feed and the open data."""
    fixed = {route.pattern.partition("<")[0] for route in routes()}
    return sorted(each for each in fixed if each.startswith(("api/", "board/feed")))


@pytest.mark.parametrize("address", addresses_for_programs())
def test_address_for_programs_is_documented(address: str) -> None:
    assert f"`/{address}" in text("docs/api.md")


def test_lifecycles_are_those_of_the_models() -> None:
    assert text("docs/reference/lifecycles.md") == draw_lifecycles.document()


def test_architecture_decisions_are_listed_and_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
    index = text("docs/architecture.md")
    for path in (ROOT / "docs" / "adr").glob("[0-9]*.md"):
        assert path.name in index


def test_links_between_documents_lead_somewhere() -> None:
    missing = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))
        if "://" not in target and not (document.parent / target).exists()
    ]
    assert not missing


@pytest.mark.parametrize(
    "path", ["requirements.txt", "requirements-dev.txt", "requirements-node.txt", "package-lock.json"]
)
def test_lock_file_holds_no_address(path: str) -> None:
    assert "http://" not in text(path)
    assert "https://" not in text(path)
