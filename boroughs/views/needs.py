"""Needs: the list, one need, logging and changing it, and its way from draft to open and out again."""

from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from boroughs import audit, permissions
from boroughs.actions import needs
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable
from boroughs.forms.need_differences import differences
from boroughs.forms.need_filters import NeedFilterForm
from boroughs.forms.needs import BoroughForm, NeedForm, ReasonForm, RequirementFormSet, RequirementLines, one_more_line
from boroughs.models import Borough, Category, Need, User
from boroughs.permissions import Permission
from boroughs.views.signed_in import person

PAGE = 25
LINES = "requirements"
VERBS = ("submit", "approve", "return_to_draft", "withdraw")
WORDS = {
    "log": "Draft begun",
    "edit": "Changed",
    "submit": "Submitted for approval",
    "approve": "Approved",
    "return_to_draft": "Returned to draft",
    "withdraw": "Withdrawn",
    "import": "Taken in from a file",
}


@dataclass(frozen=True)
class HistoryLine:
    words: str
    at: Any
    by: str
    reason: str


@require_GET
def need_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    sees_all = permissions.has(user, Permission.VIEW_SUBMITTED_NEEDS)
    if not sees_all:
        permissions.require(user, Permission.VIEW_NEEDS)
    boroughs = Borough.objects.by_name() if sees_all else permissions.boroughs_of(user, Permission.VIEW_NEEDS)
    form = NeedFilterForm(request.GET, categories=_categories(), boroughs=boroughs)
    found = _filtered(permissions.visible_needs(user), form.chosen())
    page = Paginator(found.select_related("borough", "category").newest_first(), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "is_filtered": bool(form.chosen()),
        "may_log": permissions.has(user, Permission.EDIT_NEEDS),
        "has_register": permissions.has(user, Permission.VIEW_NEEDS),
        "shows_borough": "borough" in form.fields,
    }
    return render(request, "boroughs/needs/list.html", context)


def need_create(request: HttpRequest) -> HttpResponse:
    user = person(request)
    permissions.require(user, Permission.EDIT_NEEDS)
    boroughs = list(permissions.boroughs_of(user, Permission.EDIT_NEEDS))
    only = boroughs[0].slug if len(boroughs) == 1 else None
    place = BoroughForm({"borough": only} if only else request.POST or None, boroughs=boroughs)
    form, lines = _forms(request)
    if _is_sent(request) and all([place.is_valid(), form.is_valid(), lines.is_valid()]):
        need = needs.log(borough=place.chosen(), content=form.content(lines=lines.lines()), by=user)
        return redirect("need-detail", need.reference)
    context = {
        "form": form,
        "formset": lines,
        "place": None if only else place,
        "borough": boroughs[0] if only else None,
    }
    return render(request, "boroughs/needs/create.html", context)


@require_GET
def need_detail(request: HttpRequest, reference: str) -> HttpResponse:
    user = person(request)
    need = _need(user, reference)
    may_edit = permissions.has(user, Permission.EDIT_NEEDS, need.borough)
    is_draft = need.status == Need.Status.DRAFT
    context = {
        "need": need,
        "lines": sorted(need.requirements.all(), key=lambda line: line.position),
        "may": {verb: needs.may(verb, need=need, by=user) for verb in VERBS} | {"edit": is_draft and may_edit},
        "problems": needs.problems_before_submitting(need) if is_draft and may_edit else [],
        "history": _history(need),
    }
    return render(request, "boroughs/needs/detail.html", context)


def need_edit(request: HttpRequest, reference: str) -> HttpResponse:
    user = person(request)
    need = _need(user, reference)
    permissions.require(user, Permission.EDIT_NEEDS, need.borough)
    form, lines = _forms(request, need)
    context = {"need": need, "form": form, "formset": lines, "revision": _revision(request, need)}
    if not _is_sent(request):
        if need.status != Need.Status.DRAFT and request.method != "POST":
            messages.error(request, f"{need.reference} can be changed only as a draft.")
            return redirect("need-detail", need.reference)
        return render(request, "boroughs/needs/edit.html", context)
    if not all([form.is_valid(), lines.is_valid()]):
        return render(request, "boroughs/needs/edit.html", context)
    content = form.content(lines=lines.lines(), cpv=need.cpv)
    try:
        needs.edit(need=need, content=content, revision=_revision(request, need), by=user)
    except (ChangedMeanwhile, IllegalMove) as refusal:
        # What was typed goes back to the person, beside what is stored now.
        stored = _need(user, reference)
        context |= {
            "need": stored,
            "revision": stored.revision,
            "refusal": str(refusal),
            "is_draft": stored.status == Need.Status.DRAFT,
            "differences": differences(mine=content, theirs=needs.content_of(stored)),
        }
        return render(request, "boroughs/needs/changed.html", context, status=409)
    return redirect("need-detail", need.reference)


