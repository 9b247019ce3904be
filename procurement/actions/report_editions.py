"""Telling people of the reports that a schedule asked for: who waits for one that it is there, its maker why it is not.

Each recipient is told of one report a day: of those that they may be handed, the one that says most.
"""

from collections.abc import Iterable
from operator import attrgetter

from django.urls import reverse
from django.utils import timezone

from boroughs import permissions
from boroughs.actions import notifying
from boroughs.actions.notifying import News
from boroughs.models import Notification, User
from boroughs.permissions import Permission
from boroughs.templatetags.formatting import day
from procurement.models import Report, ReportEdition, ReportSchedule
from procurement.queries import reportable

Kind = Notification.Kind


def tell_ready(report: Report) -> None:
    """Tell whoever waits for this report that it is there. Call it last in the transaction that makes it ready.

    Who lost their role since, or left, is told nothing. As many queries for many recipients as for one.
    """
    for edition in report.editions.select_related("schedule", "snapshot").defer("snapshot__content").order_by("pk"):
        people = list(edition.schedule.recipients.filter(is_active=True).order_by("pk"))
        permissions.read_memberships(people)
        asked = list(edition.reports.all())
        waiting = [person for person in people if _best(person, asked) == report]
        notifying.tell([(_ready(report, edition, _place(person, report.own)), person) for person in waiting])


def tell_failed(report: Report, why: str) -> None:
    """Tell the makers of schedules that wait for this report that there will be none, and what to do."""
    for edition in report.editions.select_related("schedule__made_by").order_by("pk"):
        # Once, however many of its reports fail: they fail for the same reason.
        tell_maker(edition.schedule, "could not be built", why, key=f"{Kind.REPORT_FAILED} {edition.pk}")


def tell_maker(schedule: ReportSchedule, what: str, why: str, *, key: str) -> None:
    """Tell who made the schedule, while they may still ask for reports."""
    maker = schedule.made_by
    if not reportable.kinds(maker):
        return
    news = News(
        kind=Kind.REPORT_FAILED,
        borough_id=_place(maker, ""),
        subject=f"schedule {schedule.pk}",
        headline=f"{schedule.title}: the scheduled report {what}",
        comment=why,
        path=reverse("report-schedule-edit", args=[schedule.pk]),
        key=key,
    )
    notifying.tell([(news, maker)])


def _ready(report: Report, edition: ReportEdition, place: int) -> News:
    moment = day(timezone.localdate(edition.snapshot.taken_at))
    return News(
        kind=Kind.REPORT_READY,
        borough_id=place,
        subject=f"report {report.pk}",
        headline=f"{report.title}: the report of {moment} is ready",
        path=reverse("report-detail", args=[report.pk]),
        key=f"{Kind.REPORT_READY} {edition.pk}",
    )


def _best(person: User, reports: Iterable[Report]) -> Report | None:
    """Of an edition's reports the one for this person, whether it is built already or not."""
    may = [each for each in reports if reportable.is_visible(person, each)]
    return min(may, key=lambda each: reportable.BEST_FIRST.index(Report.Telling(each.telling)), default=None)


def _place(person: User, own: str) -> int:
    """Whose news it is to this person: their borough's, or London's for who may ask for all reports."""
    if permissions.has(person, Permission.BUILD_REPORTS):
        return 0
    places = [each for each in reportable.own_boroughs(person) if not own or each.slug == own]
    return min(places, key=attrgetter("name")).pk
