"""How much the boroughs of a joint demand want, and what a supplier's tiers would mean for them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from boroughs import permissions
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.forms.volumes import TiersForm
from procurement.models import JointDemand
from procurement.queries.volume_tiers import outcome
from procurement.queries.volumes import USERS, Group, volumes


@require_GET
def demand_volumes(request: HttpRequest, reference: str) -> HttpResponse:
    user = person(request)
    permissions.require(user, Permission.VIEW_DEMANDS)
    row = get_object_or_404(JointDemand, reference=reference)
    if row.status == JointDemand.Status.RETIRED:
        return redirect("demand-detail", row.reference)
    found = volumes(row, user)
    form = TiersForm(
        request.GET or None,
        measures=[(each.key, each.label) for each in found.measures],
        initial={"group": Group.TAKING_PART, "measure": USERS},
    )
    shown = None
    if form.is_valid():
        measure = found.measure(form.cleaned_data["measure"])
        shown = {"measure": measure, "group": form.who(), "outcome": outcome(measure, form.who(), form.tiers())}
    context = {"demand": row, "found": found, "form": form, "shown": shown}
    return render(request, "procurement/volumes/page.html", context)
