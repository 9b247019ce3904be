"""The office: home, matching, the demand picture, coverage, what boroughs learned from suppliers."""

from django.urls import URLPattern, path

from procurement.views import classification, coverage, dashboard, experiences, lookalikes, match_runs, picture, similar

urlpatterns: list[URLPattern] = [
    path("", dashboard.home, name="home"),
    path("needs/look/", lookalikes.need_look, name="need-look"),
    path("needs/<reference:reference>/similar/", similar.need_similar, name="need-similar"),
    path(
        "needs/<reference:reference>/classification-hints/",
        classification.need_classification_hints,
        name="need-classification-hints",
    ),
    path("experiences/", experiences.experience_list, name="experience-list"),
    path("experiences/new/", experiences.experience_create, name="experience-create"),
    path("experiences/<int:pk>/edit/", experiences.experience_edit, name="experience-edit"),
    path("experiences/<int:pk>/withdraw/", experiences.experience_withdraw, name="experience-withdraw"),
    path("match-runs/", match_runs.match_run_list, name="match-run-list"),
    path("match-runs/record/", match_runs.match_record, name="match-record"),
    path("match-runs/request/", match_runs.match_run_request, name="match-run-request"),
    path("match-runs/status/", match_runs.match_run_status, name="match-run-status"),
    path("picture/", picture.picture, name="picture"),
    path("picture/needs/", picture.picture_needs, name="picture-needs"),
    path("picture/<slug:figure>.csv", picture.picture_csv, name="picture-csv"),
    path("coverage/", coverage.coverage_page, name="coverage"),
    path("coverage/coverage.csv", coverage.coverage_csv, name="coverage-csv"),
    path("coverage/<slug:slug>/reminders/", coverage.coverage_reminders, name="coverage-reminders"),
    path("coverage/<slug:slug>/reminders/<slug:kind>/", coverage.coverage_remind, name="coverage-remind"),
]
