"""Pages of plain words about the site itself."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def how_it_works(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/how_it_works.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/accessibility.html", {"contact": settings.CONTACT_EMAIL})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    context = {"contact": settings.CONTACT_EMAIL, "session_hours": settings.SESSION_COOKIE_AGE // 3600}
    return render(request, "pages/privacy.html", context)


def closed(request: HttpRequest) -> HttpResponse:
    """Stands before a page of a library that this site does not offer."""
    raise Http404
