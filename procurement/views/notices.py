"""A notice's public pages. The office's way to publication is in notice_office.py."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from boroughs.models import User
from procurement.models import Notice
from procurement.ocds.publisher import Publisher
from procurement.queries import drafting, published
from procurement.queries.published_notice import PublishedNotice
from procurement.views.public import public


@public
def notice_detail(request: HttpRequest, reference: str) -> HttpResponseBase:
    """What a notice says now. A draft's address tells nobody that it exists; who prepares it is led to its preview."""
    notice = published.notice(reference, at=timezone.now())
    if notice is None:
        if published.is_reference(reference) and _may_prepare(request, reference):
            return redirect("notice-preview", reference)
        raise Http404
    return _show(request, notice)


@public
def notice_version(request: HttpRequest, reference: str, number: int) -> HttpResponseBase:
    """One numbered version, for ever."""
    notice = published.version(reference, number, at=timezone.now())
    if notice is None:
        raise Http404
    return _show(request, notice)


def _show(request: HttpRequest, notice: PublishedNotice) -> HttpResponse:
    publisher = Publisher.of(settings)
    return render(
        request,
        "procurement/notices/detail.html",
        {
            "notice": notice,
            "versions": published.versions(notice.reference, at=timezone.now()),
            "ocds_url": publisher.package_url(publisher.ocid(notice.demand)),
            "may_prepare": notice.is_current and not notice.is_withdrawn and _may_prepare(request, notice.reference),
        },
    )


def _may_prepare(request: HttpRequest, reference: str) -> bool:
    """Asked only of people who are signed in, so that the public's pages need no query for it."""
    if not isinstance(request.user, User):
        return False
    notice = Notice.objects.select_related("demand").filter(reference=reference).first()
    return notice is not None and drafting.may_draft(request.user, notice.demand)
