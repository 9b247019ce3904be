"""How open data is answered: to anybody and to pages of any site, in words that programs read, errors too."""

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from boroughs.api import limits
from boroughs.api.errors import error_body
from procurement.views.kept import kept
from procurement.views.public import View, is_personal, public

READING = "GET, HEAD, OPTIONS"


def open_data(view: View) -> View:
    """Open a view for reading to everybody, pages of other sites included. Stands above `public`."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response: HttpResponseBase
        if request.method == "OPTIONS":
            response = HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Allow": READING})
            response.headers["Access-Control-Allow-Methods"] = READING
            # What a page of another site may send besides, to be answered with 304.
            response.headers["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
            response.headers["Access-Control-Max-Age"] = "86400"
        elif request.method not in ("GET", "HEAD"):
            response = error(HTTPStatus.METHOD_NOT_ALLOWED, "Open data can only be read.")
            response.headers["Allow"] = READING
        elif wait := limits.wait(request):
            response = error(HTTPStatus.TOO_MANY_REQUESTS, limits.WORDS.format(wait=wait))
            response.headers["Retry-After"] = str(wait)
        else:
            response = view(request, *args, **kwargs)
        # A page of another site sends no cookie along; what answers one is for that person alone.
        if not is_personal(request):
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Retry-After"
        return response

    opened: Callable[..., HttpResponseBase] = login_not_required(csrf_exempt(answered))
    return opened


def open_to_programs(view: View) -> View:
    """An address of the API of published notices: open data, whose bytes are kept while nothing is published."""
    return open_data(public(kept(view)))


def json(value: Mapping[str, object], status: int = HTTPStatus.OK) -> JsonResponse:
    return JsonResponse(value, status=status, json_dumps_params={"ensure_ascii": False})


def error(status: int, message: str) -> JsonResponse:
    return json(error_body(status, message), status=status)
