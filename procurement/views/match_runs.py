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
from boroughs.templatetags.formatting import day_short
from boroughs.views.signed_in import person
from procurement.actions import matching
from procurement.charts import sparkline
from procurement.models import MatchRun
from procurement.queries.agreement import agreement
from procurement.queries.hit_rates import hit_rates
from procurement.queries.matcher_record import matcher_record

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


@require_GET
def match_record(request: HttpRequest) -> HttpResponse:
    permissions.require(person(request), Permission.VIEW_DEMANDS)
    record = matcher_record()
    shares = [each.share * 100 for each in record.days]
    days = [day_short(each.day) for each in record.days]
    return render(
        request,
        "procurement/runs/record.html",
        {
            "record": record,
            "rates": hit_rates(),
            "agreement": agreement(),
            "line": sparkline.svg(
                shares, title="Share of open needs in a joint demand, in per cent", width=340, height=80
            ),
            "line_table": sparkline.rows(shares, days, head=("Last run of", "Needs in a joint demand, per cent")),
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
