"""Addresses of the procurement app: the board, joint demands, notices, reports, the API."""

from django.urls import URLPattern, path

from boroughs import urls as _  # noqa: F401 - registers the converter of references
from procurement.api.demands import DemandList
from procurement.api.notices import NoticeDetail, NoticeList
from procurement.views import (
    board,
    classification,
    common_requirements,
    coverage,
    dashboard,
    demands,
    experiences,
    feeds,
    lookalikes,
    match_runs,
    notices,
    ocds,
    participation,
    picture,
    reports,
    review,
    similar,
    specification,
    timeline,
)

urlpatterns: list[URLPattern] = [
    path("board/", board.index, name="board"),
    path("board/feed.atom", feeds.board_feed, name="board-feed"),
    path("notices/", notices.notice_list, name="notice-list"),
    path("notices/<reference:reference>/", notices.notice_detail, name="notice-detail"),
    path("notices/<reference:reference>/versions/<int:number>/", notices.notice_version, name="notice-version"),
    path("notices/<reference:reference>/edit/", notices.notice_edit, name="notice-edit"),
    path("notices/<reference:reference>/preview/", notices.notice_preview, name="notice-preview"),
    path("notices/<reference:reference>/propose/", notices.notice_propose, name="notice-propose"),
    path("notices/<reference:reference>/return/", notices.notice_return, name="notice-return"),
    path("notices/<reference:reference>/publish/", notices.notice_publish, name="notice-publish"),
    path("notices/<reference:reference>/withdraw/", notices.notice_withdraw, name="notice-withdraw"),
    path("demands/<reference:reference>/draft-notice/", notices.notice_draft_from, name="notice-draft"),
    path("api/1.0/ocdsReleasePackages", ocds.release_packages, name="ocds-release-packages"),
    path("api/1.0/ocdsReleasePackages/<str:name>", ocds.release_package, name="ocds-release-package"),
    path("api/v1/notices/", NoticeList.as_view(), name="api-notice-list"),
    path("api/v1/notices/<str:reference>/", NoticeDetail.as_view(), name="api-notice-detail"),
    path("api/v1/demands/", DemandList.as_view(), name="api-demand-list"),
    path("", dashboard.home, name="home"),
    path("needs/look/", lookalikes.need_look, name="need-look"),
    path("needs/<reference:reference>/similar/", similar.need_similar, name="need-similar"),
    path(
        "needs/<reference:reference>/classification-hints/",
        classification.need_classification_hints,
        name="need-classification-hints",
    ),
    path("demands/", demands.demand_list, name="demand-list"),
    path("demands/review/", review.demand_review, name="demand-review"),
    path("demands/review/undo/", review.demand_answer_undo, name="demand-answer-undo"),
    path("demands/<reference:reference>/answer/", review.demand_answer, name="demand-answer"),
    path("demands/<reference:reference>/", demands.demand_detail, name="demand-detail"),
    path("demands/<reference:reference>/timeline/", timeline.demand_timeline, name="demand-timeline"),
    path("demands/<reference:reference>/confirm/", demands.demand_confirm, name="demand-confirm"),
    path("demands/<reference:reference>/reopen/", demands.demand_reopen, name="demand-reopen"),
    path("demands/<reference:reference>/rename/", demands.demand_rename, name="demand-rename"),
    path("demands/<reference:reference>/pin/", demands.demand_pin, name="demand-pin"),
    path("demands/<reference:reference>/unpin/", demands.demand_unpin, name="demand-unpin"),
    path(
        "demands/<reference:reference>/needs/<reference:need_reference>/add/",
        demands.demand_add_member,
        name="demand-add-member",
    ),
    path(
        "demands/<reference:reference>/needs/<reference:need_reference>/remove/",
        demands.demand_remove_member,
        name="demand-remove-member",
    ),
    path(
        "demands/<reference:reference>/needs/<reference:need_reference>/restore/",
        demands.demand_restore_member,
        name="demand-restore-member",
    ),
    path(
        "demands/<reference:reference>/participation/", participation.demand_participation, name="demand-participation"
    ),
    path("demands/<reference:reference>/participation/terms/", participation.demand_terms, name="demand-terms"),
    path(
        "demands/<reference:reference>/participation/close/",
        participation.demand_close_decision,
        name="demand-close-decision",
    ),
    path(
        "demands/<reference:reference>/participation/of/<slug:slug>/", participation.demand_stand, name="demand-stand"
    ),
    path(
        "demands/<reference:reference>/participation/of/<slug:slug>/answer/",
        participation.demand_stand_answer,
        name="demand-stand-answer",
    ),
    path(
        "demands/<reference:reference>/participation/of/<slug:slug>/lead/",
        participation.demand_offer,
        name="demand-offer",
    ),
    path(
        "demands/<reference:reference>/participation/of/<slug:slug>/lead/take-back/",
        participation.demand_offer_take_back,
        name="demand-offer-take-back",
    ),
    path(
        "demands/<reference:reference>/participation/of/<slug:slug>/lead/<slug:candidate>/",
        participation.demand_vote,
        name="demand-vote",
    ),
    path("demands/<reference:reference>/experience/", experiences.demand_experience, name="demand-experience"),
    path("experiences/", experiences.experience_list, name="experience-list"),
    path("experiences/new/", experiences.experience_create, name="experience-create"),
    path("experiences/<int:pk>/edit/", experiences.experience_edit, name="experience-edit"),
    path("experiences/<int:pk>/withdraw/", experiences.experience_withdraw, name="experience-withdraw"),
    path(
        "demands/<reference:reference>/specification/", specification.demand_specification, name="demand-specification"
    ),
    path(
        "demands/<reference:reference>/specification/draft/",
        specification.demand_specification_draft,
        name="demand-specification-draft",
    ),
    path(
        "demands/<reference:reference>/specification/freeze/",
        specification.demand_specification_freeze,
        name="demand-specification-freeze",
    ),
    path(
        "demands/<reference:reference>/specification/versions/",
        specification.demand_specification_versions,
        name="demand-specification-versions",
    ),
    path(
        "demands/<reference:reference>/specification/versions/<int:number>/",
        specification.demand_specification_version,
        name="demand-specification-version",
    ),
    path(
        "demands/<reference:reference>/specification/versions/<int:number>/file/",
        specification.demand_specification_file,
        name="demand-specification-file",
    ),
    path(
        "demands/<reference:reference>/specification/new/",
        common_requirements.common_requirement_create,
        name="demand-requirement-create",
    ),
    path(
        "demands/<reference:reference>/specification/new/of/<slug:slug>/",
        common_requirements.common_requirement_propose,
        name="demand-requirement-propose",
    ),
    path(
        "demands/<reference:reference>/specification/wordings/<int:pk>/answer/",
        common_requirements.requirement_wording_answer,
        name="demand-wording-answer",
    ),
    path(
        "demands/<reference:reference>/specification/<int:number>/",
        common_requirements.common_requirement,
        name="demand-requirement",
    ),
    path(
        "demands/<reference:reference>/specification/<int:number>/edit/",
        common_requirements.common_requirement_edit,
        name="demand-requirement-edit",
    ),
    path(
        "demands/<reference:reference>/specification/<int:number>/settle/",
        common_requirements.common_requirement_settle,
        name="demand-requirement-settle",
    ),
    path(
        "demands/<reference:reference>/specification/<int:number>/drop/",
        common_requirements.common_requirement_drop,
        name="demand-requirement-drop",
    ),
    path(
        "demands/<reference:reference>/specification/<int:number>/agree/",
        common_requirements.common_requirement_agree,
        name="demand-requirement-agree",
    ),
    path(
        "demands/<reference:reference>/specification/<int:number>/reopen/",
        common_requirements.common_requirement_reopen,
        name="demand-requirement-reopen",
    ),
    path(
        "demands/<reference:reference>/specification/<int:number>/order/",
        common_requirements.common_requirement_order,
        name="demand-requirement-order",
    ),
    path(
        "demands/<reference:reference>/specification/<int:number>/of/<slug:slug>/",
        common_requirements.common_requirement_answer,
        name="demand-requirement-answer",
    ),
    path(
        "demands/<reference:reference>/specification/<int:number>/of/<slug:slug>/wording/",
        common_requirements.common_requirement_propose,
        name="demand-wording-propose",
    ),
    path("match-runs/", match_runs.match_run_list, name="match-run-list"),
    path("match-runs/record/", match_runs.match_record, name="match-record"),
    path("match-runs/request/", match_runs.match_run_request, name="match-run-request"),
    path("match-runs/status/", match_runs.match_run_status, name="match-run-status"),
    path("picture/", picture.picture, name="picture"),
    path("coverage/", coverage.coverage_page, name="coverage"),
    path("coverage/coverage.csv", coverage.coverage_csv, name="coverage-csv"),
    path("coverage/<slug:slug>/reminders/", coverage.coverage_reminders, name="coverage-reminders"),
    path("coverage/<slug:slug>/reminders/<slug:kind>/", coverage.coverage_remind, name="coverage-remind"),
    path("reports/", reports.report_list, name="report-list"),
    path("reports/ask/", reports.report_ask, name="report-ask"),
    path("reports/<int:pk>/status/", reports.report_status, name="report-status"),
    path("reports/<int:pk>/file/", reports.report_file, name="report-file"),
]
