"""The amendment of an open need: what it changes, field by field, and an approver's yes or no."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from boroughs import permissions
from boroughs.actions import amendments
from boroughs.actions.need_content import content_of
from boroughs.exceptions import ChangedMeanwhile, IllegalMove
from boroughs.forms.need_words import differences
from boroughs.forms.needs import ReasonForm
from boroughs.models import Amendment, User
from boroughs.permissions import Permission
from boroughs.views.signed_in import need_or_404, person, revision_sent

VERBS = ("approve", "return_to_draft", "discard", "submit")


@require_GET
def amendment_detail(request: HttpRequest, reference: str) -> HttpResponse:
    user = person(request)
    amendment = _amendment(user, reference)
    may = {verb: amendments.may(verb, amendment=amendment, by=user) for verb in VERBS}
    context = {
        "need": amendment.need,
        "amendment": amendment,
        "differences": differences(mine=amendments.content_in(amendment), theirs=content_of(amendment.need)),
        "may": may,
    }
    return render(request, "boroughs/amendments/detail.html", context)


@require_POST
def amendment_approve(request: HttpRequest, reference: str) -> HttpResponse:
    return _moved(
        request,
        reference,
        lambda amendment, user: amendments.approve(
            amendment=amendment,
            by=user,
            revision=revision_sent(request),
            need_revision=revision_sent(request, "need_revision"),
        ),
        "is amended. It goes into the next match run by itself.",
    )


def amendment_return(request: HttpRequest, reference: str) -> HttpResponse:
    user = person(request)
    amendment = _amendment(user, reference)
    permissions.require(user, Permission.APPROVE_NEEDS, amendment.need.borough)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _moved(
            request,
            reference,
            lambda found, by: amendments.return_to_draft(amendment=found, by=by, reason=form.cleaned_data["reason"]),
            ": the amendment is with its editor again.",
        )
    return render(request, "boroughs/amendments/return.html", {"need": amendment.need, "form": form})


@require_POST
def amendment_discard(request: HttpRequest, reference: str) -> HttpResponse:
    return _moved(
        request,
        reference,
        lambda amendment, user: amendments.discard(amendment=amendment, by=user),
        "stays as it is. The amendment is discarded.",
    )


def _moved(
    request: HttpRequest, reference: str, move: Callable[[Amendment, User], Amendment], words: str
) -> HttpResponse:
    user = person(request)
    amendment = _amendment(user, reference)
    try:
        move(amendment, user)
    except (IllegalMove, ChangedMeanwhile) as refusal:
        messages.error(request, str(refusal))
        return redirect("need-amendment", reference)
    messages.success(request, f"{reference} {words}".replace(" :", ":"))
    return redirect("need-detail", reference)


def _amendment(user: User, reference: str) -> Amendment:
    """The current amendment, for the people of its borough; 404 where there is none or it is foreign."""
    need = need_or_404(user, reference)
    if not permissions.has(user, Permission.VIEW_NEEDS, need.borough):
        raise Http404
    found = amendments.current(need)
    if found is None:
        raise Http404
    return found
