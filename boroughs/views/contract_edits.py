"""Keeping the contract register by hand: an entry is added, changed, taken out and put back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from boroughs import permissions
from boroughs.actions import contracts
from boroughs.actions.contract_content import content_of
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable
from boroughs.forms.contract_words import SECTIONS, differences
from boroughs.forms.contracts import ContractForm
from boroughs.forms.needs import BoroughForm, ReasonForm
from boroughs.models import Category, Contract, User
from boroughs.permissions import Permission
from boroughs.views.signed_in import contract_or_404, person, revision_sent

SEEN = "seen"


def contract_create(request: HttpRequest) -> HttpResponse:
    user = person(request)
    permissions.require(user, Permission.EDIT_CONTRACTS)
    boroughs = list(permissions.boroughs_of(user, Permission.EDIT_CONTRACTS))
    only = boroughs[0].slug if len(boroughs) == 1 else None
    data = request.POST if request.method == "POST" else None
    place = BoroughForm({"borough": only} if only else data, boroughs=boroughs)
    form = ContractForm(data, categories=list(Category.objects.by_area()))
    if data is not None and all([place.is_valid(), form.is_valid()]):
        reference = form.cleaned_data["reference"]
        try:
            contract = contracts.add(borough=place.chosen(), reference=reference, content=form.content(), by=user)
        except NotAcceptable as refusal:
            form.add_error("reference", refusal.problems[0])
        else:
            messages.success(request, f"{contract.reference} is in the register.")
            return redirect("contract-detail", contract.pk)
    context = {
        "form": form,
        "sections": _sections(form),
        "place": None if only else place,
        "borough": boroughs[0] if only else None,
    }
    return render(request, "boroughs/contracts/create.html", context)


def contract_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    contract = _own(user, pk)
    data = request.POST if request.method == "POST" else None
    form = ContractForm(data, categories=list(Category.objects.by_area()), of=contract)
    if data is None and contract.closed_at is not None:
        messages.error(request, f"{contract.reference} is out of the register. Put it back to change it.")
        return redirect("contract-detail", pk)
    if data is not None and form.is_valid():
        return _save(request, user, contract, form)
    # What the person had read, however often they are shown what to correct.
    seen = contract.revision if data is None else revision_sent(request, SEEN)
    return render(request, "boroughs/contracts/edit.html", _context(contract, form, seen))


def contract_close(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    contract = _own(user, pk)
    if contract.closed_at is not None:
        messages.error(request, f"{contract.reference} is out of the register already.")
        return redirect("contract-detail", pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            contracts.close(contract=contract, by=user, reason=form.cleaned_data["reason"])
            messages.success(request, f"{contract.reference} is out of the register.")
        except IllegalMove as refusal:
            messages.error(request, str(refusal))
        return redirect("contract-detail", pk)
    context = {"contract": contract, "form": form, "is_named": contract.needs.exists()}
    return render(request, "boroughs/contracts/close.html", context)


@require_POST
def contract_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    contract = _own(user, pk)
    try:
        contracts.reopen(contract=contract, by=user)
        messages.success(request, f"{contract.reference} is in the register again.")
    except IllegalMove as refusal:
        messages.error(request, str(refusal))
    return redirect("contract-detail", pk)


def _save(request: HttpRequest, user: User, contract: Contract, form: ContractForm) -> HttpResponse:
    said = form.content()
    try:
        contracts.edit(contract=contract, content=said, revision=revision_sent(request, SEEN), by=user)
    except (ChangedMeanwhile, IllegalMove) as refusal:
        # What was typed goes back to the person, beside what is stored now.
        stored = contract_or_404(user, contract.pk)
        context = _context(stored, form, stored.revision) | {
            "refusal": str(refusal),
            "can_be_changed": stored.closed_at is None,
            "differences": differences(mine=said, theirs=content_of(stored)),
        }
        return render(request, "boroughs/contracts/changed.html", context, status=409)
    messages.success(request, f"{contract.reference} is saved.")
    return redirect("contract-detail", contract.pk)


def _context(contract: Contract, form: ContractForm, seen: int) -> dict[str, Any]:
    return {"contract": contract, "form": form, "sections": _sections(form), "seen": seen}


def _sections(form: ContractForm) -> list[tuple[str, list[Any]]]:
    """The fields of the form under the headings of the page."""
    return [(each.title, [form[name] for name in each.names if name in form.fields]) for each in SECTIONS]


def _own(user: User, pk: int) -> Contract:
    """The contract, of a borough whose register the person may keep; 404 where they may not even see it."""
    contract = contract_or_404(user, pk)
    permissions.require(user, Permission.EDIT_CONTRACTS, contract.borough)
    return contract
