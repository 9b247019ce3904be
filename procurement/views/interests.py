"""Suppliers show interest in a notice and look after what they showed, without an account; its authorities read it."""

import csv
import io
from collections.abc import Iterator

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from boroughs.forms.spreadsheet_cells import guarded
from procurement.actions import interests
from procurement.forms.interests import InterestChangeForm, InterestForm
from procurement.models import Interest, Notice
from procurement.queries import interested, published
from procurement.queries.interested import Shown
from procurement.queries.published_notice import PublishedNotice
from procurement.views import asking_limit
from procurement.views.acting import done
from procurement.views.answers import notice_of, title_of
from procurement.views.following import outside, reader_of, taken

COLUMNS = (
    "Organisation",
    "Company number",
    "Authorities",
    "Users",
    "SME",
    "VCSE",
    "Frameworks",
    "Statement",
    "Shown on",
    "Changed on",
)
SAID = {True: "Yes", False: "No", None: ""}


@outside
@require_http_methods(["GET", "HEAD", "POST"])
def notice_interest(request: HttpRequest, reference: str) -> HttpResponse:
    notice = published.notice(reference, at=timezone.now())
    if notice is None:
        raise Http404
    form = InterestForm(request.POST if request.method == "POST" else None, named=notice.boroughs)
    refusal = _refusal(notice)
    wait = None
    if request.method == "POST" and not refusal and form.is_valid():
        if wait := asking_limit.take(request):
            form.add_error(None, str(wait))
        elif _shown(form, reference):
            return render(request, "procurement/following/sent.html", {"email": form.cleaned_data["email"]})
    context = {"notice": notice, "form": form, "refusal": refusal}
    return asking_limit.answer(render(request, "procurement/interests/show.html", context), wait)


def _shown(form: InterestForm, reference: str) -> bool:
    row, email = Notice.objects.get(reference=reference), form.cleaned_data["email"]
    return taken(form, lambda: interests.show(notice=row, email=email, content=form.content()))


@outside
@require_http_methods(["GET", "HEAD", "POST"])
def interest_change(request: HttpRequest, token: str, reference: str) -> HttpResponse:
    """What this mailbox has shown of its interest in one notice, and a form that says it anew while it is open."""
    interest = _own(token, reference)
    notice = published.notice(reference, at=timezone.now())
    if notice is None:
        raise Http404
    typed = request.POST if request.method == "POST" else None
    form = InterestChangeForm(typed, named=notice.boroughs, interest=interest)
    refusal = _refusal(notice)
    if request.method == "POST" and not refusal and form.is_valid():

        def act() -> str:
            interests.change(interest=interest, content=form.content(), revision=form.cleaned_data["revision"])
            return f"Changed. The authorities of {reference} read it as it stands now."

        if done(request, form, act, lambda: {"revision": Interest.objects.get(pk=interest.pk).revision}):
            return redirect("subscriber", token)
    context = {"notice": notice, "interest": interest, "form": form, "refusal": refusal, "token": token}
    return render(request, "procurement/interests/change.html", context)


@outside
@require_http_methods(["GET", "HEAD", "POST"])
def interest_withdraw(request: HttpRequest, token: str, reference: str) -> HttpResponse:
    """Asks first, as every link in an e-mail."""
    interest = _own(token, reference)
    if request.method == "POST":
        interests.withdraw(interest=interest)
        messages.success(request, f"Withdrawn. Nobody reads your interest in {reference} any more.")
        return redirect("subscriber", token)
    context = {"notice": interest.notice, "title": title_of(interest.notice), "token": token}
    return render(request, "procurement/interests/withdraw.html", context)


@require_safe
def notice_interests(request: HttpRequest, reference: str) -> HttpResponse:
    """All that was shown, for the authorities of the notice and for analysts."""
    notice, _ = notice_of(request, reference)
    context = {"notice": notice, "title": title_of(notice), "interests": interested.of(notice)}
    return render(request, "procurement/interests/list.html", context)


@require_safe
def notice_interests_csv(request: HttpRequest, reference: str) -> HttpResponse:
    notice, _ = notice_of(request, reference)
    buffer = io.StringIO()
    # With the mark by which Excel knows UTF-8.
    buffer.write("\ufeff")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for shown in interested.every(notice):
        writer.writerow([guarded(cell) for cell in _cells(shown)])
    name = f"interest-{notice.reference}-{timezone.localdate()}.csv"
    return HttpResponse(
        buffer.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _cells(shown: Shown) -> Iterator[str]:
    yield from (shown.organisation, shown.company_number, "; ".join(shown.boroughs), shown.volume)
    yield from (SAID[shown.is_sme], SAID[shown.is_vcse], "; ".join(shown.frameworks), shown.statement)
    yield timezone.localdate(shown.since).isoformat()
    yield timezone.localdate(shown.changed_at).isoformat() if shown.changed_at else ""


def _refusal(notice: PublishedNotice) -> str:
    return interests.refusal_in(notice.state, closes_date=notice.closes_date)


def _own(token: str, reference: str) -> Interest:
    standing = reader_of(token).interests.standing().select_related("notice__current", "notice__demand")
    return get_object_or_404(standing, notice__reference=reference)
