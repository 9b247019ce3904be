"""Webhooks on the page of a mailbox: added, looked at, tried, given another secret, set going again, ended."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from boroughs.exceptions import IllegalMove, NotAcceptable
from procurement.actions import webhooks
from procurement.forms.webhooks import WebhookForm
from procurement.models import Webhook
from procurement.views.following import outside, reader_of

# Messages that the log shows, the newest first.
SHOWN = 50


@outside
@require_http_methods(["GET", "POST"])
def webhook_create(request: HttpRequest, token: str) -> HttpResponse:
    """Add one. Its secret is on the page that answers, and nowhere after."""
    reader = reader_of(token)
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        search, name = form.cleaned_data["search"]
        try:
            made = webhooks.add(subscriber=reader, url=form.cleaned_data["url"], search=search, name=name)
        except NotAcceptable as refusal:
            for problem in refusal.problems:
                form.add_error("url" if "url" in refusal.fields else None, problem)
        else:
            return _secret(request, token, made)
    return render(request, "procurement/webhooks/create.html", {"form": form, "token": token})


@outside
@require_GET
def webhook(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """One webhook, and what came of its last messages. Three queries."""
    shown = _webhook(token, pk)
    log = shown.deliveries.select_related("version__notice").order_by("-pk")[:SHOWN]
    return render(request, "procurement/webhooks/webhook.html", {"webhook": shown, "token": token, "log": log})


@outside
@require_POST
def webhook_test(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    try:
        webhooks.test(webhook=_webhook(token, pk))
        messages.success(request, "A test is on its way. Load this page again to see what your server answered.")
    except IllegalMove as refusal:
        messages.error(request, str(refusal))
    return redirect("webhook", token, pk)


@outside
@require_http_methods(["GET", "POST"])
def webhook_rotate(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    shown = _webhook(token, pk)
    if request.method == "POST":
        try:
            return _secret(request, token, webhooks.rotate(webhook=shown))
        except IllegalMove as refusal:
            messages.error(request, str(refusal))
            return redirect("webhook", token, pk)
    return render(request, "procurement/webhooks/rotate.html", {"webhook": shown, "token": token})


@outside
@require_POST
def webhook_resume(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    webhooks.resume(webhook=_webhook(token, pk))
    messages.success(request, "It is sent again: what waited meanwhile, and what is published from now on.")
    return redirect("webhook", token, pk)


@outside
@require_http_methods(["GET", "POST"])
def webhook_end(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    shown = _webhook(token, pk)
    if request.method == "POST":
        webhooks.end(webhook=shown)
        messages.success(request, f"Nothing more is sent to {shown.host}.")
        return redirect("subscriber", token)
    return render(request, "procurement/webhooks/end.html", {"webhook": shown, "token": token})


def _secret(request: HttpRequest, token: str, made: Webhook) -> HttpResponse:
    both_until = made.both_until if made.previous_secret else None
    context = {"webhook": made, "token": token, "both_until": both_until}
    return render(request, "procurement/webhooks/secret.html", context)


def _webhook(token: str, pk: int) -> Webhook:
    return get_object_or_404(Webhook, pk=pk, subscriber=reader_of(token))
