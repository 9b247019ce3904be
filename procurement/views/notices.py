"""A notice's public pages, and the office's way from a draft to publication."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from boroughs import audit, permissions
from boroughs.exceptions import ChangedMeanwhile, LotiError, NotAcceptable
from boroughs.models import User
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.actions import notices
from procurement.forms.notices import NoticeForm, ReasonForm, WithdrawForm
from procurement.models import JointDemand, Notice
from procurement.ocds.publisher import Publisher
from procurement.queries import notice_draft, published, specification_content, specification_lines
from procurement.queries.published_notice import PublishedNotice
from procurement.views.public import public

PAGE = 25
# Verbs of the audit trail, as a history tells them.
DONE = {"draft": "Drafted", "edit": "Edited", "propose": "Proposed", "return_to_draft": "Returned to draft"}


# --- for everybody ------------------------------------------------------------------------------------------------


@public
def notice_detail(request: HttpRequest, reference: str) -> HttpResponseBase:
    """What a notice says now. A draft's address tells nobody that it exists; the office is led to its preview."""
    notice = published.notice(reference, at=timezone.now())
    if notice is None:
        if _may_draft(request) and published.is_reference(reference):
            # Answers 404 where there is no such draft either.
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
            "may_withdraw": _may_draft(request) and notice.is_current and not notice.is_withdrawn,
        },
    )


def _may_draft(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and permissions.has(request.user, Permission.DRAFT_NOTICES)


# --- for the office -----------------------------------------------------------------------------------------------


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    permissions.require(person(request), Permission.DRAFT_NOTICES)
    rows = Notice.objects.select_related("demand", "lead").newest_first()
    status = request.GET.get("status", "")
    if status in Notice.Status.values:
        rows = rows.filter(status=status)
    ready = JointDemand.objects.confirmed().exclude(notices__in=Notice.objects.standing()).by_reference()
    return render(
        request,
        "procurement/notices/list.html",
        {
            "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
            "status": status,
            "statuses": Notice.Status.choices,
            "ready": ready,
        },
    )


@require_POST
def notice_draft_from(request: HttpRequest, reference: str) -> HttpResponse:
    user = person(request)
    permissions.require(user, Permission.DRAFT_NOTICES)
    demand = get_object_or_404(JointDemand.objects.select_related("category"), reference=reference)
    try:
        notice = notices.draft_from(demand=demand, by=user)
    except LotiError as refusal:
        messages.error(request, str(refusal))
        return redirect("demand-detail", reference)
    messages.success(request, "This draft is filled in from the needs. Check every line before you propose it.")
    return redirect("notice-edit", notice.reference)


@require_http_methods(["GET", "HEAD", "POST"])
def notice_edit(request: HttpRequest, reference: str) -> HttpResponse:
    notice, user = _draftable(request, reference)
    boroughs = notices.boroughs_of(notice.demand)
    today = timezone.localdate()
    form = NoticeForm(request.POST or None, notice=notice, boroughs=boroughs, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            notices.edit(notice=notice, content=form.content(), revision=form.cleaned_data["revision"], by=user)
        except NotAcceptable as refusal:
            for problem in refusal.problems:
                form.add_error(None, problem)
        except ChangedMeanwhile as refusal:
            form.add_error(None, f"{refusal} Copy what you want to keep, and open the page again.")
        else:
            messages.success(request, "Saved.")
            return redirect("notice-preview", reference)
    elif notice.status != Notice.Status.DRAFT:
        return redirect("notice-preview", reference)
    return render(request, "procurement/notices/edit.html", {"draft": notice, "form": form})


@require_safe
def notice_preview(request: HttpRequest, reference: str) -> HttpResponse:
    """The draft as a supplier would read it, with what it lacks and what the person may do with it."""
    notice, user = _draftable(request, reference)
    if notice.status in (Notice.Status.PUBLISHED, Notice.Status.WITHDRAWN):
        return redirect("notice-detail", reference)
    is_mine = notice.proposed_by == audit.name_of(user)
    return render(
        request,
        "procurement/notices/preview.html",
        {
            "draft": notice,
            "notice": published.preview(notice, at=timezone.now()),
            "seen": published.preview_digest(notice),
            "problems": notices.problems(notice),
            "warnings": notice_draft.warnings(notice),
            "left_out": specification_lines.left_out(notice),
            "newest": specification_content.newest(notice.demand),
            "may_publish": permissions.has(user, Permission.PUBLISH_NOTICES) and not is_mine,
            "is_mine": is_mine,
            "history": _history(reference),
            "reason_form": ReasonForm(),
        },
    )


@require_POST
def notice_propose(request: HttpRequest, reference: str) -> HttpResponse:
    return _move(
        request,
        reference,
        lambda notice, user: notices.propose(notice=notice, by=user),
        "Proposed. A second person has to approve it.",
    )


@require_POST
def notice_return(request: HttpRequest, reference: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    return _move(
        request,
        reference,
        lambda notice, user: notices.return_to_draft(notice=notice, by=user, reason=reason),
        "Returned to draft.",
    )


@require_POST
def notice_publish(request: HttpRequest, reference: str) -> HttpResponse:
    seen = request.POST.get("seen", "")
    return _move(
        request,
        reference,
        lambda notice, user: notices.publish(notice=notice, by=user, seen=seen),
        "Published. Everybody can read it on the demand board now.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def notice_withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    notice, _ = _draftable(request, reference)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        return _move(
            request,
            reference,
            lambda notice, user: notices.withdraw(notice=notice, by=user, reason=reason),
            "Withdrawn. The page stays and says why.",
        )
    if notice.status != Notice.Status.PUBLISHED:
        return redirect("notice-preview", reference)
    return render(request, "procurement/notices/withdraw.html", {"draft": notice, "form": form})


def _draftable(request: HttpRequest, reference: str) -> tuple[Notice, User]:
    """The notice and the person; the same refusal whether the notice exists or not."""
    user = person(request)
    permissions.require(user, Permission.DRAFT_NOTICES)
    if not published.is_reference(reference):
        raise Http404
    return get_object_or_404(
        Notice.objects.select_related("demand__category", "lead", "specification"), reference=reference
    ), user


def _history(reference: str) -> list[dict[str, object]]:
    return [
        {
            "words": DONE.get(event.verb, event.verb),
            "at": event.at,
            "by": event.actor,
            "reason": event.details.get("reason", ""),
        }
        for event in audit.history(noun="notice", reference=reference)
    ]


def _move(request: HttpRequest, reference: str, action: Callable[[Notice, User], object], said: str) -> HttpResponse:
    notice, user = _draftable(request, reference)
    try:
        action(notice, user)
    except LotiError as refusal:
        for problem in refusal.problems if isinstance(refusal, NotAcceptable) else [str(refusal)]:
            messages.error(request, problem)
    else:
        messages.success(request, said)
    return redirect("notice-detail", reference)
