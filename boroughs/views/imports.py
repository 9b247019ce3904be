"""Importing a file: hand it in, say what its columns mean, see what would come of it, apply it, take it back."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from boroughs import permissions
from boroughs.actions import data_imports
from boroughs.exceptions import NotAcceptable
from boroughs.forms import import_reading
from boroughs.forms.column_guess import memory_of
from boroughs.forms.import_words import consequence, differences, identifier
from boroughs.forms.imports import CheckForm, MappingForm, UnreadForm, UploadForm
from boroughs.forms.rows import UnreadableFile
from boroughs.models import DataImport, ImportRow
from boroughs.models.data_import import DataImportQuerySet
from boroughs.permissions import Permission
from boroughs.views.signed_in import person

PAGE = 25
ROWS = 50
Status, Verdict = DataImport.Status, ImportRow.Verdict
# Shown beside the verdicts: rows that are taken, but not all of them.
UNREAD = "UNREAD"
LABELS = {UNREAD: "Cells not read", **dict(Verdict.choices)}
# The rows shown first: those that need a look.
TELLING = (UNREAD, Verdict.REFUSED, Verdict.CHANGED, Verdict.NEW)
AT_WORK = {
    Status.CHECKING: "Checking the rows",
    Status.APPLYING: "Writing the rows",
    Status.UNDOING: "Taking the import back",
}


@require_GET
def import_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    permissions.require(user, Permission.EDIT_CONTRACTS)
    imports = _mine(request).select_related("borough").newest_first()
    context = {
        "page": Paginator(imports, PAGE).get_page(request.GET.get("page")),
        "shows_borough": len(permissions.borough_ids(user, Permission.EDIT_CONTRACTS)) > 1,
    }
    return render(request, "boroughs/imports/list.html", context)


def import_create(request: HttpRequest) -> HttpResponse:
    user = person(request)
    permissions.require(user, Permission.EDIT_CONTRACTS)
    boroughs = list(permissions.boroughs_of(user, Permission.EDIT_CONTRACTS))
    sent = request.method == "POST"
    form = UploadForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        boroughs=boroughs,
        initial={"noun": request.GET["noun"]} if "noun" in request.GET else None,
    )
    if sent and form.is_valid():
        data_import = _received(request, form)
        if data_import is not None:
            return redirect("import-columns", data_import.pk)
    return render(request, "boroughs/imports/create.html", {"form": form, "boroughs": boroughs})


def import_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """What each column means: guessed, or remembered from the last file, and confirmed here."""
    data_import = _import_or_404(request, pk)
    if data_import.status not in (Status.RECEIVED, Status.CHECKED):
        return redirect("import-detail", pk)
    if "sheet" in request.POST:
        _look_at(request, data_import, request.POST["sheet"])
        return redirect("import-columns", pk)
    described = import_reading.describe(
        bytes(data_import.file.content), data_import.file_name, noun=data_import.noun, sheet=data_import.sheet
    )
    form = MappingForm(
        request.POST if request.method == "POST" else None,
        columns=data_import.columns,
        mapping=data_import.mapping,
        targets=import_reading.targets_of(data_import.noun),
        wanted=import_reading.WANTED[data_import.noun],
    )
    if request.method == "POST" and form.is_valid():
        data_imports.check(
            data_import=data_import,
            mapping=form.mapping(),
            remembered=memory_of(data_import.columns, form.mapping(), data_import.mapping),
            by=person(request),
        )
        return redirect("import-detail", pk)
    columns = [
        {
            "field": form[f"column-{number}"],
            "heading": heading,
            "samples": described.samples.get(heading, ()),
            "doubt": described.doubts.get(heading, ""),
        }
        for number, heading in enumerate(data_import.columns)
    ]
    context = {
        "import": data_import,
        "form": form,
        "columns": columns,
        "sheets": described.sheets,
        "left_out": _left_out(data_import),
    }
    return render(request, "boroughs/imports/columns.html", context)


@require_GET
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the import is: how far its job has come, what would come of each row, or what came of it."""
    data_import = _import_or_404(request, pk)
    if data_import.status == Status.RECEIVED and not data_import.error:
        return redirect("import-columns", pk)
    # Before the rows are read, so that a check that comes between is not taken for seen.
    check_form = CheckForm(initial={"check": data_import.check_number})
    numbers = _numbers(data_import)
    chosen = request.GET.get("rows", "")
    if chosen not in numbers:
        chosen = next((code for code in TELLING if numbers.get(code)), Verdict.UNCHANGED)
    found = data_import.rows.with_unread() if chosen == UNREAD else data_import.rows.filter(verdict=chosen)
    rows = Paginator(found.order_by("line"), ROWS)
    rows.count = numbers[chosen]
    page = rows.get_page(request.GET.get("page"))
    is_register = data_import.noun == DataImport.Noun.CONTRACTS
    changes = differences(list(page.object_list), data_import=data_import)
    context = {
        "import": data_import,
        "at_work": AT_WORK.get(Status(data_import.status), ""),
        "page": page,
        "rows": [
            (row, row.reference if is_register else identifier(row.reference), changes.get(row.line), consequence(row))
            for row in page.object_list
        ],
        "chosen": chosen,
        "chosen_label": LABELS[chosen],
        "tabs": [(code, LABELS[code], number) for code, number in numbers.items()],
        "unread": numbers.get(UNREAD, 0),
        # Of rows that change nothing, there is nothing to decide.
        "to_decide": UNREAD in numbers and data_import.rows.to_decide().count(),
        "unread_form": UnreadForm({} if "undecided" in request.GET else None),
        "check_form": check_form,
        "left_out": _left_out(data_import),
        "obstacles": data_imports.obstacles(data_import) if data_import.status == Status.APPLIED else [],
    }
    return render(request, "boroughs/imports/detail.html", context)


