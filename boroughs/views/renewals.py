"""The renewal radar of the own boroughs: contracts that end soon, as needs to draft or to put off."""

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from boroughs import permissions
from boroughs.actions import renewals
from boroughs.exceptions import IllegalMove, NotAcceptable
from boroughs.forms.renewals import RenewalDismissalForm, RenewalFilterForm
from boroughs.models import Contract, Need, RenewalDismissal, User
from boroughs.permissions import Permission
from boroughs.queries import radar
from boroughs.queries.renewal_dates import JOINT_PURCHASE_MONTHS, months_after
from boroughs.views.signed_in import person

PAGE = 20
# Months for which a "not now" is proposed.
QUIET_MONTHS = 6


@require_GET
def renewal_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    permissions.require(user, Permission.VIEW_NEEDS)
    own = list(permissions.boroughs_of(user, Permission.VIEW_NEEDS))
    form = RenewalFilterForm(request.GET, boroughs=own)
    today = timezone.localdate()
    found = radar.radar(form.chosen_boroughs(), today=today, months=form.months_ahead(), words=form.words())
    context = {
        "form": form,
        "months": form.months_ahead(),
        "page": Paginator(found.suggestions, PAGE).get_page(request.GET.get("page")),
        "quiet": Paginator(found.quiet, PAGE).get_page(request.GET.get("quiet")),
        "is_filtered": bool(form.words()) or len(form.chosen_boroughs()) < len(own),
        "shows_borough": len(own) > 1,
        # Boroughs in which the person may draft and put off.
        "editable": set(permissions.borough_ids(user, Permission.EDIT_NEEDS)),
        "joint_months": JOINT_PURCHASE_MONTHS,
    }
    return render(request, "boroughs/renewals/list.html", context)


@require_POST
def renewal_draft(request: HttpRequest, contract_pk: int) -> HttpResponse:
    user = person(request)
    contract = _own(user, contract_pk)
    try:
        need = renewals.draft(contract=contract, by=user)
    except IllegalMove as refusal:
        messages.error(request, str(refusal))
        return redirect("renewal-list")
    if need.status != Need.Status.DRAFT:
        messages.info(request, f"There is a need for {contract.reference} already.")
        return redirect("need-detail", need.reference)
    messages.success(request, f"{need.reference} is a draft. What the contract says is filled in; the rest is yours.")
    return redirect("need-edit", need.reference)


def renewal_dismiss(request: HttpRequest, contract_pk: int) -> HttpResponse:
    user = person(request)
    contract = _own(user, contract_pk)
    today, last = timezone.localdate(), renewals.quiet_to(contract)
    if last is None:
        raise Http404
    first = renewals.quiet_from(today)
    form = RenewalDismissalForm(
        request.POST if request.method == "POST" else None,
        first=first,
        last=last,
        initial={"until_date": _proposed(today, last)},
    )
    if request.method == "POST" and form.is_valid() and _dismissed(request, user, contract, form):
        return redirect("renewal-list")
    context = {"form": form, "contract": contract, "last": last, "dates": radar.dates_of(contract, today=today)}
    return render(request, "boroughs/renewals/dismiss.html", context)


@require_POST
def renewal_wake(request: HttpRequest, contract_pk: int) -> HttpResponse:
    user = person(request)
    contract = _own(user, contract_pk)
    active = RenewalDismissal.objects.active(on=timezone.localdate()).filter(contract=contract)
    dismissal = active.select_related("contract__borough").order_by("pk").last()
    try:
        if dismissal is not None:
            renewals.wake(dismissal=dismissal, by=user)
        messages.success(request, f"{contract.reference} is back in the radar.")
    except IllegalMove as refusal:
        messages.error(request, str(refusal))
    return redirect("renewal-list")


def _dismissed(request: HttpRequest, user: User, contract: Contract, form: RenewalDismissalForm) -> bool:
    """Whether it was put off; if not, the form or a message says why."""
    try:
        renewals.dismiss(contract=contract, by=user, **form.cleaned_data)
    except NotAcceptable as refusal:
        form.add_error("until_date", str(refusal))
        return False
    except IllegalMove as refusal:
        messages.error(request, str(refusal))
        return True
    until = form.cleaned_data["until_date"]
    messages.success(request, f"{contract.reference} stays quiet until {until.day} {until:%B %Y}.")
    return True


def _proposed(today: date, last: date) -> date:
    """The day that the form begins with."""
    return max(min(months_after(today, QUIET_MONTHS), last), renewals.quiet_from(today))


def _own(user: User, contract_pk: int) -> Contract:
    """A contract of a borough in which the person may write. Foreign and missing ones answer alike: 404."""
    contract = get_object_or_404(permissions.visible_contracts(user).select_related("borough"), pk=contract_pk)
    permissions.require(user, Permission.EDIT_NEEDS, contract.borough)
    return contract
