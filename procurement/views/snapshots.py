"""Snapshots of the demand picture: as JSON, and two of them side by side."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_GET

from boroughs import permissions
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.models import Snapshot
from procurement.picture import changes, document
from procurement.picture.summary import changed

# So many snapshots stand in a list, the newest first. An older one has its address.
LISTED = 50
# So many joint demands that moved stand on the page.
ROWS = 200


@require_GET
def snapshot_json(request: HttpRequest, snapshot: str) -> HttpResponse:
    """The figures of a snapshot for programs: exact for who may see them, counts and names for the others."""
    user = person(request)
    permissions.require(user, Permission.VIEW_DEMANDS)
    exact = permissions.has(user, Permission.VIEW_EXACT_FIGURES)
    found = get_object_or_404(Snapshot, reference=snapshot)
    before = found.before() if exact else None
    told = document.write(bytes(found.content), bytes(before.content) if before else None, exact=exact)
    response = HttpResponse(told, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{found.reference}.json"'
    add_never_cache_headers(response)
    return response


@require_GET
def snapshot_compare(request: HttpRequest) -> HttpResponse:
    """What moved from one snapshot to another, in words and as a table; of the last two where none are named."""
    permissions.require(person(request), Permission.BUILD_REPORTS)
    listed = list(Snapshot.objects.listed().newest_first()[:LISTED])
    compared = _named(request) if request.GET else listed[1::-1]
    told: dict[str, Any] = {"snapshots": listed}
    if len(compared) == 2:
        earlier, later = compared
        moved = changes.between(earlier.frozen(), later.frozen())
        told |= {
            "earlier": earlier,
            "later": later,
            "changes": moved,
            "sentences": changed(moved),
            "demands": moved.demands[:ROWS],
            "left_out": max(0, len(moved.demands) - ROWS),
        }
    return render(request, "procurement/snapshots/compare.html", told)


def _named(request: HttpRequest) -> list[Snapshot]:
    """Both that were asked for, the earlier first, whichever was named first: what moved is told forwards."""
    asked = (request.GET.get("from", ""), request.GET.get("to", ""))
    found = {each.reference: each for each in Snapshot.objects.filter(reference__in=asked)}
    if not all(reference in found for reference in asked):
        raise Http404
    return sorted((found[reference] for reference in asked), key=lambda each: each.pk)
