"""How pages that anybody may read are kept by caches: they change only when something is published, or at midnight."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.templatetags.static import static
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from procurement.queries import published
from procurement.queries.published import Stamp

View = Callable[..., HttpResponseBase]
_STAMP = "loti.board_stamp"


def public(view: View) -> View:
    """Open the view to everybody, for reading only, and answer 304 where nothing has changed since the last answer."""

    @wraps(view)
    def kept(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if is_personal(request):
            return view(request, *args, **kwargs)
        stamp = stamp_of(request)
        etag = f'"{version_of(request)}"'
        changed_at = int(stamp.changed_at.timestamp())
        unchanged = get_conditional_response(request, etag=etag, last_modified=changed_at)
        response = unchanged or view(request, *args, **kwargs)
        # A view that says itself how its answer is kept knows that it is not the one of this stamp.
        if response.status_code in (200, 304) and not response.has_header("Cache-Control"):
            response.headers["ETag"] = etag
            response.headers["Last-Modified"] = http_date(changed_at)
            # Kept, but asked about each time: a notice is on the board in the moment of its publication.
            patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
        return response

    opened: View = login_not_required(require_safe(kept))
    return opened


def stamp_of(request: HttpRequest) -> Stamp:
    """The state of the board in which a request is answered; the database is asked for it once."""
    found: Stamp | None = request.META.get(_STAMP)
    if found is None:
        found = request.META[_STAMP] = published.stamp(at=timezone.now())
    return found


def version_of(request: HttpRequest) -> str:
    """Names the state of the board and the release of the site: the style sheet's name changes with each."""
    return f"{stamp_of(request).token}-{static('build/loti.css').rpartition('/')[2]}"


def is_personal(request: HttpRequest) -> bool:
    """Whether the page may show something for this reader alone: the name of a person, a message."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES
