"""Reports, their schedules, and the snapshots of the demand picture they are made from."""

from django.urls import URLPattern, path

from procurement.views import report_schedules, reports, snapshots

urlpatterns: list[URLPattern] = [
    path("", reports.report_list, name="report-list"),
    path("ask/", reports.report_ask, name="report-ask"),
    path("compare/", snapshots.snapshot_compare, name="snapshot-compare"),
    path("snapshots/<snapshot:snapshot>.json", snapshots.snapshot_json, name="snapshot-json"),
    path("schedules/", report_schedules.report_schedule_list, name="report-schedule-list"),
    path("schedules/new/", report_schedules.report_schedule_create, name="report-schedule-create"),
    path("schedules/<int:pk>/", report_schedules.report_schedule_edit, name="report-schedule-edit"),
    path("schedules/<int:pk>/pause/", report_schedules.report_schedule_pause, name="report-schedule-pause"),
    path("schedules/<int:pk>/end/", report_schedules.report_schedule_end, name="report-schedule-end"),
    path("<int:pk>/", reports.report_detail, name="report-detail"),
    path("<int:pk>/again/", reports.report_rebuild, name="report-rebuild"),
    path("<int:pk>/status/", reports.report_status, name="report-status"),
    path("<int:pk>/file/", reports.report_file, name="report-file"),
]
