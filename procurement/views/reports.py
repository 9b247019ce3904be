"""Reports: the list, asking for one, how far it is, and its file."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_GET, require_POST

from boroughs import permissions
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.actions import reports
from procurement.models import Report, Snapshot
from procurement.queries import actor_names
from procurement.queries import report_file as whole_file

PAGE = 25
# So many snapshots stand beside them, the newest first.
SNAPSHOTS = 12
# What the progress bar shows for each state, of three steps.
STEPS = {Report.Status.ASKED: 1, Report.Status.BUILDING: 2, Report.Status.READY: 3, Report.Status.FAILED: 3}
WORDS = {
    Report.Status.ASKED: "Waiting for a worker",
    Report.Status.BUILDING: "Building the report",
    Report.Status.READY: "The report is ready",
    Report.Status.FAILED: "The report could not be built",
}


@require_GET
def report_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    permissions.require(user, Permission.BUILD_REPORTS)
    pending = Report.objects.pending().newest_first().first()
    page = Paginator(Report.objects.listed().newest_first(), PAGE).get_page(request.GET.get("page"))
    snapshots = list(Snapshot.objects.listed().newest_first()[:SNAPSHOTS])
    actors = [*(report.asked_by for report in page.object_list), *(snapshot.taken_by for snapshot in snapshots)]
    return render(
        request,
        "procurement/reports/list.html",
        {
            "page": page,
            "people": actor_names.names(actors, user),
            "snapshots": snapshots,
            "pending": pending,
            "step": STEPS[Report.Status(pending.status)] if pending else 0,
            "steps": len(set(STEPS.values())),
            "words": WORDS[Report.Status(pending.status)] if pending else "",
        },
    )


@require_POST
def report_ask(request: HttpRequest) -> HttpResponse:
    user = person(request)
    permissions.require(user, Permission.BUILD_REPORTS)
    reference = request.POST.get("snapshot", "")
    snapshot = get_object_or_404(Snapshot.objects.listed(), reference=reference) if reference else None
    reports.ask(kind=Report.Kind.PICTURE, snapshot=snapshot, by=user)
    messages.success(request, "The report is asked for. It is built within a minute when a worker is free.")
    return redirect("report-list")


@require_GET
def report_status(request: HttpRequest, pk: int) -> JsonResponse:
    """How far the report is, for the progress bar of the page."""
    status = Report.Status(_report(request, pk).status)
    return JsonResponse(
        {
            "value": STEPS[status],
            "maximum": len(set(STEPS.values())),
            "label": WORDS[status],
            "done": status in (Report.Status.READY, Report.Status.FAILED),
        }
    )


@require_GET
def report_file(request: HttpRequest, pk: int) -> FileResponse | HttpResponse:
    """The PDF, to keep. Not there for those who may not have it, as if it did not exist."""
    report = _report(request, pk)
    if report.status != Report.Status.READY:
        raise Http404
    try:
        file = whole_file.opened(reports.file_of(report), size=report.size, digest=report.digest)
    except whole_file.NotWhole as problem:
        messages.error(request, str(problem))
        return redirect("report-list")
    day = timezone.localdate(report.built_at)
    response = FileResponse(
        file,
        as_attachment=True,
        filename=f"loti-demand-picture-{day:%Y-%m-%d}-{report.pk}.pdf",
        content_type="application/pdf",
    )
    response["X-Content-Type-Options"] = "nosniff"
    add_never_cache_headers(response)
    return response


def _report(request: HttpRequest, pk: int) -> Report:
    if not permissions.has(person(request), Permission.BUILD_REPORTS):
        raise Http404
    return get_object_or_404(Report, pk=pk)
