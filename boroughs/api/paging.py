"""Lists that programs read page by page, each page from where the one before it ended."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from boroughs.forms.list_queries import LIMIT, MOST

PLACE = [
    OpenApiParameter(
        "updated_since", str, description="Changed then or later: 2027-01-18T09:00:00, London's unless it has an offset"
    ),
    OpenApiParameter("limit", int, description=f"Entries of a page: 1 to {MOST}, {LIMIT} by default"),
    OpenApiParameter("cursor", str, description="The place to go on from, as `next` gives it"),
]


def following(request: Request, cursor: str, *, name: str, args: Sequence[Any] = ()) -> str:
    """The same question from another place on; `name` is the list's address."""
    kept = [(each, value) for each, values in request.query_params.lists() for value in values if each != "cursor"]
    return f"{settings.SITE_URL}{reverse(name, args=args)}?{urlencode([*kept, ('cursor', cursor)])}"
