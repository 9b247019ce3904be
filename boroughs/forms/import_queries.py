"""What a program asks of its imports and of their rows. What is not understood is refused, never ignored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import Q
from django.http import QueryDict

from boroughs.forms.list_queries import LIMIT, NotUnderstood, limit_of
from boroughs.models import DataImport, ImportRow

SALT, ROW_SALT = "imports.cursor", "import-rows.cursor"
PLACE = ("limit", "cursor")


@dataclass(frozen=True)
class Asked:
    where: Q
    limit: int


def imports(parameters: QueryDict) -> Asked:
    """Which imports, the newest first. Raises NotUnderstood with the reason in words."""
    _refuse_unknown(parameters, ("noun", *PLACE))
    where = _one_of("noun", parameters, DataImport.Noun.values)
    if "cursor" in parameters:
        where &= Q(pk__lt=_place(parameters.get("cursor", ""), SALT))
    return Asked(where, limit_of(parameters.get("limit", str(LIMIT))))


def rows(parameters: QueryDict) -> Asked:
    """Which rows of an import, by their lines. Raises NotUnderstood with the reason in words."""
    _refuse_unknown(parameters, ("verdict", *PLACE))
    where = _one_of("verdict", parameters, ImportRow.Verdict.values)
    if "cursor" in parameters:
        where &= Q(line__gt=_place(parameters.get("cursor", ""), ROW_SALT))
    return Asked(where, limit_of(parameters.get("limit", str(LIMIT))))


def cursor_after(data_import: DataImport) -> str:
    """The place of all that are older."""
    return signing.dumps(data_import.pk, salt=SALT)


def cursor_after_row(row: ImportRow) -> str:
    """The place of all lines after this one."""
    return signing.dumps(row.line, salt=ROW_SALT)


def _refuse_unknown(parameters: QueryDict, known: Sequence[str]) -> None:
    if set(parameters) - set(known):
        raise NotUnderstood(f"Unknown parameters. Known are {', '.join(known)}.")


def _one_of(name: str, parameters: QueryDict, values: Sequence[Any]) -> Q:
    if name not in parameters:
        return Q()
    if parameters[name] not in values:
        raise NotUnderstood(f"{name} must be one of {', '.join(values)}.")
    return Q(**{name: parameters[name]})


def _place(cursor: str, salt: str) -> Any:
    try:
        return signing.loads(cursor, salt=salt)
    except signing.BadSignature as error:
        raise NotUnderstood("This cursor is not one of ours. Follow next from the first page.") from error
