"""Triggers that make the database itself refuse to change or delete rows of a table, on PostgreSQL and on SQLite.

Used by migrations. Whoever must correct such a table needs to drop the trigger first, which leaves a trace in the
database's own log; the application cannot.
"""

from collections.abc import Callable
from typing import Any

from django.db.migrations import RunPython


def refuse_changes(table: str) -> RunPython:
    """A reversible operation that adds the triggers to `table`."""
    return RunPython(_adder(table), _remover(table))


def _adder(table: str) -> Callable[[Any, Any], None]:
    def add(apps: Any, editor: Any) -> None:
        for statement in CREATE[editor.connection.vendor]:
            editor.execute(statement.format(table=table))

    return add


def _remover(table: str) -> Callable[[Any, Any], None]:
    def remove(apps: Any, editor: Any) -> None:
        for statement in DROP[editor.connection.vendor]:
            editor.execute(statement.format(table=table))

    return remove


CREATE = {
    "sqlite": [
        "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
        "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        "CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
    ],
}
DROP = {
    "sqlite": ["DROP TRIGGER {table}_no_update", "DROP TRIGGER {table}_no_delete"],
    "postgresql": ["DROP TRIGGER {table}_no_change ON {table}", "DROP FUNCTION {table}_refuse()"],
}
