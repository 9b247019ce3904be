"""Splitting a joint demand, and merging two: each is said in full before it is done."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from boroughs import permissions
from boroughs.exceptions import LotiError, NotAcceptable
from boroughs.models import Need, User
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.actions import merging, splitting
from procurement.forms.regrouping import MergeForm, MergeSearchForm, SplitForm
from procurement.models import JointDemand
from procurement.queries import regrouping
from procurement.queries.demand_picture import demand as picture_of
from procurement.queries.effects import effect


@require_http_methods(["GET", "POST"])
def demand_split(request: HttpRequest, reference: str) -> HttpResponse:
    """Choose; then read what it would do; then do it, with `sure`."""
    row, user = _reviewable(request, reference)
    picture = picture_of(reference=reference, exact=True)
    members = picture.members if picture else ()
    form = SplitForm(request.POST or None, initial={"title": row.title}, members=members)
    if request.method != "POST" or not form.is_valid():
        return render(request, "procurement/regrouping/split.html", {"demand": row, "form": form, "members": members})
    needs = list(Need.objects.filter(reference__in=form.cleaned_data["needs"]).select_related("borough"))
    boroughs = dict(row.members.values_list("need_id", "need__borough_id"))
    sides = regrouping.sides(boroughs, {need.pk for need in needs})
    if not sides.is_split:
        form.add_error("needs", "Choose some of the needs, not all of them")
    elif "sure" in request.POST:
        answered = _split(request, row, needs, form, user)
        if answered is not None:
            return answered
    else:
        chosen = [member for member in members if member.need_id in sides.chosen]
        rest = [member for member in members if member.need_id in sides.rest]
        context = {"demand": row, "form": form, "sides": sides, "chosen": chosen, "rest": rest}
        return render(request, "procurement/regrouping/split_check.html", context)
    return render(request, "procurement/regrouping/split.html", {"demand": row, "form": form, "members": members})


@require_http_methods(["GET", "POST"])
def demand_merge(request: HttpRequest, reference: str) -> HttpResponse:
    """`?q=` looks for the other one; `?with=` says what merging with it would do."""
    row, user = _reviewable(request, reference)
    if request.method == "POST":
        form = MergeForm(request.POST)
        other = _other(request.POST.get("other", ""))
        if other is None:
            messages.error(request, "Choose the joint demand to merge with.")
            return redirect("demand-merge", reference=row.reference)
        if form.is_valid():
            return _merge(request, row, other, form, user)
        return _check(request, row, other, form)
    other = _other(request.GET.get("with", ""))
    if other is not None:
        return _check(request, row, other, MergeForm(initial={"other": other.reference}))
    search = MergeSearchForm(request.GET if "q" in request.GET else None)
    words = search.cleaned_data["q"] if search.is_bound and search.is_valid() else ""
    context = {
        "demand": row,
        "search": search,
        "words": words,
        "found": regrouping.found(row, words) if words else (),
        "suggested": regrouping.suggested(row),
    }
    return render(request, "procurement/regrouping/merge.html", context)


def _split(
    request: HttpRequest, row: JointDemand, needs: list[Need], form: SplitForm, user: User
) -> HttpResponse | None:
    """None where it was refused; the form then says why."""
    title, reason = form.cleaned_data["title"], form.cleaned_data["reason"]
    try:
        answer, made = splitting.split(demand=row, needs=needs, title=title, reason=reason, by=user)
    except NotAcceptable as refusal:
        for name, words in refusal.fields.items():
            form.add_error(name, words)
        return None
    except LotiError as refusal:
        messages.error(request, str(refusal))
        return redirect("demand-split", reference=row.reference)
    messages.success(request, effect(answer))
    return redirect("demand-detail", reference=made.reference if made else row.reference)


def _check(request: HttpRequest, row: JointDemand, other: JointDemand, form: MergeForm) -> HttpResponse:
    context = {"demand": row, "other": other, "form": form, "merger": regrouping.merger(row, other)}
    return render(request, "procurement/regrouping/merge_check.html", context)


def _merge(request: HttpRequest, row: JointDemand, other: JointDemand, form: MergeForm, user: User) -> HttpResponse:
    try:
        answer, survivor = merging.merge(demand=row, other=other, reason=form.cleaned_data["reason"], by=user)
    except LotiError as refusal:
        messages.error(request, str(refusal))
        return _check(request, row, other, form)
    messages.success(request, effect(answer))
    return redirect("demand-detail", reference=survivor.reference)


def _other(reference: str) -> JointDemand | None:
    return JointDemand.objects.filter(reference=reference.strip().upper()).first()


def _reviewable(request: HttpRequest, reference: str) -> tuple[JointDemand, User]:
    user = person(request)
    permissions.require(user, Permission.REVIEW_DEMANDS)
    return get_object_or_404(JointDemand, reference=reference), user
