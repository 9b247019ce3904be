"""How open data is answered: to anybody and to pages of any site, in words that programs read, errors too."""

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from boroughs.api.errors import error_body
from procurement.views.public import View

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
        else:
            response = view(request, *args, **kwargs)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "ETag, Last-Modified"
        return response

    opened: Callable[..., HttpResponseBase] = login_not_required(csrf_exempt(answered))
    return opened


def json(value: Mapping[str, object], status: int = HTTPStatus.OK) -> JsonResponse:
    return JsonResponse(value, status=status, json_dumps_params={"ensure_ascii": False})


def error(status: int, message: str) -> JsonResponse:
    return json(error_body(status, message), status=status)
