"""What a program asks of the list of needs. What is not understood is refused, never ignored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Q
from django.http import QueryDict

from boroughs.exceptions import LotiError
from boroughs.forms import moments
from boroughs.models import Category, Need

PARAMETERS = ("status", "category", "updated_since", "limit", "cursor")
LIMIT, MOST = 20, 100
SALT = "needs.cursor"


class NotUnderstood(LotiError):
    """The address asks for something that there is not."""


@dataclass(frozen=True)
class NeedQuery:
    """Needs are given in the order of their last change, the oldest first: one that changes meanwhile comes later."""

    where: Q
    limit: int

    ORDER = ("updated_at", "pk")


def read(parameters: QueryDict, *, categories: Sequence[Category]) -> NeedQuery:
    """Raises NotUnderstood with the reason in words."""
    if set(parameters) - set(PARAMETERS):
        raise NotUnderstood(f"Unknown parameters. Known are {', '.join(PARAMETERS)}.")
    where = Q()
    if wanted := parameters.getlist("status"):
        where &= Q(status__in=_among("status", wanted, Need.Status.values))
    if wanted := parameters.getlist("category"):
        where &= Q(category__slug__in=_among("category", wanted, [category.slug for category in categories]))
    if "updated_since" in parameters:
        where &= Q(updated_at__gte=_moment(parameters.get("updated_since", "")))
    if "cursor" in parameters:
        where &= _after(parameters.get("cursor", ""))
    return NeedQuery(where, _limit(parameters.get("limit", str(LIMIT))))


def cursor_after(need: Need) -> str:
    """An opaque place in the list: everything that was changed after this need."""
    return signing.dumps([need.updated_at.isoformat(), need.pk], salt=SALT)


def _after(cursor: str) -> Q:
    try:
        moment, pk = signing.loads(cursor, salt=SALT)
    except signing.BadSignature as error:
        raise NotUnderstood("This cursor is not one of ours. Follow next from the first page.") from error
    at = datetime.fromisoformat(moment)
    return Q(updated_at__gt=at) | Q(updated_at=at, pk__gt=pk)


def _among(name: str, wanted: Sequence[str], known: Sequence[Any]) -> Sequence[str]:
    if set(wanted) - set(known):
        # Statuses are few; categories are told on the pages.
        among = f" Known are {', '.join(known)}." if name == "status" else ""
        raise NotUnderstood(f"There is no such {name}.{among}")
    return wanted


def _moment(text: str) -> datetime:
    try:
        return moments.read(text)
    except ValueError as error:
        raise NotUnderstood("updated_since must be a date and time like 2027-01-18T09:00:00.") from error


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MOST):
        raise NotUnderstood(f"limit must be a whole number from 1 to {MOST}.")
    return int(text)
