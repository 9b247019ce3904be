"""Schedules of reports: made, changed, paused and ended by people; on their days the clock asks for what is due.

Of one day a schedule has one edition. Its row, what it asks for and the schedule's next day are written in one
transaction, so a worker that is killed leaves nothing or all, and whoever comes next asks for nothing twice. A day on
which nobody looked is made good on the next.
"""

import logging
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.actions import work
from boroughs.actions.work import Claim
from boroughs.background import Task
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, LeaseLost, NotAcceptable
from boroughs.models import Notification, User
from boroughs.permissions import COMMAND_LINE, SCHEDULER, Actor, Permission
from boroughs.queries.renewal_dates import months_after
from procurement.actions import report_editions, reports, snapshots
from procurement.models import Report, ReportEdition, ReportSchedule, Snapshot
from procurement.picture.facts import Facts
from procurement.queries import reportable
from procurement.queries.reportable import Way

logger = logging.getLogger(__name__)

SCOPE = "london"
# Months between two days.
MONTHS = {ReportSchedule.Frequency.MONTHLY: 1, ReportSchedule.Frequency.QUARTERLY: 3}
MOST_RECIPIENTS = 50


@transaction.atomic
def create(
    *, kind: str, subject: str, frequency: str, recipients: Sequence[User], by: User, unknown: Sequence[str] = ()
) -> ReportSchedule:
    """Have the report made on the first of each month or quarter from now on.

    `unknown` are addresses that were typed and that nobody here has. Raises NotAcceptable where there are any.
    """
    wanted, often = Report.Kind(kind), ReportSchedule.Frequency(frequency)
    name = reportable.names(wanted, actor=by).get(subject) if wanted in reportable.kinds(by) else None
    if name is None:
        permissions.require(by, Permission.BUILD_REPORTS)
        raise NotAcceptable(["Choose what the report is of."], {"subject": ["Choose what the report is of."]})
    _check(wanted, subject, recipients, unknown)
    schedule = ReportSchedule.objects.create(
        kind=wanted,
        subject=subject,
        subject_name=name,
        frequency=often,
        next_date=next_day(often, timezone.localdate()),
        made_by=by,
        made_at=timezone.now(),
    )
    schedule.recipients.set(recipients)
    _record(schedule, "make", by)
    return schedule


@transaction.atomic
def change(
    *,
    schedule: ReportSchedule,
    frequency: str,
    recipients: Sequence[User],
    by: User,
    revision: int,
    unknown: Sequence[str] = (),
) -> None:
    """Send it to others, or at other times. `unknown` are addresses as in `create`."""
    _require(schedule, by)
    _check(Report.Kind(schedule.kind), schedule.subject, recipients, unknown)
    often = ReportSchedule.Frequency(frequency)
    changed: dict[str, Any] = {"frequency": often, "revision": revision + 1}
    # The day stays the database's own: the clock may have gone on since `schedule` was read.
    if often != schedule.frequency:
        changed["next_date"] = next_day(often, timezone.localdate())
    found = ReportSchedule.objects.filter(pk=schedule.pk, revision=revision)
    if not found.exclude(status=ReportSchedule.Status.ENDED).update(**changed):
        raise ChangedMeanwhile("The schedule was changed since you opened this page.")
    schedule.recipients.set(recipients)
    _record(schedule, "change", by)


def pause(*, schedule: ReportSchedule, by: User) -> None:
    """Let nothing be asked for until it is resumed."""
    _move(schedule, "pause", by)


def resume(*, schedule: ReportSchedule, by: User) -> None:
    """Go on from the next day; what was missed meanwhile is not made good."""
    _move(schedule, "resume", by)


def end(*, schedule: ReportSchedule, by: User) -> None:
    """For good. What was built stays."""
    _move(schedule, "end", by)


def not_for(address: str) -> str:
    """Said alike of people who may not have the report and of those that the platform does not know."""
    return f"{address} may not have this report, or has no account here. Take the address off the list."


def next_day(frequency: str, after: date) -> date:
    """The first of the next month, or of the next quarter of the year."""
    step = MONTHS[ReportSchedule.Frequency(frequency)]
    first = after.replace(day=1)
    return months_after(first, step - (first.month - 1) % step)


# --- the clock ----------------------------------------------------------------------------------------------------


def request_daily() -> None:
    """The scheduler's request."""
    work.request(task=Task.ISSUE_REPORTS, key=SCOPE)


def run(*, key: str = SCOPE) -> None:
    """Claim the day's work and do it. The same again changes nothing."""
    claim = work.claim(task=Task.ISSUE_REPORTS, key=key)
    if claim is None:
        return
    try:
        _issue_due(claim)
    except LeaseLost:
        logger.warning("Issuing reports lost its lease; the worker that took over goes on")
    except Exception as error:  # noqa: BLE001 - whatever it is, the work is given back, tried again and shown
        work.fail(claim=claim, error=error)


