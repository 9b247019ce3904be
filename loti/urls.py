"""All addresses. Every page asks for a sign-in unless its view is marked with login_not_required."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from loti import crawlers, gallery, health, pages
from procurement.api import schema

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("procurement.urls")),
    path("", include("boroughs.urls")),
    *pages.addresses(),
    path("api/schema/", schema.Schema.as_view(), name="api-schema"),
    path("api/docs/", schema.Docs.as_view(), name="api-docs"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("sitemap-<int:number>.xml", crawlers.sitemap_part, name="sitemap-part"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("status", health.status, name="status"),
    # The e-mail address is the person to the audit trail and to the rule of the second person: nobody changes theirs.
    path("accounts/email/", pages.closed, name="account_email"),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
]
if not settings.PRODUCTION:
    urlpatterns.append(path("gallery/", gallery.gallery, name="gallery"))
