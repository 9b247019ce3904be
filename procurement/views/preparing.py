"""Finding the notice that a person prepares: for every page of the office that is about one."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from boroughs.models import User
from boroughs.views.signed_in import person
from procurement.models import Notice
from procurement.queries import drafting, published


def prepared(request: HttpRequest, reference: str) -> tuple[Notice, User]:
    """The notice and the person; the same refusal whether the notice exists or not."""
    user = person(request)
    drafting.require_any(user)
    if not published.is_reference(reference):
        raise Http404
    rows = drafting.notices_of(user).select_related("demand__category", "lead", "specification", "contact", "current")
    return get_object_or_404(rows, reference=reference), user
