"""What a program asks of a list that goes by last changes. What is not understood is refused, never ignored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Protocol

from django.core import signing
from django.db.models import Q
from django.http import QueryDict

from boroughs.exceptions import LotiError
from boroughs.forms import moments
from boroughs.models import Category

# What every such list takes beside its own filters.
PLACE = ("updated_since", "limit", "cursor")
LIMIT, MOST = 20, 100


class NotUnderstood(LotiError):
    """The address asks for something that there is not."""


class Row(Protocol):
    """What has its place in such a list."""

    pk: Any
    updated_at: Any


@dataclass(frozen=True)
class ListQuery:
    """Rows are given in the order of their last change, the oldest first: one that changes meanwhile comes later."""

    where: Q
    limit: int

    ORDER: ClassVar = ("updated_at", "pk")

    def narrowed(self, where: Q) -> "ListQuery":
        return replace(self, where=self.where & where)


def read(parameters: QueryDict, *, filters: Sequence[str], salt: str) -> ListQuery:
    """The place in the list, still without its own `filters`. Raises NotUnderstood with the reason in words."""
    known = (*filters, *PLACE)
    if set(parameters) - set(known):
        raise NotUnderstood(f"Unknown parameters. Known are {', '.join(known)}.")
    where = Q()
    if "updated_since" in parameters:
        where &= Q(updated_at__gte=_moment(parameters.get("updated_since", "")))
    if "cursor" in parameters:
        where &= _after(parameters.get("cursor", ""), salt)
    return ListQuery(where, limit_of(parameters.get("limit", str(LIMIT))))


def cursor_after(row: Row, *, salt: str) -> str:
    """An opaque place in the list: everything that was changed after this row."""
    return signing.dumps([row.updated_at.isoformat(), row.pk], salt=salt)


def in_categories(wanted: Sequence[str], categories: Iterable[Category]) -> Q:
    """Those in one of the categories, which are given by slug; all where none is. Raises NotUnderstood."""
    if set(wanted) - {category.slug for category in categories}:
        raise NotUnderstood("There is no such category.")
    return Q(category__slug__in=wanted) if wanted else Q()


def _after(cursor: str, salt: str) -> Q:
    try:
        moment, pk = signing.loads(cursor, salt=salt)
    except signing.BadSignature as error:
        raise NotUnderstood("This cursor is not one of ours. Follow next from the first page.") from error
    at = datetime.fromisoformat(moment)
    return Q(updated_at__gt=at) | Q(updated_at=at, pk__gt=pk)


def _moment(text: str) -> datetime:
    try:
        return moments.read(text)
    except ValueError as error:
        raise NotUnderstood("updated_since must be a date and time like 2027-01-18T09:00:00.") from error


def limit_of(text: str) -> int:
    """How many rows a page has. Raises NotUnderstood."""
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MOST):
        raise NotUnderstood(f"limit must be a whole number from 1 to {MOST}.")
    return int(text)
