"""The way of a notice from a draft to the board, its next versions and its withdrawal: for who works on them."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from boroughs import audit, permissions
from boroughs.exceptions import LotiError, PermissionRefused
from boroughs.models import User
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.actions import corrections, notices, withdrawals
from procurement.forms import notice_coach
from procurement.forms.date_remarks import date_remarks, days_to_change
from procurement.forms.notice_coach import Topic
from procurement.forms.notices import ChangeForm, NoticeForm, ReasonForm, WithdrawForm
from procurement.models import JointDemand, Notice
from procurement.queries import (
    behind_notice,
    drafting,
    left_out_lines,
    notice_draft,
    notice_lead,
    notice_problems,
    published,
    specification_content,
)
from procurement.queries.behind_notice import Behind
from procurement.queries.published_notice import PublishedNotice
from procurement.views.acting import done, number_in, tried
from procurement.views.preparing import prepared

PAGE = 25
# Verbs of the audit trail, as a history tells them.
DONE = {
    "draft": "Drafted",
    "edit": "Edited",
    "take specification": "Newest common specification taken over",
    "discard": "Discarded",
    "propose": "Proposed",
    "return_to_draft": "Returned to draft",
    "publish": "Published",
    "begin_correction": "Next version begun",
    "drop_correction": "Next version given up",
    "propose_correction": "Next version proposed",
    "return_correction": "Next version sent back",
    "publish_correction": "Next version published",
    "propose_withdrawal": "Withdrawal proposed",
    "keep": "Kept on the board",
    "withdraw": "Withdrawn",
}


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """All notices for analysts; those of the joint demands that their borough leads for others."""
    user = person(request)
    rows = drafting.notices_of(user).select_related("demand", "lead").newest_first()
    ready = drafting.demands_of(user).confirmed().exclude(notices__in=Notice.objects.standing()).by_reference()
    status = request.GET.get("status", "")
    if status in Notice.Status.values:
        rows = rows.filter(status=status)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    leads = notice_lead.chosen_of(shown)
    return render(
        request,
        "procurement/notices/list.html",
        {
            "page": page,
            "rows": [(notice, leads[notice.pk]) for notice in shown],
            "status": status,
            "statuses": Notice.Status.choices,
            "ready": ready,
        },
    )


@require_POST
def notice_draft_from(request: HttpRequest, reference: str) -> HttpResponse:
    user = person(request)
    demand = get_object_or_404(JointDemand.objects.select_related("category"), reference=reference)
    if not drafting.may_draft(user, demand):
        raise PermissionRefused("Analysts and the lead borough draft notices.")
    try:
        notice = notices.draft_from(demand=demand, by=user)
    except LotiError as refusal:
        messages.error(request, str(refusal))
        return redirect("demand-detail", reference)
    messages.success(request, "This draft is filled in from the needs. Check every line before you propose it.")
    return redirect("notice-edit", notice.reference)


@require_http_methods(["GET", "HEAD", "POST"])
def notice_edit(request: HttpRequest, reference: str) -> HttpResponse:
    notice, user = prepared(request, reference)
    boroughs, today = notice_problems.boroughs_of(notice.demand), timezone.localdate()
    form = NoticeForm(request.POST or None, notice=notice, boroughs=boroughs, today=today)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            revision = form.cleaned_data["revision"]
            notices.edit(notice=notice, content=form.content(), revision=revision, contact=form.contact(), by=user)
            return "Saved."

        if done(request, form, act, lambda: {"revision": Notice.objects.get(pk=notice.pk).revision}):
            return redirect("notice-preview", reference)
    elif notice.status not in Notice.EDITABLE:
        return redirect("notice-preview", reference)
    left_out = left_out_lines.read(notice, behind_notice.read(notice.demand), user)
    context: dict[str, object] = {"draft": notice, "form": form, "left_out": left_out}
    if not form.is_bound:
        # On what is stored: what was just typed is asked about once it is saved.
        context |= {"remarks": date_remarks(notice, today=today), "to_change": days_to_change(notice, today=today)}
    return render(request, "procurement/notices/edit.html", context)


@require_safe
def notice_preview(request: HttpRequest, reference: str) -> HttpResponse:
    """The next version as a supplier would read it, with what it lacks and what the person may do with it."""
    notice, user = prepared(request, reference)
    if notice.status in (Notice.Status.PUBLISHED, *Notice.OVER):
        return redirect("notice-detail", reference) if notice.current_id else redirect("notice-list")
    return _preview(request, notice, user)


def _preview(
    request: HttpRequest,
    notice: Notice,
    user: User,
    *,
    change_form: ChangeForm | None = None,
    reason_form: ReasonForm | None = None,
) -> HttpResponse:
    """The preview, with a form that was sent and says what is wrong."""
    is_mine = notice.proposed_by == audit.name_of(user)
    is_withdrawal = notice.status == Notice.Status.WITHDRAWAL_PROPOSED
    behind = behind_notice.read(notice.demand)
    tells_new = permissions.has(user, Permission.VIEW_EXACT_FIGURES)
    shown = _shown(notice, behind, is_withdrawal=is_withdrawal, tells_new=tells_new)
    today = timezone.localdate()
    left_out = None if is_withdrawal else left_out_lines.read(notice, behind, user)
    advice = notice_coach.advice(shown, today=today, agreed=left_out.agreed if left_out else ())
    return render(
        request,
        "procurement/notices/preview.html",
        {
            "draft": notice,
            "is_editable": notice.status in Notice.EDITABLE,
            "is_waiting": notice.status in Notice.WAITING,
            "is_withdrawal": is_withdrawal,
            "notice": shown,
            # What is left out of this page may be in the notice.
            "advice": [each for each in advice if tells_new or each.topic != Topic.BUDGET],
            "tells_new": tells_new or is_withdrawal,
            "seen": shown.digest,
            "problems": [] if is_withdrawal else notice_problems.of_publication(notice, behind),
            "remarks": [] if is_withdrawal else date_remarks(notice, today=today),
            "warnings": [] if is_withdrawal else notice_draft.warnings(notice, behind.everyone),
            "left_out": left_out,
            "newest": specification_content.newest(notice.demand),
            "may_publish": permissions.has(user, Permission.PUBLISH_NOTICES) and not is_mine,
            "is_mine": is_mine,
            "history": _history(notice.reference),
            "reason_form": reason_form or ReasonForm(),
            "change_form": change_form or ChangeForm(initial={"reason": notice.change_reason}),
        },
    )


def _shown(notice: Notice, behind: Behind, *, is_withdrawal: bool, tells_new: bool) -> PublishedNotice:
    """What is published if the second person says yes."""
    now = timezone.now()
    if is_withdrawal and notice.current is not None:
        return published.preview_of_withdrawal(notice, notice.current, at=now)
    return published.preview(notice, at=now, behind=behind, tells_new=tells_new)


@require_POST
def notice_specification(request: HttpRequest, reference: str) -> HttpResponse:
    def act(notice: Notice, user: User) -> str:
        notices.take_newest(notice=notice, revision=number_in(request, "revision"), by=user)
        return "The requirements are those of the newest common specification now. Check every line."

    return _act(request, reference, act)


@require_POST
def notice_discard(request: HttpRequest, reference: str) -> HttpResponse:
    def act(notice: Notice, user: User) -> str:
        notices.discard(notice=notice, by=user)
        return f"{notice.reference} is discarded. {notice.demand.reference} may have another notice."

    _act(request, reference, act)
    return redirect("notice-list")


@require_POST
def notice_propose(request: HttpRequest, reference: str) -> HttpResponse:
    """A first version, or with a reason the next one of a notice that is on the board."""
    notice, user = prepared(request, reference)
    seen = request.POST.get("seen", "")
    said = "Proposed. A second person has to approve it."
    if notice.status != Notice.Status.CORRECTING:

        def first() -> str:
            notices.propose(notice=notice, by=user, seen=seen)
            return said

        tried(request, first)
        return redirect("notice-preview", reference)
    form = ChangeForm(request.POST)

    def act() -> str:
        corrections.propose(notice=notice, by=user, reason=form.cleaned_data["reason"], seen=seen)
        return said

    if form.is_valid() and done(request, form, act):
        return redirect("notice-preview", reference)
    notice.refresh_from_db()
    return _preview(request, notice, user, change_form=form)


@require_POST
def notice_return(request: HttpRequest, reference: str) -> HttpResponse:
    notice, user = prepared(request, reference)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _preview(request, notice, user, reason_form=form)
    reason = form.cleaned_data["reason"]

    def act(notice: Notice, user: User) -> str:
        if notice.status == Notice.Status.CORRECTION_PROPOSED:
            corrections.send_back(notice=notice, by=user, reason=reason)
            return "Sent back. It can be changed again."
        if notice.status == Notice.Status.WITHDRAWAL_PROPOSED:
            withdrawals.keep(notice=notice, by=user, reason=reason)
            return "The notice stays on the board."
        notices.return_to_draft(notice=notice, by=user, reason=reason)
        return "Returned to draft."

    return _act(request, reference, act)


@require_POST
def notice_publish(request: HttpRequest, reference: str) -> HttpResponse:
    """The second person's yes, to whatever is proposed."""
    seen = request.POST.get("seen", "")

    def act(notice: Notice, user: User) -> str:
        if notice.status == Notice.Status.WITHDRAWAL_PROPOSED:
            withdrawals.approve(notice=notice, by=user, seen=seen)
            return "Withdrawn. The page stays and says why."
        if notice.status == Notice.Status.CORRECTION_PROPOSED:
            version = corrections.publish(notice=notice, by=user, seen=seen)
            return f"Version {version.number} is published."
        notices.publish(notice=notice, by=user, seen=seen)
        return "Published. Everybody can read it on the demand board now."

    return _act(request, reference, act)


