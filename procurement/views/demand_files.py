"""A joint demand to take away: as a document to work on, and as JSON.

POST freezes the moment first, so that the file names a snapshot to check it by: for those who may ask for a report of
it. GET tells the moment of the demand picture's page to everybody who may see joint demands, and keeps nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from boroughs import permissions
from boroughs.exceptions import PermissionRefused
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.actions import snapshots
from procurement.models import JointDemand, Report
from procurement.odt import demand, document
from procurement.picture import facts, one_document
from procurement.picture.facts import Facts, Frozen
from procurement.picture.telling import TOLD, Telling
from procurement.queries import picture_facts, reportable
from procurement.queries.live_picture import live_picture


@require_http_methods(["GET", "HEAD", "POST"])
def demand_odt(request: HttpRequest, reference: str) -> HttpResponse:
    return _file(request, reference, "odt", document.MIMETYPE, demand.render)


@require_http_methods(["GET", "HEAD", "POST"])
def demand_json(request: HttpRequest, reference: str) -> HttpResponse:
    return _file(request, reference, "json", "application/json", _json)


def _file(
    request: HttpRequest, reference: str, ending: str, content_type: str, made: Callable[..., bytes]
) -> HttpResponse:
    user = person(request)
    permissions.require(user, Permission.VIEW_DEMANDS)
    # Those of which the matcher is not sure are in no report.
    row = get_object_or_404(JointDemand.objects.current(), reference=reference, certainty=JointDemand.Certainty.SURE)
    way = reportable.way(user, kind=Report.Kind.DEMAND, subject=reference, members=reportable.members(reference))
    if request.method == "POST":
        if way is None:
            raise PermissionRefused("A snapshot is for those who may ask for a report of this joint demand.")
        content = bytes(snapshots.take(by=user).content)
    else:
        content = _now(reference)
    telling = Telling(exact=way.telling == Report.Telling.EXACT, own=way.own) if way else TOLD
    try:
        file = made(content, subject=row.reference, telling=telling)
    except LookupError:
        # None of its needs is open any more.
        raise Http404 from None
    response = HttpResponse(file, content_type=content_type)
    name = f"loti-{row.reference.lower()}-{timezone.localdate():%Y-%m-%d}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    add_never_cache_headers(response)
    return response


def _json(content: bytes, *, subject: str, telling: Telling) -> bytes:
    return one_document.write(content, kind="DEMAND", subject=subject, telling=telling)


def _now(reference: str) -> bytes:
    """As the bytes of a snapshot, without a reference: there is none. Only what tells of this joint demand, so that a
    London of thousands of needs is not written for it; of the picture that is kept, so that it is not read either."""
    at, held = _held(reference)
    demands = tuple(each for each in held.demands if each.reference == reference)
    members = {member.need for each in demands for member in each.members}
    needs = tuple(need for need in held.needs if need.reference in members)
    replaced = {need.contract for need in needs}
    only = replace(
        held,
        needs=needs,
        demands=demands,
        notices=tuple(notice for notice in held.notices if notice.demand == reference),
        contracts=tuple(contract for contract in held.contracts if contract.reference in replaced),
        results=tuple(result for result in held.results if result.demand == reference),
    )
    return facts.to_json(Frozen(facts.FORMAT, "", at, None, only))


def _held(reference: str) -> tuple[datetime, Facts]:
    """The facts of the picture that this process keeps, and of which moment they are. Where that does not show this
    joint demand yet, those of now: a picture that took long is kept for a while whatever is done."""
    live = live_picture()
    if any(each.reference == reference and each.is_sure for each in live.facts.demands):
        return live.at, live.facts
    with picture_facts.one_moment():
        return timezone.now(), picture_facts.read()
