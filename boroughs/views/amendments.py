"""The amendment of an open need: what it changes, field by field, and an approver's yes or no."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from boroughs import audit, permissions
from boroughs.actions import amendments
from boroughs.actions.need_content import content_of
from boroughs.exceptions import ChangedMeanwhile, IllegalMove
from boroughs.forms.need_words import differences
from boroughs.forms.needs import ReasonForm
from boroughs.models import Amendment, Need, User
from boroughs.permissions import Permission
from boroughs.views.signed_in import need_or_404, person, require_as_read, revision_sent

VERBS = ("approve", "return_to_draft", "discard", "submit")


@require_GET
def amendment_detail(request: HttpRequest, reference: str) -> HttpResponse:
    user = person(request)
    need = _need(user, reference)
    amendment = amendments.current(need)
    if amendment is None:
        return _gone(request, need)
    context = {
        "need": need,
        "amendment": amendment,
        "differences": differences(mine=amendments.content_in(amendment), theirs=content_of(need)),
        "may": {verb: amendments.may(verb, amendment=amendment, by=user) for verb in VERBS},
        "returned": _returned(amendment),
    }
    return render(request, "boroughs/amendments/detail.html", context)


@require_POST
def amendment_approve(request: HttpRequest, reference: str) -> HttpResponse:
    def approve(amendment: Amendment, user: User) -> None:
        read = {"revision": revision_sent(request), "need_revision": revision_sent(request, "need_revision")}
        amendments.approve(amendment=amendment, by=user, **read)

    return _moved(request, reference, approve, f"{reference} is amended. It goes into the next match run by itself.")


def amendment_return(request: HttpRequest, reference: str) -> HttpResponse:
    user = person(request)
    need = _need(user, reference)
    permissions.require(user, Permission.APPROVE_NEEDS, need.borough)
    form = ReasonForm(request.POST if request.method == "POST" else None)

    def send_back(amendment: Amendment, by: User) -> None:
        require_as_read(request, amendment)
        amendments.return_to_draft(amendment=amendment, by=by, reason=form.cleaned_data["reason"])

    if request.method == "POST" and form.is_valid():
        return _moved(request, reference, send_back, f"{reference}: the amendment is with its editor again.")
    return _asked(request, need, "return", {"form": form})


def amendment_discard(request: HttpRequest, reference: str) -> HttpResponse:
    user = person(request)
    need = _need(user, reference)
    permissions.require(user, Permission.EDIT_NEEDS, need.borough)
    if (waiting := amendments.current(need)) is not None:
        permissions.require(user, amendments.permission_to("discard", waiting), need.borough)

    def discard(amendment: Amendment, by: User) -> None:
        require_as_read(request, amendment)
        amendments.discard(amendment=amendment, by=by)

    if request.method == "POST":
        return _moved(request, reference, discard, f"{reference} stays as it is. The amendment is discarded.")
    return _asked(request, need, "discard", {})


def _asked(request: HttpRequest, need: Need, page: str, context: dict[str, object]) -> HttpResponse:
    """The page that asks before the move, with the revision that is read on it."""
    amendment = amendments.current(need)
    if amendment is None:
        return _gone(request, need)
    revision = revision_sent(request) if request.method == "POST" else amendment.revision
    common = {"need": need, "amendment": amendment, "revision": revision}
    return render(request, f"boroughs/amendments/{page}.html", common | context)


def _moved(request: HttpRequest, reference: str, move: Callable[[Amendment, User], None], words: str) -> HttpResponse:
    user = person(request)
    need = _need(user, reference)
    amendment = amendments.current(need)
    if amendment is None:
        return _gone(request, need)
    try:
        move(amendment, user)
    except (IllegalMove, ChangedMeanwhile) as refusal:
        messages.error(request, str(refusal))
        return redirect("need-amendment", reference)
    messages.success(request, words)
    return redirect("need-detail", reference)


def _gone(request: HttpRequest, need: Need) -> HttpResponse:
    messages.error(request, f"{need.reference} has no amendment now: it was approved or discarded, or never begun.")
    return redirect("need-detail", need.reference)


def _returned(amendment: Amendment) -> str:
    """Why an approver sent the amendment back last; "" where nobody did."""
    events = audit.history(noun="need", reference=amendment.need.reference)
    since = (event for event in events if event.at >= amendment.begun_at)
    reasons = (event.details.get("reason", "") for event in since if event.verb == "return_to_draft_amendment")
    return next(reasons, "")


def _need(user: User, reference: str) -> Need:
    """For the people of its borough; 404 where it is foreign."""
    need = need_or_404(user, reference)
    if not permissions.has(user, Permission.VIEW_NEEDS, need.borough):
        raise Http404
    return need
