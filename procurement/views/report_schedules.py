"""Schedules of reports: which there are, making, changing, pausing and ending one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from boroughs import permissions
from boroughs.models import User
from boroughs.permissions import Permission
from boroughs.templatetags.formatting import day
from boroughs.views.signed_in import person
from procurement.actions import report_schedules
from procurement.forms.report_schedules import ScheduleChangeForm, ScheduleForm
from procurement.models import Report, ReportEdition, ReportSchedule
from procurement.queries import reportable
from procurement.views.acting import done, tried
from procurement.views.reports import choose_kind

Kind = Report.Kind
Status = ReportSchedule.Status

EDITIONS = 6


@require_GET
def report_schedule_list(request: HttpRequest) -> HttpResponse:
    user, _ = _asker(request)
    found = reportable.visible_schedules(user).select_related("made_by").prefetch_related("recipients").newest_first()
    schedules = sorted(found, key=lambda each: each.status == Status.ENDED)
    return render(request, "procurement/reports/schedules.html", {"schedules": schedules})


@require_http_methods(["GET", "HEAD", "POST"])
def report_schedule_create(request: HttpRequest) -> HttpResponse:
    user, kinds = _asker(request)
    sent = request.POST if request.method == "POST" else request.GET
    kind = next((each for each in kinds if each == sent.get("kind")), None)
    if kind is None:
        return choose_kind(request, sent, kinds, "report-schedule-list", "Make a schedule")
    form = ScheduleForm(
        request.POST if request.method == "POST" else None,
        kind=kind,
        names=reportable.names(kind, actor=user),
        initial={name: request.GET[name] for name in ("subject",) if name in request.GET} | {"recipients": user.email},
    )
    if request.method == "POST" and form.is_valid() and done(request, form, lambda: _create(kind, form, user)):
        return redirect("report-schedule-list")
    return render(request, "procurement/reports/schedule.html", {"form": form, "kind": kind})


@require_http_methods(["GET", "HEAD", "POST"])
def report_schedule_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user, schedule = _schedule(request, pk)
    form = ScheduleChangeForm(
        request.POST if request.method == "POST" else None,
        kind=Kind(schedule.kind),
        names={},
        initial={
            "frequency": schedule.frequency,
            "recipients": "\n".join(schedule.recipients.order_by("email").values_list("email", flat=True)),
            "revision": schedule.revision,
        },
    )

    def change() -> str:
        report_schedules.change(
            schedule=schedule,
            frequency=form.cleaned_data["frequency"],
            recipients=form.cleaned_data["recipients"],
            unknown=form.unknown,
            by=user,
            revision=form.cleaned_data["revision"],
        )
        return "The schedule is changed."

    if request.method == "POST" and form.is_valid() and done(request, form, change, lambda: _revision(pk)):
        return redirect("report-schedule-list")
    context = {"form": form, "schedule": schedule, "kind": Kind(schedule.kind), "editions": _editions(user, schedule)}
    return render(request, "procurement/reports/schedule.html", context)


@require_POST
def report_schedule_pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Pauses it, or lets a paused one go on."""
    user, schedule = _schedule(request, pk)

    def move() -> str:
        if "resume" in request.POST:
            report_schedules.resume(schedule=schedule, by=user)
            return "The schedule goes on."
        report_schedules.pause(schedule=schedule, by=user)
        return "The schedule is paused. Nothing is sent until you let it go on."

    tried(request, move)
    return redirect("report-schedule-edit", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def report_schedule_end(request: HttpRequest, pk: int) -> HttpResponse:
    user, schedule = _schedule(request, pk)
    if request.method == "POST":

        def end() -> str:
            report_schedules.end(schedule=schedule, by=user)
            return "The schedule has ended. What was built stays on the reports page."

        tried(request, end)
        return redirect("report-schedule-list")
    return render(request, "procurement/reports/schedule_end.html", {"schedule": schedule})


def _asker(request: HttpRequest) -> tuple[User, tuple[Kind, ...]]:
    user = person(request)
    kinds = reportable.kinds(user)
    if not kinds:
        permissions.require(user, Permission.BUILD_REPORTS)
    return user, kinds


def _schedule(request: HttpRequest, pk: int) -> tuple[User, ReportSchedule]:
    """Not there for those whose it is not, as if it did not exist."""
    user, _ = _asker(request)
    return user, get_object_or_404(reportable.visible_schedules(user).select_related("made_by"), pk=pk)


def _create(kind: Kind, form: ScheduleForm, user: User) -> str:
    schedule = report_schedules.create(
        kind=kind,
        subject=form.cleaned_data.get("subject", ""),
        frequency=form.cleaned_data["frequency"],
        recipients=form.cleaned_data["recipients"],
        unknown=form.unknown,
        by=user,
    )
    return f"The schedule is made. The first report comes on {day(schedule.next_date)}."


def _revision(pk: int) -> dict[str, int]:
    return {"revision": ReportSchedule.objects.values_list("revision", flat=True).get(pk=pk)}


def _editions(user: User, schedule: ReportSchedule) -> list[dict[str, Any]]:
    """What came of its last days, with the reports that this person may have."""
    last = list(ReportEdition.objects.filter(schedule=schedule).order_by("-due_date")[:EDITIONS])
    may = reportable.visible(user).listed().filter(editions__in=last).prefetch_related("editions").distinct()
    reports = list(may.order_by("pk"))
    return [
        {"edition": each, "reports": [report for report in reports if each in report.editions.all()]} for each in last
    ]
