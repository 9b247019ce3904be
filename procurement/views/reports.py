"""Reports: the list, asking for one, one with how far it is, building it again, and its file."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from boroughs import permissions
from boroughs.models import Borough, User
from boroughs.permissions import Permission
from boroughs.templatetags.formatting import called, day_time
from boroughs.views.signed_in import person
from procurement.actions import report_rebuilds, reports
from procurement.forms.reports import KindForm, ReportForm
from procurement.models import Report, ReportRebuild, Snapshot
from procurement.queries import actor_names, reportable
from procurement.queries.report_file import NotWhole
from procurement.views.acting import done, tried

Kind = Report.Kind
Status = Report.Status

PAGE = 25
# So many snapshots stand beside them, the newest first.
SNAPSHOTS = 12
# So many moments can be chosen from; an older one has its address.
MOMENTS = 50
REBUILDS = 5
# What the progress bar shows for each state, of three steps.
STEPS = {"ASKED": 1, "BUILDING": 2}
LAST = 3
WORDS = {
    "ASKED": "Waiting for a worker",
    "BUILDING": "Building the report",
    "READY": "The report is ready",
    "FAILED": "The report could not be built",
}
# How the name of a file begins.
FILE_WORDS = {
    Kind.PICTURE: "demand-picture",
    Kind.DEMAND: "joint-demand",
    Kind.BOROUGH: "borough-pack",
    Kind.CATEGORY: "category",
}


@require_GET
def report_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    kinds = _kinds(user)
    found = reportable.visible(user).listed().newest_first()
    chosen = next((kind for kind in kinds if kind == request.GET.get("kind")), None)
    page = Paginator(found.filter(kind=chosen) if chosen else found, PAGE).get_page(request.GET.get("page"))
    is_office = permissions.has(user, Permission.BUILD_REPORTS)
    snapshots = list(Snapshot.objects.listed().newest_first()[:SNAPSHOTS]) if is_office else []
    shown = list(page.object_list)
    boroughs = _names(shown)
    actors = [*(report.asked_by for report in shown), *(snapshot.taken_by for snapshot in snapshots)]
    return render(
        request,
        "procurement/reports/list.html",
        {
            "page": page,
            "rows": [(report, _progress(report), _telling(report, boroughs)) for report in shown],
            "steps": LAST,
            "people": actor_names.names(actors, user),
            "snapshots": snapshots,
            "kinds": kinds,
            "chosen": chosen,
            "is_office": is_office,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def report_ask(request: HttpRequest) -> HttpResponse:
    """First which kind, then what it is of and of which moment. Links lead to the second page, filled in."""
    user = person(request)
    kinds = _kinds(user)
    sent = request.POST if request.method == "POST" else request.GET
    kind = next((each for each in kinds if each == sent.get("kind")), None)
    if kind is None:
        return choose_kind(request, sent, kinds, "report-list", "Ask for a report")
    moments = _moments(sent.get("snapshot", ""))
    form = ReportForm(
        request.POST if request.method == "POST" else None,
        kind=kind,
        names=_subjects(user, kind, sent.get("snapshot", "")),
        snapshots=moments,
        initial={name: request.GET.get(name, "") for name in ("subject", "snapshot") if request.GET.get(name)},
    )
    if request.method == "POST" and form.is_valid():
        asked: list[Report] = []
        if done(request, form, lambda: _ask(kind, form.cleaned_data, moments, user, asked)):
            return redirect("report-detail", asked[0].pk)
    context = {
        "form": form,
        "kind": kind,
        "is_office": permissions.has(user, Permission.BUILD_REPORTS),
        "is_exact": permissions.has(user, Permission.VIEW_EXACT_FIGURES),
    }
    return render(request, "procurement/reports/ask.html", context)


def choose_kind(request: HttpRequest, sent: QueryDict, kinds: Sequence[Kind], back: str, title: str) -> HttpResponse:
    """The page of an address that needs `kind` in it: which of them?"""
    form = KindForm(sent if "kind" in sent or "sent" in sent else None, kinds=kinds)
    return render(
        request,
        "procurement/reports/kind.html",
        {"form": form, "back": back, "title": title, "snapshot": sent.get("snapshot", "")},
    )


@require_GET
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _detail(request, *_report(request, pk))


@require_POST
def report_rebuild(request: HttpRequest, pk: int) -> HttpResponse:
    user, report = _report(request, pk)

    def ask() -> str:
        report_rebuilds.ask(report=report, by=user)
        return "The report is being built again. This page says whether it is the same file."

    tried(request, ask)
    return redirect("report-detail", pk)


@require_GET
def report_status(request: HttpRequest, pk: int) -> JsonResponse:
    """How far the report is, or how far it is being built again, for the progress bar of the page."""
    _, report = _report(request, pk)
    value, label = _progress(report) or _rebuilding(report) or (LAST, WORDS[report.status])
    return JsonResponse({"value": value, "maximum": LAST, "label": label, "done": value == LAST})


@require_GET
def report_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The PDF, to keep. Where its file is gone the report's page says so, and what to do."""
    user, report = _report(request, pk)
    if report.status != Status.READY:
        raise Http404
    try:
        file = reports.opened(report)
    except NotWhole:
        return _detail(request, user, report, status=404)
    response = FileResponse(file, as_attachment=True, filename=_file_name(report), content_type="application/pdf")
    response["X-Content-Type-Options"] = "nosniff"
    add_never_cache_headers(response)
    return response


