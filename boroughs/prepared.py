"""Queries whose SQL is put together once in a process.

Django puts the SQL of a queryset together anew whenever it is asked, and that takes several times as long as a database
takes to answer a small question: for a page that asks a dozen it is most of the cost. Of a function decorated with
`prepared` only the first call puts SQL together; from then on only its values are new. No answer is kept: each call
asks the database.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, QuerySet
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

Asked = ParamSpec("Asked")
Row = TypeVar("Row")

# The name of each value, and for a list how many it has: SQL has a placeholder for each.
Shape = tuple[tuple[str, int | None], ...]
# Of each function: one for each length of a list, and few people work for several boroughs.
STATEMENTS_KEPT = 64


@dataclass(frozen=True)
class Place:
    """What the SQL has for a parameter until the value is known: the name, and the position in a list."""

    name: str
    position: int | None


class Slot(Expression):
    """Stands in a queryset where a value, or a list of so many, is to be."""

    def __init__(self, name: str, length: int | None) -> None:
        super().__init__()
        self.name = name
        self.length = length

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        if self.length is None:
            return "%s", [Place(self.name, None)]
        if not self.length:
            raise EmptyResultSet
        return f"({', '.join(['%s'] * self.length)})", [Place(self.name, each) for each in range(self.length)]


@dataclass(frozen=True)
class Statement:
    """A query's SQL, which lacks only the values."""

    query: Query
    sql: str
    # A Place where a value is wanted.
    parameters: Sequence[Any]
    columns: Sequence[Expression]

    def rows(self, values: dict[str, Any]) -> list[Any]:
        """Asks the database with these values."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [_filled(each, values) for each in self.parameters])
            found: list[Any] = cursor.fetchall()
        # As Django reads rows: SQLite, for one, has no dates of its own.
        compiler = self.query.get_compiler(DEFAULT_DB_ALIAS)
        if converters := compiler.get_converters(self.columns):
            return [tuple(row) for row in compiler.apply_converters(found, converters)]
        return found


def prepared(build: Callable[Asked, QuerySet[Any, Row]]) -> Callable[Asked, list[Row]]:
    """The rows of the queryset that `build` gives, in one query.

    What is given by position is part of the SQL, such as a limit: each one makes SQL of its own. What is given by
    keyword is a value: a number, a text, a day, a moment, or a list of these; never None. `build` sees slots in place
    of values, and may do nothing with them but hand them to the queryset, which ends in `values_list`.
    """

    @lru_cache(maxsize=STATEMENTS_KEPT)
    def statement(fixed: tuple[Hashable, ...], shape: Shape, vendor: str) -> Statement | None:
        """None where the database need not be asked: something is wanted among none."""
        slots = {name: Slot(name, length) for name, length in shape}
        query = cast(Any, build)(*fixed, **slots).query
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            sql, parameters = compiler.as_sql()
        except EmptyResultSet:
            return None
        columns = [column for column, *_ in compiler.select[: compiler.col_count]]
        return Statement(query, sql, parameters, columns)

    @wraps(build)
    def ask(*fixed: Asked.args, **values: Asked.kwargs) -> list[Row]:
        shape = tuple((name, len(each) if isinstance(each, list) else None) for name, each in values.items())
        wanted = statement(fixed, shape, connection.vendor)
        return wanted.rows(values) if wanted else []

    return ask


def _filled(parameter: Any, values: dict[str, Any]) -> Any:
    if not isinstance(parameter, Place):
        return parameter
    value = values[parameter.name]
    if parameter.position is not None:
        value = value[parameter.position]
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
