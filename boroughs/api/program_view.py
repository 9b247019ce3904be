"""What all views for a borough's programs share: who is let in, and how a body is read."""

from typing import Any, cast

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from boroughs import permissions
from boroughs.api.authentication import TokenAuthentication
from boroughs.api.parsing import StrictJSONParser
from boroughs.exceptions import NotAcceptable
from boroughs.models import Borough
from boroughs.permissions import Permission, Reader

MOST_READ_OUT, READ_AT_ONCE = 32 * 1024 * 1024, 64 * 1024


class ProgramView(APIView):
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

    def borough_sent(self, permission: Permission) -> Borough:
        """The borough that the body names, or the only one where the reader has `permission`. Raises NotAcceptable."""
        slug = self.sent.get("borough")
        own = {borough.slug: borough for borough in permissions.boroughs_of(self.reader, permission)}
        if slug is None and len(own) == 1:
            return next(iter(own.values()))
        if not isinstance(slug, str) or slug not in own:
            words = f"borough must be one of: {', '.join(own)}"
            raise NotAcceptable([f"{words}."], {"borough": [words]})
        return own[slug]
