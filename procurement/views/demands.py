"""Joint demands: the list, and what an analyst rules on one of them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from boroughs import permissions
from boroughs.exceptions import LotiError
from boroughs.models import Need, User
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.actions import review
from procurement.forms.demands import DemandFilterForm, PinForm, RemoveMemberForm, RenameForm
from procurement.models import JointDemand, ReviewAnswer
from procurement.pdf import figures
from procurement.queries.demand_picture import PictureDemand, demand_picture
from procurement.queries.listed_standings import listed_standings
from procurement.queries.shown import shown

PAGE = 25
Kind = ReviewAnswer.Kind


@require_GET
def demand_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    permissions.require(user, Permission.VIEW_DEMANDS)
    picture = demand_picture(exact=permissions.has(user, Permission.VIEW_EXACT_FIGURES))
    form = DemandFilterForm(request.GET, boroughs=[(row.slug, row.name) for row in picture.boroughs])
    form.is_valid()
    found, not_sure = (
        [row for row in rows if _matches(row, form.cleaned_data)] for rows in (picture.demands, picture.not_sure)
    )
    standings = listed_standings([row.reference for row in (*found, *not_sure)])
    return render(
        request,
        "procurement/demands/list.html",
        {
            "picture": picture,
            "form": form,
            "standings": standings,
            "map": figures.demand_map(picture, found, address=_demands_of),
            "decisions": figures.decision_lanes(found, standings, address=_demand, today=timezone.localdate()),
            "may_review": permissions.has(user, Permission.REVIEW_DEMANDS),
            "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
            "not_sure": Paginator(not_sure, PAGE).get_page(request.GET.get("not_sure")),
        },
    )


@require_POST
def demand_confirm(request: HttpRequest, reference: str) -> HttpResponse:
    return _rule(request, reference, Kind.CONFIRMED, "Confirmed.")


@require_POST
def demand_reopen(request: HttpRequest, reference: str) -> HttpResponse:
    return _rule(request, reference, Kind.REOPENED, "Confirmation taken back.")


def demand_rename(request: HttpRequest, reference: str) -> HttpResponse:
    """A title of the analyst's, or the one that the matcher suggests."""
    row, _ = _reviewable(request, reference)
    if "suggested" in request.POST:
        return _rule(request, reference, Kind.UNNAMED, "The matcher’s title stands again.")
    form = RenameForm(request.POST or None, initial={"title": row.title})
    if request.method == "POST" and form.is_valid():
        title, reason = form.cleaned_data["title"], form.cleaned_data["reason"]
        return _rule(request, reference, Kind.RENAMED, "Renamed.", title=title, reason=reason)
    return render(request, "procurement/demands/rename.html", {"demand": row, "form": form})


def demand_pin(request: HttpRequest, reference: str) -> HttpResponse:
    row, _ = _reviewable(request, reference)
    form = PinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        return _rule(request, reference, Kind.PINNED, "Pinned.", reason=reason)
    return render(request, "procurement/demands/pin.html", {"demand": row, "form": form})


@require_POST
def demand_unpin(request: HttpRequest, reference: str) -> HttpResponse:
    return _rule(request, reference, Kind.UNPINNED, "Unpinned.")


@require_POST
def demand_add_member(request: HttpRequest, reference: str, need_reference: str) -> HttpResponse:
    # First, so that whoever may not rule learns nothing about which needs there are.
    _reviewable(request, reference)
    need = get_object_or_404(Need.objects.open(), reference=need_reference)
    said = f"{need.reference} joined. It stays in this joint demand in later runs."
    return _rule(request, reference, Kind.ACCEPTED, said, need=need)


def demand_remove_member(request: HttpRequest, reference: str, need_reference: str) -> HttpResponse:
    row, _ = _reviewable(request, reference)
    need = get_object_or_404(
        Need.objects.select_related("borough"), reference=need_reference, demand_member__demand=row
    )
    seen = request.POST.get("shown") or shown(need.reference, need.revision, row.reference)
    form = RemoveMemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = f"{need.reference} removed. It stays out of this joint demand in later runs."
        return _rule(request, reference, Kind.REMOVED, said, need=need, reason=form.cleaned_data["reason"])
    return render(
        request, "procurement/demands/remove.html", {"demand": row, "need": need, "form": form, "shown": seen}
    )


@require_POST
def demand_restore_member(request: HttpRequest, reference: str, need_reference: str) -> HttpResponse:
    # First, so that whoever may not rule learns nothing about which needs there are.
    _reviewable(request, reference)
    need = get_object_or_404(Need.objects.select_related("borough"), reference=need_reference)
    said = f"The removal of {need.reference} is taken back. The next run judges it afresh."
    return _rule(request, reference, Kind.RESTORED, said, need=need)


def _reviewable(request: HttpRequest, reference: str) -> tuple[JointDemand, User]:
    user = person(request)
    permissions.require(user, Permission.REVIEW_DEMANDS)
    return get_object_or_404(JointDemand, reference=reference), user


def _rule(
    request: HttpRequest,
    reference: str,
    kind: ReviewAnswer.Kind,
    said: str,
    *,
    need: Need | None = None,
    reason: str = "",
    title: str = "",
) -> HttpResponse:
    """Answer as in the review queue, where it can be taken back."""
    row, user = _reviewable(request, reference)
    try:
        seen = request.POST.getlist("shown")
        review.answer(demand=row, kind=kind, need=need, reason=reason, title=title, by=user, shown=seen)
    except LotiError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("demand-detail", reference=reference)


def _demand(reference: str) -> str:
    return reverse("demand-detail", args=[reference])


def _demands_of(slug: str) -> str:
    return f"{reverse('demand-list')}?borough={slug}"


def _matches(row: PictureDemand, wanted: dict[str, object]) -> bool:
    """Whether the row passes every filter that was given and understood."""
    if wanted.get("status") and row.status != wanted["status"]:
        return False
    borough, category = wanted.get("borough"), wanted.get("category")
    if borough and borough not in row.borough_slugs:
        return False
    if category and str(category) != row.category:
        return False
    text = " ".join((row.reference, row.title, row.category, *row.terms, *row.boroughs)).casefold()
    return all(word in text for word in str(wanted.get("q") or "").casefold().split())
