"""All addresses. Every page asks for a sign-in unless its view is marked with login_not_required."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from loti import gallery, health, pages
from procurement.api import schema
from procurement.views import board

# The repair pages let nobody in past the limits on guessing: their sign-in is the site's.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("procurement.urls")),
    path("", include("boroughs.urls")),
    path("how-it-works/", pages.how_it_works, name="how-it-works"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("privacy/", pages.privacy, name="privacy"),
    path("api/schema/", schema.Schema.as_view(), name="api-schema"),
    path("api/docs/", schema.Docs.as_view(), name="api-docs"),
    path("robots.txt", board.robots, name="robots"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("status", health.status, name="status"),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
]
if not settings.PRODUCTION:
    urlpatterns.append(path("gallery/", gallery.gallery, name="gallery"))