@require_GET
def import_status(request: HttpRequest, pk: int) -> JsonResponse:
    """How far the job is, for the progress bar of the page."""
    data_import = _import_or_404(request, pk)
    label = AT_WORK.get(Status(data_import.status), "")
    return JsonResponse(
        {
            "value": data_import.progress_done,
            "maximum": data_import.progress_total,
            "label": label,
            "done": not label,
        }
    )


@require_POST
def import_apply(request: HttpRequest, pk: int) -> HttpResponse:
    data_import, form = _import_or_404(request, pk), UnreadForm(request.POST)
    is_decided = form.is_valid()
    if not is_decided and data_import.status == Status.CHECKED and data_import.rows.to_decide().exists():
        return redirect(f"{reverse('import-detail', args=[pk])}?undecided")
    seen = CheckForm(request.POST).seen()
    return _asked(request, pk, partial(data_imports.apply, keeps_unread=is_decided and form.keeps(), seen=seen))


@require_POST
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    return _asked(request, pk, data_imports.undo)


@require_POST
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    data_imports.discard(data_import=_import_or_404(request, pk), by=person(request))
    messages.success(request, "The file is put aside. Nothing of it was written.")
    return redirect("import-list")


def _asked(request: HttpRequest, pk: int, move: Any) -> HttpResponse:
    try:
        move(data_import=_import_or_404(request, pk), by=person(request))
    except NotAcceptable as refusal:
        messages.error(request, str(refusal))
    return redirect("import-detail", pk)


def _received(request: HttpRequest, form: UploadForm) -> DataImport | None:
    """The file, kept; None where it cannot be read, which the form then says."""
    file, borough, noun = form.cleaned_data["file"], form.chosen_borough(), form.cleaned_data["noun"]
    permissions.require(person(request), data_imports.permission_for(noun), borough)
    content = file.read()
    remembered = data_imports.remembered(borough=borough, noun=noun)
    try:
        described = import_reading.describe(content, file.name or "", noun=noun, remembered=remembered)
    except UnreadableFile as refusal:
        form.add_error("file", str(refusal))
        return None
    return data_imports.receive(
        borough=borough,
        noun=noun,
        file_name=file.name or "file",
        content=content,
        shape=described.shape,
        by=person(request),
    )


def _look_at(request: HttpRequest, data_import: DataImport, sheet: str) -> None:
    try:
        described = import_reading.describe(
            bytes(data_import.file.content),
            data_import.file_name,
            noun=data_import.noun,
            sheet=sheet,
            remembered=data_imports.remembered(borough=data_import.borough, noun=data_import.noun),
        )
        data_imports.reshape(data_import=data_import, shape=described.shape, by=person(request))
    except UnreadableFile as refusal:
        messages.error(request, str(refusal))


def _mine(request: HttpRequest) -> DataImportQuerySet:
    """Imports of the boroughs whose data the person may change. Foreign and missing ones answer alike: 404."""
    boroughs = permissions.borough_ids(person(request), Permission.EDIT_CONTRACTS)
    return DataImport.objects.filter(borough__in=boroughs)


def _import_or_404(request: HttpRequest, pk: int) -> DataImport:
    return get_object_or_404(_mine(request).select_related("borough"), pk=pk)


def _left_out(data_import: DataImport) -> list[str]:
    """Columns of the file that nothing is read from, so that people see what is not taken in."""
    return [heading for heading in data_import.columns if heading not in data_import.mapping]


def _numbers(data_import: DataImport) -> dict[str, int]:
    """How many rows there are of each kind. Only needs come in with cells that could not be read."""
    numbers: dict[str, int] = {verdict.value: getattr(data_import, verdict.lower()) for verdict in Verdict}
    unread = data_import.rows.with_unread().count() if data_import.noun == DataImport.Noun.NEEDS else 0
    return {UNREAD: unread, **numbers} if unread else numbers
