"""Match runs: what the matcher did and when, and asking for a run now."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from boroughs import permissions
from boroughs.actions import work
from boroughs.background import Task
from boroughs.models import Work
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.actions import matching
from procurement.models import MatchRun

PAGE = 25


@require_GET
def match_run_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    permissions.require(user, Permission.VIEW_DEMANDS)
    pending = Work.objects.pending().filter(task=Task.MATCH_NEEDS).first()
    return render(
        request,
        "procurement/runs/list.html",
        {
            "page": Paginator(MatchRun.objects.newest_first(), PAGE).get_page(request.GET.get("page")),
            "running": MatchRun.objects.filter(status=MatchRun.Status.RUNNING).newest_first().first(),
            "pending": pending,
            "failed": pending if pending and pending.failed_at else None,
            "may_run": permissions.has(user, Permission.RUN_MATCHER),
        },
    )


@require_POST
def match_run_request(request: HttpRequest) -> HttpResponse:
    user = person(request)
    permissions.require(user, Permission.RUN_MATCHER)
    failed = Work.objects.failed().filter(task=Task.MATCH_NEEDS).first()
    if failed:
        work.retry(work=failed, by=user)
    else:
        matching.request(by=user)
    messages.success(request, "A match run is asked for. It begins within seconds when a worker is free.")
    return redirect("match-run-list")


@require_GET
def match_run_status(request: HttpRequest) -> JsonResponse:
    """How far the run is, for the progress bar of the page."""
    permissions.require(person(request), Permission.VIEW_DEMANDS)
    run = MatchRun.objects.newest_first().first()
    pending = Work.objects.pending().filter(task=Task.MATCH_NEEDS, failed_at__isnull=True).exists()
    running = run is not None and run.status == MatchRun.Status.RUNNING
    return JsonResponse(
        {
            "value": run.steps_done if run and running else 0,
            "maximum": (run.steps_total if run and running else 0) or 1,
            "label": (run.phase.capitalize() if run and running else "") or "Waiting for a worker",
            "done": not (pending or running),
        }
    )
