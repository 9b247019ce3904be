"""Suppliers of boroughs' contracts: the list, one supplier with its names, and what an analyst says of these."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from boroughs import audit, permissions
from boroughs.actions import suppliers
from boroughs.exceptions import ChangedMeanwhile, IllegalMove
from boroughs.forms.suppliers import NOTHING_CHOSEN, FoldForm, SupplierNameForm, SupplierSearchForm, UnfoldForm
from boroughs.models import AuditEvent, Supplier, SupplierName, User
from boroughs.permissions import Permission
from boroughs.queries.suppliers import Suggestion, matching, name_rows, shown_name, suggestions, supplier_rows
from boroughs.views.signed_in import person

PAGE = 50
# So many of what was found are shown beside a supplier; the page says how many more there are.
BESIDE = 15
WORDS = {
    "fold": "Names folded in from {other}",
    "fold_away": "Names folded into {other}",
    "unfold": "Names taken out, now {other}",
    "split_off": "Names taken out of {other}",
    "rename": "Name chosen",
}


@dataclass(frozen=True)
class HistoryLine:
    words: str
    at: datetime
    by: str
    names: tuple[str, ...]


@require_GET
def supplier_list(request: HttpRequest) -> HttpResponse:
    user, may_fold = _reader(request)
    form = SupplierSearchForm(request.GET)
    rows = supplier_rows(user)
    if form.words():
        rows = matching(rows, form.words())
    context = {
        "form": form,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "is_filtered": bool(form.words()),
        "may_fold": may_fold,
    }
    return render(request, "boroughs/suppliers/list.html", context)


@require_GET
def supplier_detail(request: HttpRequest, pk: int) -> HttpResponse:
    user, may_fold = _reader(request)
    supplier = get_object_or_404(Supplier, pk=pk)
    names = name_rows(supplier, user)
    if not names and not may_fold:
        raise Http404
    contracts = permissions.visible_contracts(user).filter(supplier_name__supplier=supplier, closed_at__isnull=True)
    contracts = contracts.select_related("borough").by_end()
    context = {
        "supplier": supplier,
        "name": shown_name(supplier, names),
        "names": names,
        "may_fold": may_fold,
        "has_register": permissions.has(user, Permission.VIEW_NEEDS),
        "page": Paginator(contracts, PAGE).get_page(request.GET.get("page")),
        "shows_borough": len(permissions.borough_ids(user, Permission.VIEW_NEEDS)) > 1,
        "contact": settings.CONTACT_EMAIL,
    }
    if may_fold:
        context |= _for_folding(request, supplier, user)
    return render(request, "boroughs/suppliers/detail.html", context)


@require_POST
def supplier_fold(request: HttpRequest, pk: int) -> HttpResponse:
    """Fold all names of another supplier into this one."""
    supplier, user = _foldable(request, pk)
    form = FoldForm(request.POST)
    other = Supplier.objects.filter(pk=form.cleaned_data["other"]).first() if form.is_valid() else None
    if other is None:
        messages.error(request, "Choose the supplier to fold in.")
        return redirect("supplier-detail", pk)
    names = list(SupplierName.objects.filter(supplier=other))
    return _try(
        request,
        pk,
        lambda: suppliers.fold(names=names, into=supplier, by=user),
        f"{other.name} is {supplier.name} now. Names can be taken out again below.",
    )


@require_POST
def supplier_unfold(request: HttpRequest, pk: int) -> HttpResponse:
    supplier, user = _foldable(request, pk)
    names = {name.pk: name for name in SupplierName.objects.filter(supplier=supplier)}
    form = UnfoldForm(request.POST, names=names)
    if not form.is_valid():
        messages.error(request, f"{NOTHING_CHOSEN}.")
        return redirect("supplier-detail", pk)
    chosen = [names[each] for each in form.cleaned_data["names"]]
    said = f"Taken out of {supplier.name}: {', '.join(name.text for name in chosen)}."
    return _try(request, pk, lambda: suppliers.unfold(names=chosen, by=user), said)


def supplier_rename(request: HttpRequest, pk: int) -> HttpResponse:
    supplier, user = _foldable(request, pk)
    form = SupplierNameForm(request.POST or None, initial={"name": supplier.name})
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        return _try(request, pk, lambda: suppliers.rename(supplier=supplier, name=name, by=user), "Name saved.")
    return render(request, "boroughs/suppliers/rename.html", {"supplier": supplier, "form": form})


def _reader(request: HttpRequest) -> tuple[User, bool]:
    """The person, and whether they fold suppliers."""
    user = person(request)
    may_fold = permissions.has(user, Permission.FOLD_SUPPLIERS)
    if not may_fold:
        permissions.require(user, Permission.VIEW_NEEDS)
    return user, may_fold


def _foldable(request: HttpRequest, pk: int) -> tuple[Supplier, User]:
    user = person(request)
    permissions.require(user, Permission.FOLD_SUPPLIERS)
    return get_object_or_404(Supplier, pk=pk), user


def _for_folding(request: HttpRequest, supplier: Supplier, user: User) -> dict[str, Any]:
    """What only who folds suppliers is shown: others that may be the same, a search for more, what was done."""
    rows = [row for row in supplier_rows(user) if row.pk != supplier.pk]
    form = SupplierSearchForm(request.GET)
    suggested = suggestions(supplier, rows)
    found = [Suggestion(row) for row in matching(rows, form.words())] if form.words() else []
    return {
        "form": form,
        "is_searched": bool(form.words()),
        "suggested": suggested[:BESIDE],
        "more_suggested": len(suggested[BESIDE:]),
        "found": found[:BESIDE],
        "more_found": len(found[BESIDE:]),
        "history": _history(supplier),
    }


def _history(supplier: Supplier) -> list[HistoryLine]:
    events = audit.history(noun="supplier", reference=str(supplier.pk))
    people = dict(User.objects.filter(email__in={event.actor for event in events}).values_list("email", "name"))
    return [_line(event, people.get(event.actor) or event.actor) for event in events]


def _line(event: AuditEvent, by: str) -> HistoryLine:
    told = event.details
    names = told.get("names") or [f"{told.get('before')} → {told.get('after')}"]
    words = WORDS[event.verb].format(other=told.get("other_name", ""))
    return HistoryLine(words=words, at=event.at, by=by, names=tuple(names))


def _try(request: HttpRequest, pk: int, move: Callable[[], object], said: str) -> HttpResponse:
    try:
        move()
        messages.success(request, said)
    except (IllegalMove, ChangedMeanwhile) as refusal:
        messages.error(request, str(refusal))
    return redirect("supplier-detail", pk)
