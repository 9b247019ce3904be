"""Notices: what everybody reads, and the office where they are written, proposed and published."""

from django.urls import URLPattern, URLResolver, include, path

from procurement.views import (
    answers,
    calendars,
    engagement,
    feeds,
    find_a_tender,
    following,
    interests,
    notice_clock,
    notice_office,
    notice_quality,
    notice_versions,
    notices,
    questions,
)

_notice: list[URLPattern] = [
    path("", notices.notice_detail, name="notice-detail"),
    path("versions/<int:number>/", notices.notice_version, name="notice-version"),
    path("versions/<int:number>/notice.pdf", notice_versions.notice_pdf, name="notice-pdf"),
    path("feed.atom", feeds.notice_feed, name="notice-feed"),
    path("feed.json", feeds.notice_json_feed, name="notice-json-feed"),
    path("calendar.ics", calendars.notice_calendar, name="notice-calendar"),
    path("compare/", notice_versions.notice_compare, name="notice-compare"),
    path("follow/", following.notice_follow, name="notice-follow"),
    path("ask/", questions.notice_ask, name="notice-ask"),
    path("interest/", interests.notice_interest, name="notice-interest"),
    path("interest/list/", interests.notice_interests, name="notice-interests"),
    path("interest/list.csv", interests.notice_interests_csv, name="notice-interests-csv"),
    path("questions/", answers.notice_questions, name="notice-questions"),
    path("questions/<int:pk>/", answers.question_answer, name="question-answer"),
    path("questions/<int:pk>/publish/", answers.question_publish, name="question-publish"),
    path("questions/<int:pk>/take-back/", answers.question_take_back, name="question-take-back"),
    path("questions/<int:pk>/answered-already/", answers.question_close, name="question-close"),
    path("questions/<int:pk>/decline/", answers.question_decline, name="question-decline"),
    path("engagement/", engagement.notice_engagement, name="notice-engagement"),
    path("engagement/new/", engagement.engagement_write, name="engagement-write"),
    path("engagement/<int:pk>/", engagement.engagement_edit, name="engagement-edit"),
    path("engagement/<int:pk>/publish/", engagement.engagement_tell, name="engagement-tell"),
    path("engagement/<int:pk>/drop/", engagement.engagement_drop, name="engagement-drop"),
    path("edit/", notice_office.notice_edit, name="notice-edit"),
    path("preview/", notice_office.notice_preview, name="notice-preview"),
    path("clock/", notice_clock.notice_clock, name="notice-clock"),
    path("find-a-tender/", find_a_tender.notice_find_a_tender, name="notice-find-a-tender"),
    path("propose/", notice_office.notice_propose, name="notice-propose"),
    path("return/", notice_office.notice_return, name="notice-return"),
    path("publish/", notice_office.notice_publish, name="notice-publish"),
    path("specification/", notice_office.notice_specification, name="notice-specification"),
    path("discard/", notice_office.notice_discard, name="notice-discard"),
    path("correct/", notice_office.notice_correct, name="notice-correct"),
    path("drop/", notice_office.notice_drop, name="notice-drop"),
    path("withdraw/", notice_office.notice_withdraw, name="notice-withdraw"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", notice_office.notice_list, name="notice-list"),
    path("lacking/", notice_quality.notice_quality, name="notice-quality"),
    path("<reference:reference>/", include(_notice)),
]
