"""What the description of the API says of every borough's resource alike: errors and headers."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from boroughs.api.errors import ErrorSerializer


class ReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(help_text="At most 100 words")


ERRORS = {
    400: "The request cannot be read: JSON, parameters, headers",
    401: "No valid token, and nobody signed in",
    403: "Not allowed, or the CSRF token of a signed-in person is missing",
    404: "Not there, or not to be seen",
    409: "Not possible in the present state",
    412: "Changed since it was read; the present ETag is in the header",
    413: "Larger than 2 MB; for a file, than 20",
    415: "Not application/json; for a file, a form",
    422: "Not right yet: `fields` names each field",
    428: "If-Match is missing",
    429: "Too many requests; Retry-After says when to try again",
    503: "Busy; Retry-After says when to try again",
}
READING = (401, 403, 404)
WRITING = (400, 401, 403, 404, 409, 413, 415, 422, 503)


def errors(*statuses: int) -> dict[int, Any]:
    """Error answers of the description, by status. Every address has a limit of requests."""
    return {status: OpenApiResponse(ErrorSerializer, ERRORS[status]) for status in sorted({*statuses, 429})}


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
