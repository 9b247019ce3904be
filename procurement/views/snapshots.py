"""Snapshots of the demand picture: as JSON, and two of them side by side."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_GET

from boroughs import permissions
from boroughs.models import User
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.models import Snapshot
from procurement.picture import document
from procurement.picture.summary import changed
from procurement.picture.telling import Telling

# So many snapshots stand in a list, the newest first. An older one has its address.
LISTED = 50
# So many joint demands that moved stand on the page.
ROWS = 200


@require_GET
def snapshot_json(request: HttpRequest, snapshot: str) -> HttpResponse:
    """The figures of a snapshot for programs: exact for who may see them; counts, names and told figures for others."""
    user = person(request)
    permissions.require(user, Permission.VIEW_DEMANDS)
    found = get_object_or_404(Snapshot, reference=snapshot)
    before = found.before()
    told = document.write(bytes(found.content), bytes(before.content) if before else None, telling=_telling(user))
    response = HttpResponse(told, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{found.reference}.json"'
    add_never_cache_headers(response)
    return response


@require_GET
def snapshot_compare(request: HttpRequest) -> HttpResponse:
    """What moved from one snapshot to another, in words and as a table; of the last two where none are named."""
    user = person(request)
    permissions.require(user, Permission.BUILD_REPORTS)
    telling = _telling(user)
    listed = list(Snapshot.objects.listed().newest_first()[:LISTED])
    compared = _named(request) if request.GET else listed[1::-1]
    told: dict[str, Any] = {"snapshots": listed}
    if len(compared) == 2:
        earlier, later = compared
        moved = document.moved(earlier.frozen(), later.frozen(), telling)
        told |= {
            "earlier": earlier,
            "later": later,
            "changes": moved,
            "exact": telling.exact,
            "sentences": document.open_sentences(changed(moved), telling),
            "demands": moved.demands[:ROWS],
            "left_out": max(0, len(moved.demands) - ROWS),
        }
    return render(request, "procurement/snapshots/compare.html", told)


def _telling(user: User) -> Telling:
    return Telling(exact=permissions.has(user, Permission.VIEW_EXACT_FIGURES))


def _named(request: HttpRequest) -> list[Snapshot]:
    """Both that were asked for, the earlier first, whichever was named first: what moved is told forwards."""
    asked = (request.GET.get("from", ""), request.GET.get("to", ""))
    found = {each.reference: each for each in Snapshot.objects.filter(reference__in=asked)}
    if not all(reference in found for reference in asked):
        raise Http404
    return sorted((found[reference] for reference in asked), key=lambda each: each.pk)