@require_POST
def notice_correct(request: HttpRequest, reference: str) -> HttpResponse:
    def act(notice: Notice, user: User) -> str:
        corrections.begin(notice=notice, by=user)
        return "Change what is wrong, then propose the next version. The board shows the present one until then."

    return _act(request, reference, act)


@require_POST
def notice_drop(request: HttpRequest, reference: str) -> HttpResponse:
    def act(notice: Notice, user: User) -> str:
        corrections.drop(notice=notice, by=user)
        return "The next version is given up. The board shows what it did."

    return _act(request, reference, act)


@require_http_methods(["GET", "HEAD", "POST"])
def notice_withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    notice, user = prepared(request, reference)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            seen = request.POST.get("seen", "")
            withdrawals.propose(notice=notice, by=user, reason=form.cleaned_data["reason"], seen=seen)
            return "Proposed. A second person has to approve the withdrawal."

        if done(request, form, act):
            return redirect("notice-detail", reference)
        # What the refusal took back, and what has happened meanwhile.
        notice.refresh_from_db()
    if notice.status != Notice.Status.PUBLISHED or notice.current is None:
        return redirect("notice-preview", reference)
    last = published.preview_of_withdrawal(notice, notice.current, at=timezone.now())
    context = {"draft": notice, "form": form, "last": last, "seen": last.digest}
    return render(request, "procurement/notices/withdraw.html", context)


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


def _act(request: HttpRequest, reference: str, act: Callable[[Notice, User], str]) -> HttpResponse:
    notice, user = prepared(request, reference)
    tried(request, lambda: act(notice, user))
    return redirect("notice-preview", reference)
