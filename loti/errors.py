"""Errors as people and machines read them."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.exceptions import NotFound, ParseError, Throttled
from rest_framework.response import Response
from rest_framework.views import exception_handler

from boroughs.api import limits
from boroughs.api.errors import error_body
from boroughs.exceptions import LotiError, NotAcceptable
from loti import unsent
from loti.middleware import RefusalMiddleware

logger = logging.getLogger(__name__)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Most often of somebody who has signed in again in another tab: what they have typed is not lost."""
    typed = unsent.typed_in(request)
    if typed is not None:
        return unsent.carry(request, typed)
    return render(
        request,
        "403.html",
        {"message": "This form was open too long, or cookies are off. Go back, reload the page and send it again."},
        status=403,
    )


def api_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every error of the API is JSON: {"error": {"status", "message", "details", "fields"}}."""
    if isinstance(error, LotiError):
        return _refusal(error)
    if isinstance(error, RequestDataTooBig):
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024 // 1024
        return _response(413, f"The request is larger than {most} MB.")
    if isinstance(error, RecursionError):
        error = ParseError("The JSON is nested too deeply.")
    if isinstance(error, OperationalError):
        # Whatever the database says comes as this class: a lock that others hold, and a disk that is full.
        logger.error("The database did not answer a request of the API", exc_info=error)
        busy = _response(503, "The service is busy. Try again in a moment.")
        busy["Retry-After"] = "5"
        return busy
    if isinstance(error, Throttled):
        wait = getattr(error, "wait", limits.MINUTE)
        error.detail = limits.WORDS.format(wait=wait)  # type: ignore[assignment]
    if isinstance(error, Http404):
        error = NotFound()
    response = exception_handler(error, context)
    if response is None:
        return None
    data = response.data
    message = str(data["detail"]) if isinstance(data, dict) and "detail" in data else "The request is not valid."
    details = [] if isinstance(data, dict) and "detail" in data else data
    response.data = error_body(response.status_code, message, details)
    return response


def _refusal(error: LotiError) -> Response:
    status = RefusalMiddleware.STATUS.get(type(error), 400)
    if isinstance(error, NotAcceptable):
        return _response(422, str(error), error.problems, error.fields)
    return _response(status, str(error))


def _response(
    status: int, message: str, details: Sequence[str] = (), fields: Mapping[str, Sequence[str]] | None = None
) -> Response:
    return Response(error_body(status, message, details, fields), status=status)
