"""Following the board by e-mail, for people without an account: asked for, confirmed from the mailbox, looked after.

Nothing here is kept by caches: the forms carry a token, and the pages of a mailbox are its reader's alone.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from boroughs.exceptions import LotiError, NotAcceptable
from procurement.actions import alerts, confirming, subscribers
from procurement.forms.board import read
from procurement.forms.following import FollowForm, FrequencyForm, followed
from procurement.models import Alert, LinkNotOurs, Notice, Subscriber
from procurement.queries import alert_matches, board, published
from procurement.queries.alert_matches import Preview
from procurement.views import asking_limit

View = Callable[..., HttpResponse]


def outside(view: View) -> View:
    """A page for people without an account that no cache may keep. Of a link that is no longer ours it says so."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except LinkNotOurs:
            return render(request, "procurement/following/not_ours.html", status=404)

    opened: View = login_not_required(never_cache(answered))
    return opened


def taken(form: Form, act: Callable[[], object]) -> bool:
    """Whether the mailbox was written to; if not, the form says why, with everything that was typed."""
    try:
        act()
    except NotAcceptable as refusal:
        for field, problems in refusal.fields.items():
            form.add_error(field, problems)
        if not refusal.fields:
            form.add_error(None, refusal.problems)
        return False
    except LotiError as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@outside
@require_http_methods(["GET", "POST"])
def board_follow(request: HttpRequest) -> HttpResponse:
    """Follow the board, under the filters of the address."""
    search, name = followed(request.GET, board.options(published.stamp(at=timezone.now())))
    return _follow(request, name=name, search=search)


@outside
@require_http_methods(["GET", "POST"])
def notice_follow(request: HttpRequest, reference: str) -> HttpResponse:
    """Follow one published notice: its corrections, its answers, its withdrawal."""
    notice = published.notice(reference, at=timezone.now())
    if notice is None:
        raise Http404
    row = Notice.objects.get(reference=reference)
    return _follow(request, name=f"{notice.title} ({notice.reference})", notice=row)


def _follow(request: HttpRequest, *, name: str, search: str = "", notice: Notice | None = None) -> HttpResponse:
    form = FollowForm(request.POST if request.method == "POST" else None)
    wait = None
    if request.method == "POST" and form.is_valid():
        wait = asking_limit.take(request)
        if wait is None and _followed(form, name=name, search=search, notice=notice):
            return render(request, "procurement/following/sent.html", {"email": form.cleaned_data["email"]})
    if wait is not None:
        form.add_error(None, str(wait))
    context = {"form": form, "name": name, "search": search, "notice": notice}
    context["preview"] = _preview(Alert(name=name, search=search, notice=notice))
    return asking_limit.answer(render(request, "procurement/following/follow.html", context), wait)


def _followed(form: FollowForm, *, name: str, search: str, notice: Notice | None) -> bool:
    email, frequency = form.cleaned_data["email"], Alert.Frequency(form.cleaned_data["frequency"])
    return taken(form, lambda: alerts.follow(email=email, frequency=frequency, name=name, search=search, notice=notice))


def _preview(alert: Alert) -> Preview:
    return alert_matches.preview(alert, stamp=published.stamp(at=timezone.now()), read=read)


