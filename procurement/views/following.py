"""Following the board by e-mail, for people without an account: asked for, confirmed from the mailbox, looked after.

Nothing here is kept by caches: the forms carry a token, and the pages of a mailbox are its reader's alone.
"""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from boroughs.exceptions import NotAcceptable
from procurement.actions import alerts, confirming, subscribers
from procurement.forms.board import read
from procurement.forms.following import FollowForm, FrequencyForm
from procurement.models import Alert, LinkNotOurs, Notice, Subscriber
from procurement.queries import board, published
from procurement.views.board_address import chosen, kept

View = Callable[..., HttpResponse]


def outside(view: View) -> View:
    """A page for people without an account that no cache may keep."""
    opened: View = login_not_required(never_cache(view))
    return opened


@outside
@require_http_methods(["GET", "POST"])
def board_follow(request: HttpRequest) -> HttpResponse:
    """Follow the board, under the filters of the address."""
    options = board.options(published.stamp(at=timezone.now()))
    filters = chosen(request, read(request.GET, options), options)
    name = ", ".join(f"{each.name}: {each.label}" for each in filters) or "all notices"
    search = kept(request)
    search.pop("sort", None)
    return _follow(request, name=name, search=search.urlencode())


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
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        frequency = Alert.Frequency(typed["frequency"])
        try:
            alerts.follow(email=typed["email"], frequency=frequency, name=name, search=search, notice=notice)
        except NotAcceptable as refusal:
            for field, problems in refusal.fields.items():
                form.add_error(field, problems)
        else:
            return render(request, "procurement/following/sent.html", {"email": typed["email"]})
    context = {"form": form, "name": name, "search": search, "notice": notice}
    return render(request, "procurement/following/follow.html", context)


@outside
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Where a link in an e-mail leads. Reading it changes nothing, since mail scanners read too: a button does."""
    try:
        thing = confirming.thing_of(token)
    except LinkNotOurs:
        return render(request, "procurement/following/not_ours.html", status=404)
    if request.method == "POST":
        confirming.confirm(thing)
        messages.success(request, confirming.said(thing))
        return redirect("subscriber", thing.subscriber.token)
    return render(request, "procurement/following/confirm.html", {"thing": thing, "asked": confirming.asked(thing)})


@outside
@require_GET
def subscriber(request: HttpRequest, token: str) -> HttpResponse:
    """What one mailbox follows, and asked."""
    reader = _reader(token)
    standing = reader.alerts.standing().select_related("notice").order_by("pk")
    asked = reader.questions.confirmed().select_related("notice").order_by("-pk")
    rows = [(alert, FrequencyForm(initial={"frequency": alert.frequency}, prefix=str(alert.pk))) for alert in standing]
    context = {"reader": reader, "token": token, "rows": rows, "asked": asked}
    return render(request, "procurement/following/subscriber.html", context)


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
    reader = _reader(token)
    if request.method == "POST":
        subscribers.forget(subscriber=reader)
        return render(request, "procurement/following/forgotten.html")
    return render(request, "procurement/following/forget.html", {"reader": reader, "token": token})


def _often(form: FrequencyForm) -> str:
    return Alert.Frequency(form.cleaned_data["frequency"]).label.lower()


def _reader(token: str) -> Subscriber:
    reader = Subscriber.objects.by_token(token)
    if reader is None:
        raise Http404
    return reader


def _alert(token: str, pk: int) -> Alert:
    return get_object_or_404(Alert.objects.select_related("subscriber"), pk=pk, subscriber=_reader(token))
