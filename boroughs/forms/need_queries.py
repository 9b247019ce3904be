"""What a program asks of the list of needs. What is not understood is refused, never ignored."""

from collections.abc import Sequence

from django.db.models import Q
from django.http import QueryDict

from boroughs.forms import list_queries
from boroughs.forms.list_queries import ListQuery, NotUnderstood
from boroughs.models import Category, Need

FILTERS = ("status", "category")
SALT = "needs.cursor"


def read(parameters: QueryDict, *, categories: Sequence[Category]) -> ListQuery:
    """Raises NotUnderstood with the reason in words."""
    asked = list_queries.read(parameters, filters=FILTERS, salt=SALT)
    where = list_queries.in_categories(parameters.getlist("category"), categories)
    if wanted := parameters.getlist("status"):
        if set(wanted) - set(Need.Status.values):
            raise NotUnderstood(f"There is no such status. Known are {', '.join(Need.Status.values)}.")
        where &= Q(status__in=wanted)
    return asked.narrowed(where)


def cursor_after(need: Need) -> str:
    return list_queries.cursor_after(need, salt=SALT)
