"""Open contracting data over HTTP, in the shape of Find a Tender's API: its readers need only another address."""

import re
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from procurement.models import NoticeVersion
from procurement.ocds import package, record, releases
from procurement.ocds.publisher import Publisher
from procurement.queries import published
from procurement.views import ocds_parameters, open_data
from procurement.views.ocds_parameters import PARAMETERS, Asked, BadRequest
from procurement.views.public import stamp_of

# An ocid, or the id of one of its releases.
NAME = re.compile(r"(?P<ocid>[\w-]+-jd-\d{1,12})(?:-(?P<reference>nt-\d{1,12})-(?P<number>[1-9]\d{0,5}))?", re.ASCII)
NOTHING = "There is no published release or process of this id."


@open_data.open_to_programs
def release_packages(request: HttpRequest) -> HttpResponseBase:
    """A page of releases, newest first. `links.next` leads on; it is absent on the last page. Three queries."""
    ours = Publisher.of(settings)
    try:
        asked = ocds_parameters.read(request.GET)
    except BadRequest as refusal:
        return open_data.error(400, str(refusal))
    found = list(_rows(asked)[: asked.limit + 1].values_list("pk", flat=True))
    following = ""
    if len(found) > asked.limit:
        kept = {name: request.GET[name] for name in ("updatedFrom", "updatedTo", "stages") if name in request.GET}
        place = ocds_parameters.cursor(found[asked.limit - 1])
        following = _address(ours, kept | {"limit": asked.limit, "cursor": place})
    uri = _address(ours, {name: request.GET[name] for name in PARAMETERS if name in request.GET})
    rows = NoticeVersion.objects.whole().filter(pk__in=found[: asked.limit]).order_by("-pk")
    built_from = releases.of(rows, publisher=ours, at=timezone.now())
    since = stamp_of(request).changed_at.replace(microsecond=0).isoformat()
    return open_data.json(package.build(built_from, uri=uri, publisher=ours, next_uri=following, published=since))


@open_data.open_to_programs
def release_package(request: HttpRequest, name: str) -> HttpResponseBase:
    """The releases of one ocid, oldest first, or the one release of that id."""
    return _of_one(request, _named(name))


@open_data.open_to_programs
def record_package(request: HttpRequest, ocid: str) -> HttpResponseBase:
    """The record of one ocid: its releases, oldest first, and what they come to now."""
    found = NAME.fullmatch(ocid)
    rows = NoticeVersion.objects.none() if found is None or found["reference"] else _named(ocid)
    return _of_one(request, rows, is_record=True)


def _of_one(request: HttpRequest, rows: QuerySet[NoticeVersion], *, is_record: bool = False) -> HttpResponseBase:
    ours = Publisher.of(settings)
    try:
        ocds_parameters.none_but(request.GET, ())
    except BadRequest as refusal:
        return open_data.error(400, str(refusal))
    found = releases.of(rows, publisher=ours, at=timezone.now())
    if not found:
        return open_data.error(404, NOTHING)
    if is_record:
        return open_data.json(record.build(found, publisher=ours))
    uri = ours.site + request.path
    return open_data.json(package.build(found, uri=uri, publisher=ours))


def _named(name: str) -> QuerySet[NoticeVersion]:
    found = NAME.fullmatch(name)
    demand = Publisher.of(settings).demand(found["ocid"]) if found else None
    if found is None or demand is None:
        return NoticeVersion.objects.none()
    rows = NoticeVersion.objects.whole().in_order().filter(notice__demand__reference=demand)
    if found["reference"] is None:
        return rows
    return rows.filter(notice__reference=found["reference"].upper(), number=int(found["number"]))


def _rows(asked: Asked) -> QuerySet[NoticeVersion]:
    rows = published.releases(published_from=asked.updated_from, published_to=asked.updated_to)
    if not asked.is_planning:
        return rows.none()
    return rows if asked.before is None else rows.filter(pk__lt=asked.before)


def _address(ours: Publisher, parameters: dict[str, object]) -> str:
    query = f"?{urlencode(parameters)}" if parameters else ""
    return ours.packages_url() + query
