"""Middleware of the project."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers, patch_vary_headers

View = Callable[[HttpRequest], HttpResponse]


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