@outside
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Where a link in an e-mail leads. Reading it changes nothing, since mail scanners read too: a button does."""
    thing = confirming.thing_of(token)
    if request.method == "POST":
        confirming.confirm(thing)
        messages.success(request, confirming.said(thing))
        return redirect("subscriber", thing.subscriber.token)
    return render(request, "procurement/following/confirm.html", {"thing": thing, "asked": confirming.asked(thing)})


@outside
@require_GET
def subscriber(request: HttpRequest, token: str) -> HttpResponse:
    """What one mailbox follows, asked, and shows interest in."""
    reader = reader_of(token)
    standing = reader.alerts.standing().select_related("notice").order_by("pk")
    asked = reader.questions.confirmed().select_related("notice").order_by("-pk")
    rows = [(alert, FrequencyForm(initial={"frequency": alert.frequency}, prefix=str(alert.pk))) for alert in standing]
    mutes = reader.mutes.select_related("notice__current").order_by("pk")
    context = {"reader": reader, "token": token, "rows": rows, "mutes": mutes, "asked": asked}
    context["interests"] = reader.interests.standing().select_related("notice__current").first_come()
    context["webhooks"] = reader.webhooks.kept().order_by("pk")
    return render(request, "procurement/following/subscriber.html", context)


@outside
@require_GET
def alert_preview(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """What an alert would have sent in the last month."""
    alert = _alert(token, pk)
    context = {"alert": alert, "token": token, "preview": _preview(alert)}
    return render(request, "procurement/following/preview.html", context)


@csrf_exempt
@outside
@require_http_methods(["GET", "POST"])
def alert_stop(request: HttpRequest, token: str) -> HttpResponse:
    """What the head of an e-mail names (RFC 8058): mailboxes POST here, without a cookie and without asking again.

    Free of the token against forged requests, since the address is one that only the mailbox has. A person who follows
    it finds a button.
    """
    found = Subscriber.objects.by_token_to_stop(token)
    if found is None:
        raise LinkNotOurs
    reader, keys = found
    mine = reader.alerts.filter(pk__in=keys).order_by("pk")
    if request.method == "POST":
        for alert in mine:
            alerts.end(alert=alert)
        return render(request, "procurement/following/stopped.html", {"alerts": mine, "reader": reader})
    return render(request, "procurement/following/stop.html", {"alerts": mine})


@outside
@require_http_methods(["GET", "POST"])
def notice_mute(request: HttpRequest, token: str, reference: str) -> HttpResponse:
    """Hear no more of one notice, or hear of it again. Asks first, as every link in an e-mail."""
    reader = reader_of(token)
    notice = get_object_or_404(Notice.objects.select_related("current"), reference=reference, current__isnull=False)
    is_muted = reader.mutes.filter(notice=notice).exists()
    if request.method == "POST":
        (alerts.unmute if is_muted else alerts.mute)(subscriber=reader, notice=notice)
        said = "You hear of it again" if is_muted else "You hear no more of it"
        messages.success(request, f"{said}: {notice.current.title}." if notice.current else f"{said}.")
        return redirect("subscriber", token)
    context = {"notice": notice, "token": token, "is_muted": is_muted}
    return render(request, "procurement/following/mute.html", context)


@outside
@require_POST
def alert_change(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    alert = _alert(token, pk)
    form = FrequencyForm(request.POST, prefix=str(pk))
    if form.is_valid():
        alerts.change(alert=alert, frequency=Alert.Frequency(form.cleaned_data["frequency"]))
        messages.success(request, f"You are now told {_often(form)} of {alert.name}.")
    else:
        messages.error(request, "Choose how often you want to be told.")
    return redirect("subscriber", token)


@outside
@require_http_methods(["GET", "POST"])
def alert_end(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """Asks first: a mail scanner that follows the link of an e-mail ends nothing."""
    alert = _alert(token, pk)
    if request.method == "POST":
        alerts.end(alert=alert)
        messages.success(request, f"You get no more e-mails about {alert.name}.")
        return redirect("subscriber", token)
    return render(request, "procurement/following/end.html", {"alert": alert, "token": token})


@outside
@require_http_methods(["GET", "POST"])
def subscriber_forget(request: HttpRequest, token: str) -> HttpResponse:
    """Delete the address and what hangs on it."""
    reader = reader_of(token)
    if request.method == "POST":
        subscribers.forget(subscriber=reader)
        return render(request, "procurement/following/forgotten.html")
    return render(request, "procurement/following/forget.html", {"reader": reader, "token": token})


def _often(form: FrequencyForm) -> str:
    return Alert.Frequency(form.cleaned_data["frequency"]).label.lower()


def reader_of(token: str) -> Subscriber:
    """Whose page it is. Raises LinkNotOurs, also where the address was deleted."""
    reader = Subscriber.objects.by_token(token)
    if reader is None:
        raise LinkNotOurs
    return reader


def _alert(token: str, pk: int) -> Alert:
    return get_object_or_404(Alert.objects.select_related("subscriber"), pk=pk, subscriber=reader_of(token))
