"""Addresses of the procurement app: the board, joint demands, notices, reports, the API."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

from boroughs.urls import Reference
from procurement.views import board_head


class SnapshotReference(Reference):
    """DP-2026-0001."""

    regex = r"DP-[0-9]{4}-[0-9]{4,12}"


register_converter(SnapshotReference, "snapshot")

urlpatterns: list[URLPattern | URLResolver] = [
    path(".well-known/loti-publications.json", board_head.board_head, name="board-head"),
    path("board/", include("procurement.urls.board")),
    path("notices/", include("procurement.urls.notices")),
    path("demands/", include("procurement.urls.demands")),
    path("reports/", include("procurement.urls.reports")),
    path("api/", include("procurement.urls.api")),
    path("", include("procurement.urls.following")),
    path("", include("procurement.urls.office")),
]
