"""Needs: the list, one need and its history, and its way from submitted to open and out again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from boroughs import audit, permissions
from boroughs.actions import amendments, needs
from boroughs.actions.need_content import NeedContent, References, content_of, from_json
from boroughs.exceptions import ChangedMeanwhile, IllegalMove
from boroughs.forms.import_words import identifier, waiting
from boroughs.forms.need_filters import NeedFilterForm
from boroughs.forms.need_words import Difference, answers, differences, labels
from boroughs.forms.needs import ReasonForm
from boroughs.models import AuditEvent, Borough, Category, Need, NeedRevision
from boroughs.permissions import Permission
from boroughs.views.signed_in import need_or_404, person, require_as_read, revision_sent

PAGE = 25
VERBS = ("submit", "approve", "return_to_draft", "withdraw", "fulfil", "reopen")
WORDS = {
    "log": "Draft begun",
    "edit": "Changed",
    "submit": "Submitted for approval",
    "approve": "Approved",
    "return_to_draft": "Returned to draft",
    "withdraw": "Withdrawn",
    "fulfil": "Fulfilled",
    "expire": "Expired",
    "reopen": "Opened again",
    "confirm": "Confirmed: it still holds",
    "ask_to_confirm": "Asked whether it still holds",
    "import": "Taken in from a file",
    "begin_amendment": "Amendment begun",
    "edit_amendment": "Amendment changed",
    "submit_amendment": "Amendment submitted for approval",
    "return_to_draft_amendment": "Amendment returned to draft",
    "discard_amendment": "Amendment discarded",
    "approve_amendment": "Amendment approved",
    "amend": "Amended",
}
# What happens while it is written says too much for a page that shows the last weeks at a glance.
IN_SHORT = {"edit", "edit_amendment", "approve_amendment"}
# Moves that end a need; their reasons are told to whoever reads the need.
ENDS = ("withdraw", "fulfil", "expire")
REVISIONS = 20


@dataclass(frozen=True)
class HistoryLine:
    verb: str
    words: str
    at: datetime
    by: str
    reason: str
    # What was changed, by the names on the page.
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """One revision and what it changed."""

    number: int
    at: datetime
    by: str
    differences: list[Difference]


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


@require_GET
def need_detail(request: HttpRequest, reference: str) -> HttpResponse:
    user = person(request)
    need = need_or_404(user, reference)
    is_own = permissions.has(user, Permission.VIEW_NEEDS, need.borough)
    may_edit = permissions.has(user, Permission.EDIT_NEEDS, need.borough)
    content = content_of(need)
    amendment = amendments.current(need) if is_own and need.status == Need.Status.OPEN else None
    context = {
        "need": need,
        "answers": answers(content),
        "may": {verb: needs.may(verb, need=need, by=user) for verb in VERBS}
        | {
            "edit": may_edit and need.status == Need.Status.DRAFT,
            "amend": may_edit and need.status == Need.Status.OPEN,
            "see_history": is_own,
        },
        "amendment": amendment,
        "problems": needs.problems_before_submitting(content) if may_edit and need.status == Need.Status.DRAFT else [],
        "identifier": identifier(need.external_id),
        "waiting": waiting(need, content) if may_edit and need.external_id else [],
        "history": _told(_history(need), is_own=is_own),
    }
    return render(request, "boroughs/needs/detail.html", context)


@require_GET
def need_history(request: HttpRequest, reference: str) -> HttpResponse:
    """Every revision with who, when and what; for the people of its borough."""
    user = person(request)
    need = need_or_404(user, reference)
    if not permissions.has(user, Permission.VIEW_NEEDS, need.borough):
        raise Http404
    revisions = NeedRevision.objects.filter(need=need).order_by("-number")
    page = Paginator(revisions, REVISIONS).get_page(request.GET.get("page"))
    events = audit.history(noun="need", reference=need.reference)
    names = audit.people({event.actor for event in events} | {each.actor for each in page.object_list})
    context = {"need": need, "page": page, "changes": _changes(need, page, names), "history": _lines(events, names)}
    return render(request, "boroughs/needs/history.html", context)


@require_POST
def need_approve(request: HttpRequest, reference: str) -> HttpResponse:
    user = person(request)
    need = need_or_404(user, reference)
    try:
        needs.approve(need=need, by=user, revision=revision_sent(request))
        messages.success(request, f"{need.reference} is open. It goes into the next match run by itself.")
    except (IllegalMove, ChangedMeanwhile) as refusal:
        messages.error(request, str(refusal))
    return redirect("need-detail", need.reference)


def need_return(request: HttpRequest, reference: str) -> HttpResponse:
    return _move_with_reason(request, reference, "return_to_draft")


def need_withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    return _move_with_reason(request, reference, "withdraw")


def need_fulfil(request: HttpRequest, reference: str) -> HttpResponse:
    return _move_with_reason(request, reference, "fulfil")


@require_POST
def need_confirm(request: HttpRequest, reference: str) -> HttpResponse:
    user = person(request)
    need = need_or_404(user, reference)
    try:
        needs.confirm(need=need, by=user)
        messages.success(request, f"{need.reference} still holds. We ask again in a year.")
    except IllegalMove as refusal:
        messages.error(request, str(refusal))
    return redirect("need-detail", need.reference)


@require_POST
def need_reopen(request: HttpRequest, reference: str) -> HttpResponse:
    user = person(request)
    need = need_or_404(user, reference)
    try:
        needs.reopen(need=need, by=user)
        messages.success(request, f"{need.reference} is open again.")
    except IllegalMove as refusal:
        messages.error(request, str(refusal))
    return redirect("need-detail", need.reference)


def _move_with_reason(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    user = person(request)
    need = need_or_404(user, reference)
    permissions.require(user, needs.permission_to(verb, need), need.borough)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if verb == "fulfil":
        form.fields["reason"].label = "How did you come by it?"
    context = {"need": need, "form": form, "has_amendment": amendments.current(need) is not None}
    if verb == "return_to_draft":
        context["revision"] = revision_sent(request) if request.method == "POST" else need.revision
    move = {"return_to_draft": needs.return_to_draft, "withdraw": needs.withdraw, "fulfil": needs.fulfil}[verb]
    if not needs.may(verb, need=need, by=user) or (request.method == "POST" and form.is_valid()):
        try:
            if verb == "return_to_draft":
                require_as_read(request, need)
            move(need=need, by=user, reason=form.cleaned_data["reason"] if form.is_valid() else "")
            messages.success(request, f"{need.reference}: {WORDS[verb].lower()}.")
        except (IllegalMove, ChangedMeanwhile) as refusal:
            messages.error(request, str(refusal))
        return redirect("need-detail", need.reference)
    return render(request, f"boroughs/needs/{verb}.html", context)


def _categories() -> list[Category]:
    return list(Category.objects.by_area())


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


def _told(history: list[HistoryLine], *, is_own: bool) -> list[HistoryLine]:
    """What the need's page tells: to others only what was done with what the borough has handed over, and of the
    reasons those that ended it.
    """
    lines = [line for line in history if line.verb not in IN_SHORT]
    if is_own:
        return lines
    others = [line for line in lines if not line.verb.endswith("_amendment")]
    return [line if line.verb in ENDS else replace(line, reason="") for line in others]


def _history(need: Need) -> list[HistoryLine]:
    events = audit.history(noun="need", reference=need.reference)
    return _lines(events, audit.people({event.actor for event in events}))


def _lines(events: Iterable[AuditEvent], names: Mapping[str, str]) -> list[HistoryLine]:
    return [
        HistoryLine(
            verb=event.verb,
            words=WORDS.get(event.verb, event.verb),
            at=event.at,
            by=names.get(event.actor, event.actor),
            reason=event.details.get("reason", ""),
            fields=tuple(labels(event.details.get("fields", ()))),
        )
        for event in events
    ]


def _changes(need: Need, page: Any, names: Mapping[str, str]) -> list[Change]:
    """The revisions of the page, each with what it changed of the one before it."""
    shown = list(page.object_list)
    older = NeedRevision.objects.filter(need=need, number=shown[-1].number - 1) if shown else ()
    stored = [*shown, *older]
    references = References.of([each.content for each in stored], borough=need.borough)
    said = {each.number: from_json(each.content, references=references) for each in stored}
    return [
        Change(
            number=each.number,
            at=each.at,
            by=names.get(each.actor, each.actor),
            differences=_between(said.get(each.number - 1), said[each.number]),
        )
        for each in shown
    ]


def _between(before: NeedContent | None, after: NeedContent) -> list[Difference]:
    return differences(mine=after, theirs=before) if before is not None else []
