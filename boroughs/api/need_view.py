"""What all views of needs share: who is let in, how a body is read, and the tokens against writing over each other."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.http import parse_etags
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from boroughs import permissions
from boroughs.actions import amendments
from boroughs.api.authentication import TokenAuthentication
from boroughs.api.errors import ErrorSerializer, error_body
from boroughs.api.need_shapes import etag_of
from boroughs.api.parsing import StrictJSONParser
from boroughs.models import Amendment, Need
from boroughs.permissions import Permission, Reader

# Bytes of any kind arrive in an address; only what may be a reference is looked up.
LOOKS_LIKE_A_NEED = re.compile(r"N-\d{1,12}", re.ASCII)

MOST_READ_OUT, READ_AT_ONCE = 32 * 1024 * 1024, 64 * 1024


class PreconditionRequired(APIException):
    status_code = HTTPStatus.PRECONDITION_REQUIRED
    default_detail = "Send If-Match with the ETag of what you had read, so that nothing is written over unseen."


class NeedView(APIView):
    authentication_classes = (TokenAuthentication, SessionAuthentication)
    parser_classes = (StrictJSONParser,)
    # What the addresses take is said by the description, /api/schema/.
    metadata_class = None

    @property
    def reader(self) -> Reader:
        return cast(Reader, self.request.user)

    @property
    def sent(self) -> dict[str, Any]:
        """The body: one JSON object, empty where nothing was sent. Reading it may raise what the parser raises."""
        return cast(dict[str, Any], self.request.data)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, RequestDataTooBig):
            self._read_out()
        return super().handle_exception(exc)

    def _read_out(self) -> None:
        """Many programs send the whole body before they read an answer, and would only see the connection break."""
        left = MOST_READ_OUT
        while left > 0 and (part := self.request.stream.read(READ_AT_ONCE)):
            left -= len(part)

    def finalize_response(self, request: HttpRequest, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(cast(Request, request), response, *args, **kwargs)
        add_never_cache_headers(answer)
        patch_vary_headers(answer, ["Authorization"])
        return answer

    def need(self, reference: str, *, write: bool = False) -> Need:
        """The need, with the right to write it where that is meant. Foreign and missing ones answer alike: 404."""
        looked_up = permissions.visible_needs(self.reader).whole().filter(reference=reference)
        found = looked_up.first() if LOOKS_LIKE_A_NEED.fullmatch(reference) else None
        if found is None:
            raise Http404
        if write:
            permissions.require(self.reader, Permission.EDIT_NEEDS, found.borough)
        return found

    def amendment(self, reference: str, *, write: bool = False) -> Amendment:
        """The amendment that is being written or waits, for its own borough; 404 where there is none."""
        need = self.need(reference)
        own = permissions.has(self.reader, Permission.VIEW_NEEDS, need.borough)
        found = amendments.current(need) if own else None
        if found is None:
            raise Http404
        if write:
            permissions.require(self.reader, Permission.EDIT_NEEDS, need.borough)
        return found


def shown(request: Request, body: Mapping[str, Any]) -> Response:
    """The answer to a reader, or 304 where the reader has it already."""
    etag = etag_of(body)
    known = [each.removeprefix("W/") for each in parse_etags(request.headers.get("If-None-Match", ""))]
    if etag in known or "*" in known:
        return Response(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": etag})
    return Response(body, headers={"ETag": etag})


def stale(request: Request, body: Mapping[str, Any], *, required: bool = True) -> Response | None:
    """The refusal where the writer had read something else than `body`; None where they may go on.

    Raises PreconditionRequired where they do not say what they had read, and it is `required`. "*" is no answer: it
    would let a writer go over what nobody has seen.
    """
    sent = parse_etags(request.headers.get("If-Match", ""))
    if not sent and not required:
        return None
    if not sent or sent == ["*"]:
        raise PreconditionRequired
    return None if etag_of(body) in sent else changed_meanwhile(body)


def changed_meanwhile(body: Mapping[str, Any]) -> Response:
    words = f"{body['reference']} was changed by somebody else since you read it. Read it again, then send your change."
    status = HTTPStatus.PRECONDITION_FAILED
    return Response(error_body(status, words), status=status, headers={"ETag": etag_of(body)})


# --- for the description --------------------------------------------------------------------------------------------

ERRORS = {
    400: "The request cannot be read: JSON, parameters, headers",
    401: "No valid token, and nobody signed in",
    403: "Not allowed, or the CSRF token of a signed-in person is missing",
    404: "Not there, or not to be seen",
    409: "Not possible in the present state",
    412: "Changed since it was read; the present ETag is in the header",
    413: "Larger than 2 MB",
    415: "Not application/json",
    422: "Not right yet: `fields` names each field",
    428: "If-Match is missing",
    503: "Busy; Retry-After says when to try again",
}
READING = (401, 403, 404)
WRITING = (400, 401, 403, 404, 409, 413, 415, 422, 503)


def errors(*statuses: int) -> dict[int, Any]:
    """Error answers of the description, by status."""
    return {status: OpenApiResponse(ErrorSerializer, ERRORS[status]) for status in sorted(statuses)}


REFERENCE = OpenApiParameter("reference", str, OpenApiParameter.PATH, description="Reference of the need: N-00012")
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="ETag of what was read before"
)
IF_MATCH_OR_NOT = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="ETag of what was read before, to act on nothing else"
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="ETag of what is known already: answered with 304"
)


def etag_header(*statuses: int) -> OpenApiParameter:
    return OpenApiParameter(
        "ETag", str, OpenApiParameter.HEADER, response=list(statuses), description="Validator of this answer"
    )


def location_header(*statuses: int) -> OpenApiParameter:
    return OpenApiParameter(
        "Location", str, OpenApiParameter.HEADER, response=list(statuses), description="Where it is now"
    )
