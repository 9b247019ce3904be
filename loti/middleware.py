"""Middleware of the project."""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import messages
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, UnreadablePostError
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from boroughs import permissions
from boroughs.api.errors import error_body
from boroughs.api.program_view import MOST_READ_OUT, READ_AT_ONCE
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, LotiError, NotAcceptable, PermissionRefused
from boroughs.permissions import Permission
from procurement.queries.forwarding import leads_to

View = Callable[[HttpRequest], HttpResponse]
logger = logging.getLogger(__name__)


class PrivatePagesMiddleware:
    """What a signed-in person sees is kept by no cache, whatever the view says: a shared one could mix people up."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            add_never_cache_headers(response)
        patch_vary_headers(response, ["Cookie"])
        return response


def _most() -> int:
    """Bytes of the largest file and of the form around it."""
    return (settings.UPLOAD_MAX_MEGABYTES + 1) * 1024 * 1024


class UploadLimitMiddleware:
    """Refuse a request that says it is larger than any file we take, before anything stores it.

    Django would write a gigabyte to the disk first, because it looks for the token of the form in it.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > _most():
            most = settings.UPLOAD_MAX_MEGABYTES
            message = f"The file is larger than {most} MB. Split it into smaller files, or leave columns out."
            if request.path.startswith("/api/"):
                response: HttpResponse = JsonResponse(error_body(413, message), status=413)
            else:
                response = render(request, "400.html", {"message": message}, status=413)
            self._read_out(request)
            return response
        return self.get_response(request)

    def _read_out(self, request: HttpRequest) -> None:
        """Browsers send the whole body before they read an answer, and would only see the connection break. Nothing of
        it is kept, and of a very large one the rest is left. To close a connection is the server's: no header of ours.
        """
        left = MOST_READ_OUT
        with suppress(UnreadablePostError):
            while left > 0 and (part := request.read(READ_AT_ONCE)):
                left -= len(part)


class MergedDemandsMiddleware:
    """The address of a joint demand that went into another one leads there, on all of its pages and over the API.

    In one hop to the end, however many mergers; not for ever, because a merger can be taken back. Its decision record
    stays where it was: what boroughs agreed to under one reference is not in the record of the other.
    """

    ADDRESSES: ClassVar[tuple[str, ...]] = ("demands/<reference", "api/v1/demands/<")
    NOT_THESE: ClassVar[frozenset[str]] = frozenset(
        {
            # They have the row at hand, and look themselves.
            "demand-detail",
            "demand-requirements",
            "demand-evidence",
            "demand-suggestions",
            # What they tell of stays where it was.
            "demand-history",
            "demand-record",
            "demand-record-pdf",
            # Estimates and versions stay with those that made them.
            "demand-savings",
            "demand-savings-realise",
            # The same number of the other joint demand is another document.
            "demand-specification-version",
            "demand-specification-versions",
            "demand-specification-file",
        }
    )

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        match = request.resolver_match
        if request.method not in ("GET", "HEAD") or match is None or not match.route.startswith(self.ADDRESSES):
            return None
        if match.view_name in self.NOT_THESE or not request.user.is_authenticated or "reference" not in kwargs:
            return None
        into = leads_to(kwargs["reference"])
        # Whoever may not see joint demands learns nothing about which there were.
        if not into or not permissions.has(request.user, Permission.VIEW_DEMANDS):
            return None
        address = reverse(match.view_name, kwargs=kwargs | {"reference": into})
        if not request.path.startswith("/api/"):
            messages.info(request, f"{kwargs['reference']} went into this joint demand.")
        query = request.META.get("QUERY_STRING")
        return HttpResponseRedirect(f"{address}?{query}" if query else address)


class RefusalMiddleware:
    """A refusal that a view did not turn into a message of its own becomes a page in words, not a server error."""

    STATUS: ClassVar[dict[type[LotiError], int]] = {
        PermissionRefused: 403,
        IllegalMove: 409,
        ChangedMeanwhile: 409,
        NotAcceptable: 422,
    }

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DataError):
            # A value that no column can hold, such as a NUL in a filter of the look-up pages: the sender's fault.
            logger.warning("The database took no such value, asked of %s", request.resolver_match)
            return render(request, "400.html", {"message": "Part of the address cannot be read."}, status=400)
        if not isinstance(error, LotiError):
            return None
        status = self.STATUS.get(type(error), 400)
        return render(request, "403.html" if status == 403 else "400.html", {"message": str(error)}, status=status)
