"""Similar needs of other boroughs: a panel of the need's page, and a page of its own where no scripts run."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from boroughs import permissions
from boroughs.models import Need
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.models import ProvisionalPlace
from procurement.queries import own_place
from procurement.queries.freshness import freshness
from procurement.queries.hit_rates import hit_rates
from procurement.queries.similar_needs import similar_needs


@require_GET
def need_similar(request: HttpRequest, reference: str) -> HttpResponse:
    """`?panel` gives the list alone."""
    user = person(request)
    need = get_object_or_404(permissions.visible_needs(user).select_related("borough"), reference=reference)
    similar = similar_needs(need, limit=10)
    readable = permissions.visible_needs(user).filter(reference__in=[each.reference for each in similar])
    context = {
        "need": need,
        "is_open": need.status == Need.Status.OPEN,
        "similar": similar,
        "readable": set(readable.values_list("reference", flat=True)),
        "freshness": freshness(),
        "place": ProvisionalPlace.objects.filter(need=need).select_related("demand").first(),
        "rates": hit_rates(),
        "own": own_place.own_place(need, user),
        "may_see_demands": permissions.has(user, Permission.VIEW_DEMANDS),
    }
    name = "_list" if "panel" in request.GET else "page"
    return render(request, f"procurement/similar/{name}.html", context)
