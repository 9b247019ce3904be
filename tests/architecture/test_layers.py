"""Rules of docs/architecture.md that a linter cannot hold."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("boroughs", "procurement")
MAX_LINES = 400
MAX_TASK_LINES = 10

WRITES = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete"}


def product_files() -> list[Path]:
    return [
        path for app in ("loti", *APPS) for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts
    ]


@pytest.mark.parametrize("path", product_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_file_is_within_its_budget(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


def writes_in(path: Path) -> Iterator[str]:
    """Calls that write through the ORM: by name, and `update` on something that was queried."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        receiver = ast.unparse(node.func.value)
        queried = ".objects" in receiver or ".filter(" in receiver or ".members" in receiver
        if (node.func.attr in WRITES and queried) or (node.func.attr == "update" and queried):
            yield f"{path.relative_to(ROOT)}:{node.lineno} {receiver}.{node.func.attr}()"
        if node.func.attr == "save" and not node.args and receiver not in ("form", "super()"):
            yield f"{path.relative_to(ROOT)}:{node.lineno} {receiver}.save()"


# The audit trail is written from within every action's transaction.
WRITERS = {ROOT / "boroughs" / "audit.py"}


def test_only_actions_and_models_write() -> None:
    offenders = [
        found
        for path in product_files()
        if path not in WRITERS and not {"actions", "models"} & set(path.parts)
        for found in writes_in(path)
    ]
    assert not offenders


def test_the_rule_on_writes_finds_a_write(tmp_path: Path) -> None:
    """The rule above can fail."""
    sample = ROOT / "procurement" / "actions" / "rulings.py"
    assert any("Decision.objects.create" in found for found in writes_in(sample))


def task_functions() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for app in APPS:
        path = ROOT / app / "tasks.py"
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                yield path, node


def test_tasks_are_thin() -> None:
    thick = [node.name for _, node in task_functions() if (node.end_lineno or 0) - node.lineno + 1 > MAX_TASK_LINES]
    assert not thick


def test_no_messages_are_sent_but_by_the_bell() -> None:
    """`delay` and `apply_async` elsewhere would make a request depend on the broker."""
    offenders = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in product_files()
        if path.name != "background.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("delay", "apply_async", "delay_on_commit", "send_task")
    ]
    assert not offenders
