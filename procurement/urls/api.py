"""Addresses for programs: the open data in OCDS, and the API."""

from django.urls import URLPattern, path

from procurement.api.demands import DemandList
from procurement.api.notices import NoticeDetail, NoticeList, NoticeVersionDetail, NoticeVersionList
from procurement.views import ocds, ocds_bulk
from procurement.views.open_data import open_to_programs

urlpatterns: list[URLPattern] = [
    path("1.0/ocdsReleasePackages", ocds.release_packages, name="ocds-release-packages"),
    path("1.0/ocdsReleasePackages/<str:name>", ocds.release_package, name="ocds-release-package"),
    path("1.0/ocdsRecordPackages/<str:ocid>", ocds.record_package, name="ocds-record-package"),
    path("1.0/releases.jsonl.gz", ocds_bulk.releases_file, name="ocds-releases-file"),
    path("v1/notices/", open_to_programs(NoticeList.as_view()), name="api-notice-list"),
    path("v1/notices/<str:reference>/", open_to_programs(NoticeDetail.as_view()), name="api-notice-detail"),
    path(
        "v1/notices/<str:reference>/versions/",
        open_to_programs(NoticeVersionList.as_view()),
        name="api-notice-version-list",
    ),
    path(
        "v1/notices/<str:reference>/versions/<str:number>/",
        open_to_programs(NoticeVersionDetail.as_view()),
        name="api-notice-version",
    ),
    path("v1/demands/", DemandList.as_view(), name="api-demand-list"),
]
