"""Open contracting data over HTTP, in the shape of Find a Tender's API: its readers need only another address."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlencode

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, JsonResponse, QueryDict
from django.utils import timezone

from boroughs.exceptions import LotiError
from boroughs.forms import moments
from procurement.models import NoticeVersion
from procurement.ocds import package, releases
from procurement.ocds.publisher import Publisher
from procurement.queries import published
from procurement.views.public import open_data, public

LIMIT = 100
PARAMETERS = ("updatedFrom", "updatedTo", "limit", "cursor")
# An ocid, or the id of one of its releases.
NAME = re.compile(r"(?P<ocid>[\w-]+-jd-\d{1,12})(?:-(?P<reference>nt-\d{1,12})-(?P<number>[1-9]\d{0,5}))?", re.ASCII)
_signer = Signer(salt="ocds.cursor")


class BadRequest(LotiError):
    """The address asks for something that there is not."""


@open_data
@public
def release_packages(request: HttpRequest) -> HttpResponseBase:
    """A page of releases, newest first. `links.next` leads on; it is absent on the last page."""
    ours = Publisher.of(settings)
    try:
        rows, limit = _asked(request.GET)
    except BadRequest as refusal:
        return _error(HTTPStatus.BAD_REQUEST, str(refusal))
    found = list(rows[: limit + 1].values_list("pk", flat=True))
    following = ""
    if len(found) > limit:
        kept = {name: request.GET[name] for name in ("updatedFrom", "updatedTo") if name in request.GET}
        following = _address(ours, kept | {"limit": limit, "cursor": _cursor(found[limit - 1])})
    uri = _address(ours, {name: request.GET[name] for name in PARAMETERS if name in request.GET})
    asked = NoticeVersion.objects.whole().filter(pk__in=found[:limit]).order_by("-pk")
    built_from = releases.of(asked, publisher=ours, at=timezone.now())
    built = package.build(built_from, uri=uri, publisher=ours, next_uri=following, published=_now())
    return _json(built)


@open_data
@public
def release_package(request: HttpRequest, name: str) -> HttpResponseBase:
    """The releases of one ocid, oldest first, or the one release of that id."""
    ours = Publisher.of(settings)
    found = releases.of(_named(name, ours), publisher=ours, at=timezone.now())
    if not found:
        return _error(HTTPStatus.NOT_FOUND, "There is no published release or process of this id.")
    return _json(package.build(found, uri=ours.package_url(name), publisher=ours))


def _named(name: str, ours: Publisher) -> QuerySet[NoticeVersion]:
    found = NAME.fullmatch(name)
    demand = ours.demand(found["ocid"]) if found else None
    if found is None or demand is None:
        return NoticeVersion.objects.none()
    rows = NoticeVersion.objects.whole().in_order().filter(notice__demand__reference=demand)
    if found["reference"] is None:
        return rows
    return rows.filter(notice__reference=found["reference"].upper(), number=int(found["number"]))


def _asked(parameters: QueryDict) -> tuple[QuerySet[NoticeVersion], int]:
    """The rows and the limit that the address asks for. Raises BadRequest with the reason in words."""
    unknown = sorted(set(parameters) - set(PARAMETERS))
    if unknown:
        raise BadRequest(f"Unknown parameters. Known are {', '.join(PARAMETERS)}.")
    rows = published.releases(
        published_from=_moment(parameters, "updatedFrom"), published_to=_moment(parameters, "updatedTo")
    )
    if "cursor" in parameters:
        rows = rows.filter(pk__lt=_position(parameters.get("cursor", "")))
    return rows, _limit(parameters.get("limit", str(LIMIT)))


def _limit(value: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,2}", value, re.ASCII) or int(value) > LIMIT:
        raise BadRequest(f"limit must be a whole number from 1 to {LIMIT}.")
    return int(value)


def _moment(parameters: QueryDict, name: str) -> datetime | None:
    """A time as Find a Tender takes it: without a zone it is London's."""
    if name not in parameters:
        return None
    try:
        return moments.read(parameters.get(name, ""))
    except ValueError as error:
        raise BadRequest(f"{name} must be a date and time like 2027-01-18T09:00:00.") from error


def _cursor(key: int) -> str:
    """An opaque place in the list: everything published before this version."""
    return urlsafe_b64encode(_signer.sign(str(key)).encode()).decode().rstrip("=")


def _position(cursor: str) -> int:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return int(_signer.unsign(urlsafe_b64decode(padded.encode("ascii")).decode("ascii")))
    except (BadSignature, ValueError) as error:
        raise BadRequest("This cursor is not one of ours. Follow links.next from the first page.") from error


def _address(ours: Publisher, parameters: dict[str, object]) -> str:
    query = f"?{urlencode(parameters)}" if parameters else ""
    return ours.packages_url() + query


def _now() -> str:
    return timezone.now().replace(microsecond=0).isoformat()


def _json(value: dict[str, object], status: int = HTTPStatus.OK) -> JsonResponse:
    return JsonResponse(value, status=status, json_dumps_params={"ensure_ascii": False})


def _error(status: HTTPStatus, message: str) -> JsonResponse:
    return _json({"error": {"status": int(status), "message": message, "details": []}}, status=status)
