"""A notice's public page, now, at any day before, and in each version. Comparing them is in notice_versions.py.

The office's way to publication is in notice_office.py.
"""

from datetime import date, datetime, time

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString

from boroughs import permissions
from boroughs.models import User
from boroughs.permissions import Permission
from procurement.disclosure.counts import Band
from procurement.feeds import json_ld
from procurement.forms.versions import AsAtForm
from procurement.models import Notice
from procurement.ocds.publisher import Publisher
from procurement.queries import alert_matches, answering, drafting, interested, published, questions, telling
from procurement.queries.published_notice import PublishedNotice
from procurement.views import ways_to_follow
from procurement.views.public import public


@public
def notice_detail(request: HttpRequest, reference: str) -> HttpResponseBase:
    """What a notice says now. A draft's address tells nobody that it exists; who prepares it is led to its preview."""
    notice = published.notice(reference, at=timezone.now())
    if notice is None:
        if published.is_reference(reference) and _may_prepare(request, reference):
            return redirect("notice-preview", reference)
        raise Http404
    return _as_at(request, notice) if "at" in request.GET else _show(request, notice)


@public
def notice_version(request: HttpRequest, reference: str, number: int) -> HttpResponseBase:
    """One numbered version, for ever."""
    notice = published.version(reference, number, at=timezone.now())
    if notice is None:
        raise Http404
    return _show(request, notice)


def _as_at(request: HttpRequest, notice: PublishedNotice) -> HttpResponse:
    """The version that stood at the end of a day in London, or why there is none."""
    form = AsAtForm(request.GET)
    if not form.is_valid():
        return render(request, "procurement/notices/as_at.html", {"notice": notice, "form": form}, status=400)
    day = form.cleaned_data["at"]
    stood = published.standing(notice.reference, at=min(_end_of(day), timezone.now()))
    if stood is None:
        context = {"notice": notice, "form": form, "day": day}
        return render(request, "procurement/notices/as_at.html", context, status=404)
    return _show(request, stood, day=day)


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.max))


def _show(request: HttpRequest, notice: PublishedNotice, *, day: date | None = None) -> HttpResponse:
    publisher = Publisher.of(settings)
    return render(
        request,
        "procurement/notices/detail.html",
        {
            "notice": notice,
            # Where it is shown as it stood on a day.
            "day": day,
            "as_at": AsAtForm({"at": day}) if day else AsAtForm(),
            "versions": published.versions(notice.reference, at=timezone.now()),
            "ocds_url": publisher.package_url(publisher.ocid(notice.demand)),
            "following": ways_to_follow.notice(notice.reference),
            # For the page that search engines list, and while it is on the board.
            "json_ld": _json_ld(notice, publisher) if notice.is_current and not day else "",
            "may_prepare": notice.is_current and not notice.is_withdrawn and _may_prepare(request, notice.reference),
            "may_answer": notice.is_current and _may_answer(request, notice.reference),
            "telling": _telling(request, notice) if notice.is_current and not day else None,
            # Not of the version: what nobody has answered, and how many have shown interest, by now.
            "waiting": _waiting(notice) if notice.is_current and not day else None,
            "interest": _interest(notice) if notice.is_current and not day else None,
        },
    )


def _json_ld(notice: PublishedNotice, publisher: Publisher) -> str:
    """Safe in the page, because the text has no character by which HTML could end or begin anything."""
    return "" if notice.is_withdrawn else SafeString(json_ld.text(notice, publisher))


def _may_prepare(request: HttpRequest, reference: str) -> bool:
    """Asked only of people who are signed in, so that the public's pages need no query for it."""
    if not isinstance(request.user, User):
        return False
    notice = Notice.objects.select_related("demand").filter(reference=reference).first()
    return notice is not None and drafting.may_draft(request.user, notice.demand)


def _may_answer(request: HttpRequest, reference: str) -> bool:
    """Asked as `_may_prepare` is, and only of people who answer at all."""
    user = request.user
    if not isinstance(user, User) or not drafting.prepares_any(user):
        return False
    notice = Notice.objects.select_related("demand", "current").filter(reference=reference).first()
    return notice is not None and answering.may_draft(user, notice)


def _telling(request: HttpRequest, notice: PublishedNotice) -> telling.Telling | None:
    """How far its subscribers have been told of it, for who publishes. Letters are kept as long as it is news."""
    published_at = notice.published_at
    if published_at is None or published_at < alert_matches.news_since(timezone.now()):
        return None
    if not isinstance(request.user, User) or not permissions.has(request.user, Permission.PUBLISH_NOTICES):
        return None
    return telling.of_version(notice.version_id)


def _waiting(notice: PublishedNotice) -> questions.Waiting | None:
    return None if notice.is_withdrawn else questions.waiting(notice.reference, today=timezone.localdate())


def _interest(notice: PublishedNotice) -> Band | None:
    return None if notice.is_withdrawn else interested.public_band(notice.reference)
