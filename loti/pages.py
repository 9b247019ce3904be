"""Pages of plain words about the site itself: one view for all, and the list of them."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from loti import known_devices


@dataclass(frozen=True)
class Page:
    """Its words are in `templates/pages/`, in a file of the same name with underscores."""

    # Name and path of the address.
    name: str
    title: str

    @property
    def template(self) -> str:
        return f"pages/{self.name.replace('-', '_')}.html"


PAGES = (
    Page("about", "About"),
    Page("how-it-works", "How it works"),
    Page("how-to-follow", "How to follow"),
    Page("accessibility", "Accessibility"),
    Page("privacy", "Privacy"),
    Page("terms", "Terms"),
    Page("data-licence", "Data licence"),
)


@login_not_required
@require_safe
def words(request: HttpRequest, page: Page) -> HttpResponse:
    context = {
        "page": page,
        "contact": settings.CONTACT_EMAIL,
        "site": settings.SITE_URL,
        "session_hours": settings.SESSION_COOKIE_AGE // 3600,
        "known_device_days": known_devices.SECONDS // 86400,
        "told_kept_days": settings.TOLD_KEPT_DAYS,
    }
    return render(request, page.template, context)


def addresses() -> list[URLPattern]:
    return [path(f"{page.name}/", words, {"page": page}, name=page.name) for page in PAGES]


def closed(request: HttpRequest) -> HttpResponse:
    """Stands before a page of a library that this site does not offer."""
    raise Http404
