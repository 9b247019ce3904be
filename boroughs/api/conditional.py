"""Tokens against two writers: an answer's ETag, and what a request says that it had read."""

import hashlib
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.utils.http import parse_etags
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from boroughs.api.errors import error_body


class PreconditionRequired(APIException):
    status_code = HTTPStatus.PRECONDITION_REQUIRED
    default_detail = "Send If-Match with the ETag of what you had read, so that nothing is written over unseen."


def etag_of(body: Mapping[str, Any]) -> str:
    """The strong validator of an answer: two are alike where every member is."""
    said = json.dumps(body, sort_keys=True, default=str)
    return f'"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'


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


def created(body: dict[str, Any]) -> Response:
    headers = {"Location": body["url"], "ETag": etag_of(body)}
    return Response(body, status=HTTPStatus.CREATED, headers=headers)