def _kinds(user: User) -> tuple[Kind, ...]:
    kinds = reportable.kinds(user)
    if not kinds:
        permissions.require(user, Permission.BUILD_REPORTS)
    return kinds


def _report(request: HttpRequest, pk: int) -> tuple[User, Report]:
    """Not there for those who may not have it, as if it did not exist."""
    user = person(request)
    return user, get_object_or_404(reportable.visible(user).listed(), pk=pk)


def _detail(request: HttpRequest, user: User, report: Report, status: int = 200) -> HttpResponse:
    rebuilds = list(report.rebuilds.newest_first()[:REBUILDS])
    actors = [report.asked_by, *(each.asked_by for each in rebuilds)]
    is_ready = report.status == Status.READY
    people = actor_names.names(actors, user)
    context: dict[str, Any] = {
        "report": report,
        "progress": _progress(report) or _rebuilding(report),
        "steps": LAST,
        "telling": _telling(report, _names([report])),
        "fault": reports.fault(report) if is_ready else "",
        "rebuilds": rebuilds,
        "may_rebuild": is_ready and not any(each.is_pending for each in rebuilds),
        "people": people,
        "asked": f"{day_time(report.asked_at)}, {called(report.asked_by, people)}",
        "ask_url": f"{reverse('report-ask')}?{_again(report)}",
    }
    return render(request, "procurement/reports/detail.html", context, status=status)


def _again(report: Report) -> str:
    """The query with which the form for asking is filled in with the same."""
    snapshot = report.snapshot.reference if report.snapshot else ""
    return urlencode({"kind": report.kind, "subject": report.subject, "snapshot": snapshot})


def _ask(kind: Kind, asked: dict[str, Any], moments: Sequence[Snapshot], user: User, found: list[Report]) -> str:
    """Ask, and say what came of it: it is being built, by whoever asked first, or was built before."""
    before = timezone.now()
    snapshot = next((each for each in moments if each.reference == asked["snapshot"]), None)
    report = reports.ask(kind=kind, subject=asked.get("subject", ""), snapshot=snapshot, by=user)
    found.append(report)
    if report.status == Status.READY:
        return "This report was built already, and nothing has changed since. Here it is."
    if report.asked_at < before:
        return "The same report was asked for already. This is the one."
    return "The report is asked for. It is built within a minute when a worker is free."


def _moments(reference: str) -> list[Snapshot]:
    """The newest snapshots, and the one that the address names, however old it is."""
    newest = list(Snapshot.objects.listed().newest_first()[:MOMENTS])
    if reference and all(each.reference != reference for each in newest):
        newest += Snapshot.objects.listed().filter(reference=reference)
    return newest


def _subjects(user: User, kind: Kind, reference: str) -> dict[str, str]:
    """What there is to choose from: of a snapshot, where one is chosen already."""
    snapshot = Snapshot.objects.filter(reference=reference).first() if reference and kind != Kind.PICTURE else None
    if snapshot is None:
        return reportable.names(kind, actor=user)
    return reportable.names_in(snapshot.frozen().facts, kind, actor=user)


def _progress(report: Report) -> tuple[int, str] | None:
    """The step and its words, while the report is not there yet."""
    return (STEPS[report.status], WORDS[report.status]) if report.is_pending else None


def _rebuilding(report: Report) -> tuple[int, str] | None:
    pending: ReportRebuild | None = report.rebuilds.pending().first()
    if pending is None:
        return None
    return STEPS[pending.status], f"{WORDS[pending.status]}, to compare"


def _names(shown: Sequence[Report]) -> dict[str, str]:
    """Of the boroughs whose own figures are exact in them. One query, and none where there are none."""
    slugs = {report.own for report in shown if report.own}
    return dict(Borough.objects.filter(slug__in=slugs).values_list("slug", "name")) if slugs else {}


def _telling(report: Report, names: dict[str, str]) -> str:
    """What it tells, so that whoever hands it on knows to whom."""
    if report.telling == Report.Telling.OWN:
        return f"{names.get(report.own, report.own)}’s own figures exact, of others what all may know"
    return str(report.get_telling_display())


def _file_name(report: Report) -> str:
    of = report.snapshot.taken_at if report.snapshot else report.built_at
    words = ["loti", FILE_WORDS[Kind(report.kind)], report.subject, f"{timezone.localdate(of):%Y-%m-%d}"]
    return "-".join(filter(None, words)) + ".pdf"
