"""The contract registers of the own boroughs: the list, the same as a file, one contract and its history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Lower, NullIf
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from boroughs import audit, permissions
from boroughs.actions.contract_content import categories_of, content_of, from_json
from boroughs.forms import contract_sheet
from boroughs.forms.contract_filters import ContractFilterForm
from boroughs.forms.contract_words import answers, differences, labels
from boroughs.forms.need_words import Difference
from boroughs.models import AuditEvent, Category, Contract, ContractRevision, User
from boroughs.permissions import Permission
from boroughs.queries.renewal_dates import months_after
from boroughs.views.signed_in import contract_or_404, person

PAGE = 50
REVISIONS = 20
FILE_NAME = "contract-register.csv"
WORDS = {
    "add": "Added",
    "edit": "Changed",
    "import": "Taken in from a file",
    "undo_import": "Import undone",
    "close": "Taken out of the register",
    "reopen": "Put back into the register",
}
ORDER: dict[str, tuple[Any, ...]] = {
    "": (F("end_date").asc(nulls_last=True),),
    "title": (Lower("title"),),
    # Those without a supplier last.
    "supplier": (NullIf(Lower("supplier"), Value("")).asc(nulls_last=True),),
    "value": (F("annual_value").desc(nulls_last=True),),
}


@dataclass(frozen=True)
class Change:
    """One revision and what it changed."""

    number: int
    at: datetime
    by: str
    # Name of the file whose import wrote it.
    file: str
    is_first: bool
    differences: list[Difference]


@dataclass(frozen=True)
class HistoryLine:
    words: str
    at: datetime
    by: str
    reason: str
    fields: list[str]


@require_GET
def contract_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    permissions.require(user, Permission.VIEW_NEEDS)
    form = _filter(request, user)
    today = timezone.localdate()
    kept = {name: value for name, value in request.GET.items() if name in form.fields and value}
    context = {
        "form": form,
        "page": Paginator(_found(user, form, today), PAGE).get_page(request.GET.get("page")),
        "is_filtered": form.narrows,
        "today": today,
        "shows_borough": "borough" in form.fields,
        "may_add": permissions.has(user, Permission.EDIT_CONTRACTS),
        "export_url": f"{reverse('contract-export')}{'?' if kept else ''}{urlencode(kept)}",
    }
    return render(request, "boroughs/contracts/list.html", context)


@require_GET
def contract_export(request: HttpRequest) -> HttpResponse:
    """What the list shows, on all its pages, as a file that can be taken in again."""
    user = person(request)
    permissions.require(user, Permission.VIEW_NEEDS)
    found = _found(user, _filter(request, user), timezone.localdate())
    answer = HttpResponse(contract_sheet.written(found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return answer


@require_GET
def contract_detail(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    contract = contract_or_404(user, pk)
    last = ContractRevision.objects.filter(contract=contract).select_related("data_import").order_by("-number").first()
    context = {
        "contract": contract,
        "answers": answers(content_of(contract)),
        "has_ended": contract.end_date is not None and contract.end_date < timezone.localdate(),
        "needs": permissions.visible_needs(user).filter(contract=contract).newest_first(),
        "may_edit": permissions.has(user, Permission.EDIT_CONTRACTS, contract.borough),
        "last": last,
        "last_by": audit.people({last.actor}).get(last.actor, last.actor) if last else "",
    }
    return render(request, "boroughs/contracts/detail.html", context)


@require_GET
def contract_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Every revision with who, when and what, and what was done with the entry."""
    user = person(request)
    contract = contract_or_404(user, pk)
    revisions = ContractRevision.objects.filter(contract=contract).select_related("data_import").order_by("-number")
    page = Paginator(revisions, REVISIONS).get_page(request.GET.get("page"))
    events = audit.history(noun="contract", reference=contract.reference, borough=contract.borough)
    names = audit.people({event.actor for event in events} | {each.actor for each in page.object_list})
    context = {
        "contract": contract,
        "page": page,
        "changes": _changes(contract, page, names),
        "history": [_line(event, names) for event in events],
    }
    return render(request, "boroughs/contracts/history.html", context)


def _filter(request: HttpRequest, user: User) -> ContractFilterForm:
    boroughs = permissions.boroughs_of(user, Permission.VIEW_NEEDS)
    return ContractFilterForm(request.GET, categories=list(Category.objects.by_area()), boroughs=boroughs)


def _found(user: User, form: ContractFilterForm, today: date) -> QuerySet[Contract]:
    chosen = form.chosen()
    found = permissions.visible_contracts(user).filter(closed_at__isnull="taken_out" not in chosen)
    for name, column in (("borough", "borough__slug"), ("category", "category"), ("supplier", "supplier__icontains")):
        if name in chosen:
            found = found.filter(**{column: chosen[name]})
    for word in chosen.get("q", "").split()[:10]:
        found = found.filter(
            Q(title__icontains=word)
            | Q(system__icontains=word)
            | Q(supplier__icontains=word)
            | Q(description__icontains=word)
            | Q(department__icontains=word)
            | Q(reference__icontains=word)
        )
    found = found.filter(_ends(chosen.get("ends", ""), today)).select_related("borough", "category")
    return found.order_by(*ORDER[chosen.get("sort", "")], "pk")


def _ends(wanted: str, today: date) -> Q:
    if wanted == "ended":
        return Q(end_date__lt=today)
    if wanted == "none":
        return Q(end_date__isnull=True)
    return Q(end_date__range=(today, months_after(today, int(wanted)))) if wanted else Q()


def _changes(contract: Contract, page: Any, names: Mapping[str, str]) -> list[Change]:
    """The revisions of the page, each with what it changed of the one before it."""
    shown = list(page.object_list)
    older = ContractRevision.objects.filter(contract=contract, number=shown[-1].number - 1) if shown else ()
    stored = [*shown, *older]
    categories = categories_of(each.content for each in stored)
    said = {each.number: from_json(each.content, categories=categories) for each in stored}
    return [
        Change(
            number=each.number,
            at=each.at,
            by=names.get(each.actor, each.actor),
            file=each.data_import.file_name if each.data_import else "",
            is_first=each.number == 1,
            differences=differences(mine=said[each.number], theirs=said[each.number - 1])
            if each.number - 1 in said
            else [],
        )
        for each in shown
    ]


def _line(event: AuditEvent, names: Mapping[str, str]) -> HistoryLine:
    return HistoryLine(
        words=WORDS.get(event.verb, event.verb),
        at=event.at,
        by=names.get(event.actor, event.actor),
        reason=event.details.get("reason", ""),
        fields=labels(event.details.get("fields", ())),
    )
