"""What buying together may save, and did save: the estimates of a joint demand."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from boroughs import permissions
from boroughs.exceptions import PermissionRefused
from boroughs.models import User
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.actions import savings as actions
from procurement.forms.savings import EstimateForm, RealisedForm
from procurement.models import Coalition, JointDemand, SavingsEstimate
from procurement.queries.forwarding import leads_to
from procurement.queries.savings import may_write, now_standing, realised_exactly, savings
from procurement.views.acting import done, tried


@require_GET
def demand_savings(request: HttpRequest, reference: str) -> HttpResponse:
    user, row = _reader(request, reference)
    return render(
        request,
        "procurement/savings/page.html",
        {"demand": row, "found": savings(row, user), "into": leads_to(reference)},
    )


def demand_savings_estimate(request: HttpRequest, reference: str, method: str) -> HttpResponse:
    user, row = _reader(request, reference)
    chosen = SavingsEstimate.Method.__members__.get(method.upper())
    _require_writer(user, row, method=chosen or "")
    if chosen is None:
        raise Http404
    form = EstimateForm(request.POST if request.method == "POST" else None, method=chosen)
    if request.method == "POST" and form.is_valid():
        typed, note = form.typed(), form.cleaned_data["note"]

        def act() -> str:
            actions.estimate(demand=row, method=chosen, typed=typed, note=note, by=user)
            return "Estimated. Boroughs that take part can see it, in bands."

        if done(request, form, act):
            return redirect("demand-savings", row.reference)
    context = {"demand": row, "form": form, "method": chosen, "method_words": chosen.label}
    return render(request, "procurement/savings/estimate.html", context)


@require_POST
def demand_savings_withdraw(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    user, estimate = _writable(request, reference, pk)

    def act() -> str:
        actions.withdraw(estimate=estimate, by=user)
        return "Withdrawn. It stays here to be read."

    tried(request, act)
    return redirect("demand-savings", reference)


def demand_savings_realise(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    user, estimate = _writable(request, reference, pk)
    amount, note = realised_exactly(estimate, user)
    initial = {"amount": amount, "note": note, "revision": estimate.revision}
    form = RealisedForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        typed, note, revision = (form.cleaned_data[name] for name in ("amount", "note", "revision"))

        def act() -> str:
            actions.realise(estimate=estimate, amount=typed, note=note, revision=revision, by=user)
            return "Saved. The figure stands beside the estimate."

        def latest() -> dict[str, int]:
            return {"revision": SavingsEstimate.objects.get(pk=estimate.pk).revision}

        if done(request, form, act, latest):
            return redirect("demand-savings", reference)
    held = now_standing(estimate, user) if form.is_bound else ""
    context = {"demand": estimate.demand, "estimate": estimate, "form": form, "held": held}
    return render(request, "procurement/savings/realise.html", context)


def _reader(request: HttpRequest, reference: str) -> tuple[User, JointDemand]:
    user = person(request)
    permissions.require(user, Permission.VIEW_DEMANDS)
    return user, get_object_or_404(JointDemand, reference=reference)


def _writable(request: HttpRequest, reference: str, pk: int) -> tuple[User, SavingsEstimate]:
    user, row = _reader(request, reference)
    # First, so that whoever may not write learns nothing about which estimates there are.
    _require_writer(user, row)
    return user, get_object_or_404(SavingsEstimate.objects.select_related("demand"), demand=row, pk=pk)


def _require_writer(user: User, row: JointDemand, *, method: str = "") -> None:
    coalition = Coalition.objects.filter(demand=row).select_related("lead").first()
    if not may_write(user, coalition, method=method):
        raise PermissionRefused("Estimates are made by an analyst, or by an approver of the borough that leads.")