def need_submit(request: HttpRequest, reference: str) -> HttpResponse:
    user = person(request)
    need = _need(user, reference)
    permissions.require(user, Permission.EDIT_NEEDS, need.borough)
    problems = needs.problems_before_submitting(need)
    if request.method == "POST":
        try:
            needs.submit(need=need, by=user)
        except NotAcceptable as refusal:
            problems = refusal.problems
        except IllegalMove as refusal:
            messages.error(request, str(refusal))
            return redirect("need-detail", need.reference)
        else:
            messages.success(request, f"{need.reference} now waits for an approver of {need.borough.name}.")
            return redirect("need-detail", need.reference)
    context = {"need": need, "problems": problems}
    return render(request, "boroughs/needs/submit.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def need_approve(request: HttpRequest, reference: str) -> HttpResponse:
    user = person(request)
    need = _need(user, reference)
    try:
        needs.approve(need=need, by=user, revision=_revision(request, need))
        messages.success(request, f"{need.reference} is open. It goes into the next match run by itself.")
    except (IllegalMove, ChangedMeanwhile) as refusal:
        messages.error(request, str(refusal))
    return redirect("need-detail", need.reference)


def need_return(request: HttpRequest, reference: str) -> HttpResponse:
    return _move_with_reason(request, reference, "return_to_draft")


def need_withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    return _move_with_reason(request, reference, "withdraw")


def _move_with_reason(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    user = person(request)
    need = _need(user, reference)
    permissions.require(user, needs.permission_to(verb, need), need.borough)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    move = {"return_to_draft": needs.return_to_draft, "withdraw": needs.withdraw}[verb]
    if not needs.may(verb, need=need, by=user) or (request.method == "POST" and form.is_valid()):
        try:
            move(need=need, by=user, reason=form.cleaned_data["reason"] if form.is_valid() else "")
            messages.success(request, f"{need.reference}: {WORDS[verb].lower()}.")
        except IllegalMove as refusal:
            messages.error(request, str(refusal))
        return redirect("need-detail", need.reference)
    return render(request, f"boroughs/needs/{verb}.html", {"need": need, "form": form})


def _need(user: User, reference: str) -> Need:
    """Foreign and missing needs answer alike: 404."""
    visible = permissions.visible_needs(user).select_related(
        "borough", "category", "created_by", "submitted_by", "opened_by"
    )
    return get_object_or_404(visible.prefetch_related("requirements"), reference=reference)


def _categories() -> list[Category]:
    return list(Category.objects.by_area())


def _is_sent(request: HttpRequest) -> bool:
    """Whether the whole form was sent, and not only one more requirement row asked for."""
    return request.method == "POST" and "add_requirement" not in request.POST


def _forms(request: HttpRequest, need: Need | None = None) -> tuple[NeedForm, RequirementLines]:
    data: QueryDict | None = request.POST if request.method == "POST" else None
    checks = _is_sent(request)
    initial: dict[str, Any] = {}
    rows: list[dict[str, str]] = []
    if need is not None:
        content = needs.content_of(need)
        initial = NeedForm.initial_from(content)
        rows = [{"text": line.text, "priority": line.priority} for line in content.requirements]
    if data is not None and not checks:
        data = one_more_line(data, LINES)
    form = NeedForm(data, categories=_categories(), checks=checks, initial=initial)
    lines = cast(RequirementLines, RequirementFormSet(data, prefix=LINES, initial=rows, form_kwargs={"checks": checks}))
    if data is not None and not checks and lines.forms:
        # The page comes back where the person was.
        lines.forms[-1].fields["text"].widget.attrs["autofocus"] = True
    return form, lines


def _revision(request: HttpRequest, need: Need) -> int:
    """The revision that the person had read; 0, which no need has, where the form does not say."""
    if request.method != "POST":
        return need.revision
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _filtered(found: QuerySet[Need], chosen: dict[str, Any]) -> Any:
    if "status" in chosen:
        found = found.filter(status=chosen["status"])
    if "category" in chosen:
        found = found.filter(category=chosen["category"])
    if "borough" in chosen:
        found = found.filter(borough__slug=chosen["borough"])
    for word in chosen.get("q", "").split()[:10]:
        found = found.filter(
            Q(title__icontains=word)
            | Q(problem__icontains=word)
            | Q(description__icontains=word)
            | Q(reference__iexact=word)
        )
    return found


def _history(need: Need) -> list[HistoryLine]:
    events = audit.history(noun="need", reference=need.reference)
    names = dict(User.objects.filter(email__in={event.actor for event in events}).values_list("email", "name"))
    return [
        HistoryLine(
            words=WORDS.get(event.verb, event.verb),
            at=event.at,
            by=names.get(event.actor, event.actor),
            reason=event.details.get("reason", ""),
        )
        for event in events
    ]
