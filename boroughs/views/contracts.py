"""The contract registers of the own boroughs."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from boroughs import permissions
from boroughs.forms.contracts import ContractFilterForm
from boroughs.permissions import Permission
from boroughs.views.signed_in import person

PAGE = 50


@require_GET
def contract_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    permissions.require(user, Permission.VIEW_NEEDS)
    form = ContractFilterForm(request.GET)
    contracts = permissions.visible_contracts(user).select_related("borough", "category").order_by("end_date", "pk")
    for word in form.words():
        contracts = contracts.filter(
            Q(title__icontains=word)
            | Q(system__icontains=word)
            | Q(supplier__icontains=word)
            | Q(reference__iexact=word)
        )
    context = {
        "form": form,
        "page": Paginator(contracts, PAGE).get_page(request.GET.get("page")),
        "is_filtered": bool(form.words()),
        "today": timezone.localdate(),
        "shows_borough": len(permissions.borough_ids(user, Permission.VIEW_NEEDS)) > 1,
    }
    return render(request, "boroughs/contracts/list.html", context)
