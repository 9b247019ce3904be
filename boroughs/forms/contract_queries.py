"""What a program asks of a contract register. What is not understood is refused, never ignored."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q
from django.http import QueryDict

from boroughs.forms import list_queries
from boroughs.forms.json_fields import DAY
from boroughs.forms.list_queries import ListQuery, NotUnderstood
from boroughs.forms.text import clean_line
from boroughs.models import Category, Contract

FILTERS = ("reference", "category", "supplier", "ends_from", "ends_until", "closed")
SALT = "contracts.cursor"
YES_OR_NO = {"true": False, "false": True}


def read(parameters: QueryDict, *, categories: Sequence[Category]) -> ListQuery:
    """Raises NotUnderstood with the reason in words."""
    asked = list_queries.read(parameters, filters=FILTERS, salt=SALT)
    where = list_queries.in_categories(parameters.getlist("category"), categories)
    # Cleaned, because the database looks no text up that holds a NUL.
    if "reference" in parameters:
        where &= Q(reference__in=[clean_line(each) for each in parameters.getlist("reference")])
    if "supplier" in parameters:
        where &= Q(supplier__icontains=clean_line(parameters.get("supplier", "")))
    if "ends_from" in parameters:
        where &= Q(end_date__gte=_day("ends_from", parameters))
    if "ends_until" in parameters:
        where &= Q(end_date__lte=_day("ends_until", parameters))
    if "closed" in parameters:
        where &= _closed(parameters.get("closed", ""))
    return asked.narrowed(where)


def cursor_after(contract: Contract) -> str:
    return list_queries.cursor_after(contract, salt=SALT)


def _closed(text: str) -> Q:
    if text not in YES_OR_NO:
        raise NotUnderstood("closed must be true or false.")
    return Q(closed_at__isnull=YES_OR_NO[text])


def _day(name: str, parameters: QueryDict) -> date:
    text = parameters.get(name, "")
    try:
        if not DAY.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotUnderstood(f"{name} must be a date like 2027-03-31.") from error
