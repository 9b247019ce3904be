"""What is reached by a link in a mail: the pages of those who follow the board."""

from django.urls import URLPattern, URLResolver, include, path

from procurement.views import following, interests, webhooks

_subscriber: list[URLPattern] = [
    path("", following.subscriber, name="subscriber"),
    path("webhooks/new/", webhooks.webhook_create, name="webhook-create"),
    path("webhooks/<int:pk>/", webhooks.webhook, name="webhook"),
    path("webhooks/<int:pk>/test/", webhooks.webhook_test, name="webhook-test"),
    path("webhooks/<int:pk>/secret/", webhooks.webhook_rotate, name="webhook-rotate"),
    path("webhooks/<int:pk>/resume/", webhooks.webhook_resume, name="webhook-resume"),
    path("webhooks/<int:pk>/end/", webhooks.webhook_end, name="webhook-end"),
    path("<int:pk>/change/", following.alert_change, name="alert-change"),
    path("<int:pk>/end/", following.alert_end, name="alert-end"),
    path("<int:pk>/preview/", following.alert_preview, name="alert-preview"),
    path("mute/<reference:reference>/", following.notice_mute, name="notice-mute"),
    path("interest/<reference:reference>/", interests.interest_change, name="interest-change"),
    path("interest/<reference:reference>/withdraw/", interests.interest_withdraw, name="interest-withdraw"),
    path("delete/", following.subscriber_forget, name="subscriber-forget"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("confirm/<str:token>/", following.confirm, name="confirm"),
    path("stop/<str:token>/", following.alert_stop, name="alert-stop"),
    path("following/<str:token>/", include(_subscriber)),
]
