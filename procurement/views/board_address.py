"""Addresses of the board: with one filter more, with one less, and on the pages that lead to its list."""

from dataclasses import dataclass

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from procurement.forms.board import CHOICES, NAMES, PARAMETERS, Query
from procurement.queries.board_facets import Options


@dataclass(frozen=True)
class Chosen:
    """A filter that is set, and the address of the same page without it."""

    name: str
    label: str
    address: str


def chosen(request: HttpRequest, query: Query, options: Options) -> list[Chosen]:
    """Every filter that is set, in the order of the panel; the search first."""
    found = [Chosen("Search", query.filters.q, _without(request, "q", None))] if query.filters.q else []
    for name, name_of in CHOICES.items():
        found += [
            Chosen(NAMES[name], options.label(name_of, value), _without(request, name, value))
            for value in getattr(query.filters, name_of)
        ]
    return found


def listed(request: HttpRequest, **values: str) -> str:
    """The list under the filters of this page, where those of `values` are set anew."""
    return _address("board", kept(request), values)


def kept(request: HttpRequest) -> QueryDict:
    """What of the address asks something of the board, but for the page."""
    asked = QueryDict(mutable=True)
    for name in PARAMETERS:
        values = [value for value in request.GET.getlist(name) if value]
        if values and name != "page":
            asked.setlist(name, values)
    return asked


def with_filters(request: HttpRequest, name: str) -> str:
    """Another page of the board, under the same filters."""
    return _address(name, kept(request), {})


def _address(name: str, asked: QueryDict, values: dict[str, str]) -> str:
    for each, value in values.items():
        asked[each] = value
    return f"{reverse(name)}?{asked.urlencode()}".rstrip("?")


def _without(request: HttpRequest, name: str, value: str | None) -> str:
    asked = kept(request)
    left = [] if value is None else [each for each in asked.getlist(name) if each != value]
    if left:
        asked.setlist(name, left)
    else:
        asked.pop(name, None)
    return f"{request.path}?{asked.urlencode()}".rstrip("?")
