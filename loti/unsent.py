"""What was typed into a form that cannot be taken, because the session has ended or began anew since it was opened.

The answer carries it in hidden fields, under a new token, and the person sends it again once they are signed in: never
by itself, for they may be somebody else by then. The server keeps nothing of it, and no cache does.

What other sites have sent is never carried: one press would make a forged form a real one. Nor is anything of a form
with a password, nor a press of "Approve" or "Publish", which holds nothing that a person has written: on a shared
machine the next one to sign in would make it their own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

View = Callable[..., HttpResponseBase]
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of the field
# What a person has written, in contrast to what they have chosen from a list.
PROSE = 20
# What nobody writes: what a form holds of its own accord, the buttons, and the choices that decide something alone.
HELD = {
    "INITIAL_FORMS",
    "MAX_NUM_FORMS",
    "MIN_NUM_FORMS",
    "TOTAL_FORMS",
    "from_list",
    "need_revision",
    "needs",
    "number",
    "position",
    "revision",
    "seen",
    "sent",
    "shown",
    "snapshot",
    "sure",
    "upto",
    "wording",
}
BUTTONS = {"add_line", "draft", "joins", "leave", "move", "resume", "save", "suggested", "sure_of", "to_list"}
CHOICES = {"agree", "agrees", "borough", "depth", "frequency", "kind", "looked", "need", "other", "role", "stage"}
NOT_WRITTEN = HELD | BUTTONS | CHOICES


@dataclass(frozen=True)
class Typed:
    fields: tuple[tuple[str, str], ...]
    # The field and the name of each file, which has to be chosen again: no page can do so.
    files: tuple[tuple[str, str], ...]

    @property
    def prose(self) -> tuple[str, ...]:
        return tuple(value for _, value in self.fields if len(value) >= PROSE and " " in value)


def typed_in(request: HttpRequest) -> Typed | None:
    """What was typed; None where nothing was, or where it is not ours to carry."""
    try:
        return _read(request)
    except UnreadablePostError:
        return None


def _read(request: HttpRequest) -> Typed | None:
    match = request.resolver_match
    if request.method != "POST" or request.content_type not in FORMS or not _is_from_here(request):
        return None
    if match is None or match.view_name.startswith("account_") or any("password" in name for name in request.POST):
        return None
    fields = tuple((name, value) for name, values in request.POST.lists() for value in values if name != TOKEN)
    files = tuple((name, file.name or "") for name, all_of_it in request.FILES.lists() for file in all_of_it)
    return Typed(fields, files) if files or any(_is_written(name, value) for name, value in fields) else None


def carry(request: HttpRequest, typed: Typed) -> HttpResponse:
    """The page that holds what was typed, and sends it again to where it was sent."""
    view = request.resolver_match.func if request.resolver_match else None
    asks_who = getattr(view, "login_required", True) and not request.user.is_authenticated
    context = {"typed": typed, "asks_who": asks_who, "goes_to": _goes_to(request)}
    response = render(request, "unsent.html", context, status=403)
    add_never_cache_headers(response)
    return response


class SignInMiddleware(LoginRequiredMiddleware):
    """Whoever is not signed in is sent to the sign-in page; who has typed something keeps it."""

    def process_view(
        self, request: HttpRequest, view_func: View, view_args: tuple[Any, ...], view_kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        typed = typed_in(request) if answer is not None else None
        return answer if typed is None else carry(request, typed)


def _is_written(name: str, value: str) -> bool:
    """Whether a person has put it in words or figures. Of a form of many lines each name begins with its line's."""
    return value.strip() not in ("", "yes", "no", "on") and name.rpartition("-")[2] not in NOT_WRITTEN


def _goes_to(request: HttpRequest) -> str:
    """The thing and what was to be done with it, as in "Need N-00012: edit"."""
    if request.resolver_match is None:
        return ""
    noun, _, deed = request.resolver_match.view_name.partition("-")
    thing = " ".join([noun.capitalize(), *(str(part) for part in request.resolver_match.kwargs.values())])
    return f"{thing}: {deed.replace('-', ' ')}" if deed else thing


def _is_from_here(request: HttpRequest) -> bool:
    """Whether the form was on a page of this site, by the word of the browser. What says nothing is from elsewhere."""
    try:
        said = urlsplit(request.headers.get("origin") or request.headers.get("referer", ""))
    except ValueError:
        return False
    return f"{said.scheme}://{said.netloc}" in (f"{request.scheme}://{request.get_host()}", settings.SITE_URL)