def _issue_due(claim: Claim) -> None:
    today = timezone.localdate()
    due = list(ReportSchedule.objects.due(on=today).select_related("made_by").order_by("pk"))
    faults: list[Exception] = []
    if due:
        snapshot = _snapshot_of(today)
        held = snapshot.frozen().facts
        for schedule in due:
            work.renew(claim=claim)
            try:
                _issue(schedule, today, snapshot, held)
            except Exception as error:  # the others do not wait for it; what went wrong is raised after them
                logger.exception("Report schedule %d could not be issued", schedule.pk)
                faults.append(error)
    if faults:
        raise faults[0]
    work.finish(claim=claim)


def _snapshot_of(today: date) -> Snapshot:
    """One for all that is due on a day, also where the day's work is done in two goes."""
    last = ReportEdition.objects.select_related("snapshot").order_by("-pk").first()
    if last and timezone.localdate(last.made_at) == today:
        return last.snapshot
    return snapshots.take(by=SCHEDULER)


@transaction.atomic
def _issue(schedule: ReportSchedule, today: date, snapshot: Snapshot, held: Facts) -> None:
    following = next_day(schedule.frequency, today)
    still = ReportSchedule.objects.due(on=today).filter(pk=schedule.pk, next_date=schedule.next_date)
    if not still.update(next_date=following):
        # Paused, ended or done since it was listed.
        return
    edition = ReportEdition.objects.create(
        schedule=schedule, due_date=schedule.next_date, made_at=timezone.now(), snapshot=snapshot
    )
    _record(schedule, "issue", SCHEDULER)
    kind, subject = Report.Kind(schedule.kind), schedule.subject
    name = reportable.names_in(held, kind, actor=COMMAND_LINE).get(subject)
    if name is None:
        _tell_maker(edition, "has nothing to tell of", "It is not in the demand picture any more. End the schedule.")
        return
    members = reportable.members_in(held, subject) if kind == Report.Kind.DEMAND else set()
    ways = _ways(schedule, members)
    if not ways:
        _tell_maker(edition, "went to nobody", "Nobody on its list may have it any more. Change the list or end it.")
    for way in ways:
        asked = reports.ask_for(kind=kind, subject=subject, name=name, way=way, snapshot=snapshot, by=SCHEDULER)
        # Held, so that one that is being finished now is told of here or there, and not in neither place.
        report = Report.objects.select_for_update().get(pk=asked.pk)
        edition.reports.add(report)
        if report.status == Report.Status.READY:
            report_editions.tell_ready(report)
        elif report.status == Report.Status.FAILED:
            report_editions.tell_failed(report, report.error)


def _ways(schedule: ReportSchedule, members: set[str]) -> list[Way]:
    """How the reports are told that the recipients may have, each once."""
    people = list(schedule.recipients.filter(is_active=True))
    permissions.read_memberships(people)
    found = {reportable.way(person, kind=schedule.kind, subject=schedule.subject, members=members) for person in people}
    return sorted((way for way in found if way), key=lambda way: (way.telling, way.own))


def _tell_maker(edition: ReportEdition, what: str, why: str) -> None:
    key = f"{Notification.Kind.REPORT_FAILED} {edition.pk}"
    report_editions.tell_maker(edition.schedule, what, why, key=key)


# --- people -------------------------------------------------------------------------------------------------------


def _check(kind: Report.Kind, subject: str, recipients: Sequence[User], unknown: Sequence[str]) -> None:
    """Refuse whom it is not for, and `unknown` addresses, in one list: which of them has an account is not told."""
    members = reportable.members(subject) if kind == Report.Kind.DEMAND else set()
    refused = [
        person.email for person in recipients if not reportable.way(person, kind=kind, subject=subject, members=members)
    ]
    problems = [not_for(address) for address in sorted({*refused, *unknown}, key=str.casefold)]
    if not recipients and not unknown:
        problems = ["Enter at least one address."]
    elif len(recipients) + len(unknown) > MOST_RECIPIENTS:
        problems = [f"A schedule sends to {MOST_RECIPIENTS} people at the most."]
    if problems:
        raise NotAcceptable(problems, {"recipients": problems})


def _require(schedule: ReportSchedule, by: User) -> None:
    if not reportable.kinds(by) or not reportable.visible_schedules(by).filter(pk=schedule.pk).exists():
        permissions.require(by, Permission.BUILD_REPORTS)


@transaction.atomic
def _move(schedule: ReportSchedule, move: str, by: User) -> None:
    _require(schedule, by)
    sources, target = ReportSchedule.TRANSITIONS[move]
    changed: dict[str, Any] = {"status": target, "revision": F("revision") + 1}
    if move == "resume":
        changed["next_date"] = max(schedule.next_date, next_day(schedule.frequency, timezone.localdate()))
    if not ReportSchedule.objects.filter(pk=schedule.pk, status__in=sources).update(**changed):
        raise IllegalMove(f"The schedule is {schedule.get_status_display().lower()} by now.")
    _record(schedule, move, by)


def _record(schedule: ReportSchedule, verb: str, by: Actor) -> None:
    details = {"kind": schedule.kind} | ({"subject": schedule.subject} if schedule.subject else {})
    audit.record(by=by, verb=verb, noun="report schedule", reference=str(schedule.pk), details=details)
