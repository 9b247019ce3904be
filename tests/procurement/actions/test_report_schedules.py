"""Schedules of reports: made by who may, due on the first, asked for once, told to who may have them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import Borough, Membership, Notification, Role, User, Work
from procurement.actions import report_editions, report_schedules, reports, snapshots
from procurement.models import JointDemand, Report, ReportEdition, ReportSchedule, Snapshot
from procurement.pdf.job import Pdf
from procurement.pdf.render import ReportTooLarge
from procurement.queries import reportable
from tests.conftest import person
from tests.factories.boroughs import NeedFactory
from tests.factories.picture import joint_demand

pytestmark = pytest.mark.django_db

BEFORE = datetime(2026, 11, 20, 12, tzinfo=UTC)
DUE = datetime(2026, 12, 1, 6, tzinfo=UTC)
Kind = Notification.Kind


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture(autouse=True)
def _drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = Pdf(content=b"%PDF-1.7 stub", pages=1)
    monkeypatch.setattr(reports.reports_pdf, "render", lambda kind, content, **options: drawn)


def made(by: User, *others: User, kind: str = "PICTURE", subject: str = "", often: str = "MONTHLY") -> ReportSchedule:
    with time_machine.travel(BEFORE, tick=False):
        return report_schedules.create(kind=kind, subject=subject, frequency=often, recipients=[by, *others], by=by)


def issue(at: datetime = DUE) -> None:
    with time_machine.travel(at, tick=False):
        report_schedules.request_daily()
        report_schedules.run()


def build_all() -> None:
    with time_machine.travel(DUE, tick=False):
        for report in Report.objects.pending().order_by("pk"):
            reports.build(key=str(report.pk))


def told(kind: str = Kind.REPORT_READY) -> list[str]:
    return sorted(Notification.objects.filter(kind=kind).values_list("user__email", flat=True))


def emails(*people: User) -> list[str]:
    return sorted(each.email for each in people)


@pytest.mark.parametrize(
    ("often", "month", "day", "following"),
    [
        ("MONTHLY", 1, 1, (2026, 2)),
        ("MONTHLY", 12, 31, (2027, 1)),
        ("QUARTERLY", 1, 1, (2026, 4)),
        ("QUARTERLY", 3, 31, (2026, 4)),
        ("QUARTERLY", 5, 15, (2026, 7)),
        ("QUARTERLY", 10, 1, (2027, 1)),
    ],
)
def test_next_day(often: str, month: int, day: int, following: tuple[int, int]) -> None:
    assert report_schedules.next_day(often, date(2026, month, day)) == date(*following, 1)


def test_create_is_due_on_the_next_first(analyst: User) -> None:
    schedule = made(analyst, often="QUARTERLY")

    assert (schedule.next_date, schedule.status) == (date(2027, 1, 1), ReportSchedule.Status.ACTIVE)
    issue()
    assert not Report.objects.exists()


def test_create_refused(editor: User, administrator: User, analyst: User, borough: Borough) -> None:
    for user, kind, subject in ((administrator, "PICTURE", ""), (editor, "PICTURE", ""), (editor, "BOROUGH", "brent")):
        with pytest.raises(PermissionRefused):
            made(user, kind=kind, subject=subject)
    with pytest.raises(NotAcceptable, match="Choose what the report is of"):
        made(analyst, kind="CATEGORY", subject="nothing")
    with pytest.raises(NotAcceptable, match=f"{editor.email} may not have this report"):
        made(analyst, editor)
    assert not ReportSchedule.objects.exists()


def test_due_is_asked_for_once_and_everybody_is_told(analyst: User, second_analyst: User) -> None:
    schedule = made(analyst, second_analyst)

    issue()
    issue()
    assert Report.objects.count() == ReportEdition.objects.count() == 1
    assert told() == []
    build_all()

    assert told() == emails(analyst, second_analyst)
    row = Notification.objects.filter(user=second_analyst).get()
    assert row.headline == "London demand picture: the report of 1 December 2026 is ready"
    assert row.path == f"/reports/{Report.objects.get().pk}/"
    assert row.borough is None
    schedule.refresh_from_db()
    assert schedule.next_date == date(2027, 1, 1)


def test_worker_killed_between_asking_and_marking_asks_once(analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    made(analyst)
    asked = reports.ask_for

    def killed(**options: Any) -> Report:
        asked(**options)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(report_schedules.reports, "ask_for", killed)
        with pytest.raises(KeyboardInterrupt):
            issue()
    assert not ReportEdition.objects.exists()
    Work.objects.update(lease_until=DUE)

    issue(datetime(2026, 12, 1, 7, tzinfo=UTC))
    issue(datetime(2026, 12, 1, 8, tzinfo=UTC))

    assert Report.objects.count() == ReportEdition.objects.count() == 1


def test_day_that_nobody_looked_at_is_made_good_once(analyst: User) -> None:
    schedule = made(analyst)

    issue(datetime(2027, 2, 10, 6, tzinfo=UTC))

    schedule.refresh_from_db()
    assert schedule.next_date == date(2027, 3, 1)
    assert ReportEdition.objects.get().due_date == date(2026, 12, 1)


def test_all_of_one_day_are_of_one_snapshot(analyst: User, borough: Borough) -> None:
    made(analyst)
    made(analyst, kind="BOROUGH", subject="camden")

    issue()
    # The rest of the same day, though the register has moved.
    NeedFactory()
    with time_machine.travel(DUE, tick=False):
        late = report_schedules.create(
            kind="BOROUGH", subject="camden", frequency="MONTHLY", recipients=[analyst], by=analyst
        )
    ReportSchedule.objects.filter(pk=late.pk).update(next_date=DUE.date())
    issue(datetime(2026, 12, 1, 9, tzinfo=UTC))

    assert Snapshot.objects.count() == 1
    assert ReportEdition.objects.count() == 3


def test_each_is_told_of_the_report_that_they_may_have(analyst: User, cdo: User, editor: User, stranger: User) -> None:
    demand = joint_demand("camden", "brent")
    made(analyst, cdo, editor, stranger, kind="DEMAND", subject=demand.reference)

    issue()
    build_all()

    reports_told = {row.user: Report.objects.get(pk=int(row.path.split("/")[2])) for row in Notification.objects.all()}
    assert {user: (report.telling, report.own) for user, report in reports_told.items()} == {
        analyst: ("EXACT", ""),
        cdo: ("TOLD", ""),
        editor: ("OWN", "camden"),
        stranger: ("OWN", "brent"),
    }
    assert Notification.objects.get(user=editor).borough == Borough.objects.get(slug="camden")


def lose_role(user: User) -> None:
    Membership.objects.filter(user=user).delete()


def leave(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("gone", [lose_role, leave])
@pytest.mark.parametrize("when", ["before it is asked for", "before it is ready"])
def test_who_may_not_have_it_any_more_is_told_nothing(gone: Any, when: str, analyst: User, editor: User) -> None:
    joint_demand("camden", "brent")
    made(analyst, editor, kind="BOROUGH", subject="camden")
    if when == "before it is asked for":
        gone(editor)
    issue()
    gone(editor)
    build_all()

    assert told() == [analyst.email]


def test_five_recipients_cost_no_more_queries_than_one(analyst: User, borough: Borough) -> None:
    def asked(*, recipients: int) -> tuple[int, int]:
        """To ask for the report that is due, and to tell that it is ready. Nothing stays."""
        with transaction.atomic():
            readers = [person(Role.BOROUGH_READER, borough) for _ in range(recipients)]
            made(analyst, *readers, kind="BOROUGH", subject=borough.slug)
            with CaptureQueriesContext(connection) as issued:
                issue()
            with CaptureQueriesContext(connection) as ready:
                report_editions.tell_ready(Report.objects.get())
            assert told() == emails(analyst, *readers)
            transaction.set_rollback(True)
        return len(issued), len(ready)

    assert asked(recipients=5) == asked(recipients=1)


def test_report_that_is_ready_already_is_told_of_at_once(analyst: User) -> None:
    made(analyst)
    with time_machine.travel(DUE, tick=False):
        snapshot = snapshots.take(by=report_schedules.SCHEDULER)
        report = reports.ask(kind="PICTURE", snapshot=snapshot, by=analyst)
        reports.build(key=str(report.pk))

    issue()

    assert Report.objects.get() == report
    assert told() == [analyst.email]


def test_failure_is_told_to_who_made_it(analyst: User, cdo: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(kind: str, content: bytes, **options: Any) -> Pdf:
        raise ReportTooLarge("Too large.")

    schedule = made(analyst, cdo)
    monkeypatch.setattr(reports.reports_pdf, "render", fails)

    issue()
    build_all()

    assert (told(), told(Kind.REPORT_FAILED)) == ([], [analyst.email])
    row = Notification.objects.get()
    assert row.headline == "London demand picture: the scheduled report could not be built"
    assert row.comment.startswith("Too large. Ask for")
    assert row.path == f"/reports/schedules/{schedule.pk}/"


def test_nobody_left_is_told_to_who_made_it(analyst: User, cdo: User) -> None:
    schedule = made(analyst, cdo)
    schedule.recipients.set([cdo])
    leave(cdo)

    issue()

    assert told(Kind.REPORT_FAILED) == [analyst.email]
    assert not Report.objects.exists()


def test_subject_that_is_gone_is_told_to_who_made_it(analyst: User) -> None:
    demand = joint_demand("camden", "brent")
    made(analyst, kind="DEMAND", subject=demand.reference)
    JointDemand.objects.update(status=JointDemand.Status.RETIRED, retired_at=timezone.now())

    issue()

    assert "not in the demand picture any more" in Notification.objects.get().comment


def test_change_by_who_may_and_has_read_it(analyst: User, cdo: User, editor: User) -> None:
    schedule = made(analyst)

    def change(by: User, revision: int, recipients: Sequence[User]) -> None:
        with time_machine.travel(BEFORE, tick=False):
            report_schedules.change(
                schedule=schedule, frequency="QUARTERLY", recipients=recipients, by=by, revision=revision
            )

    with pytest.raises(PermissionRefused):
        change(editor, 0, [analyst])
    change(cdo, 0, [cdo])
    with pytest.raises(ChangedMeanwhile):
        change(analyst, 0, [analyst])
    with pytest.raises(NotAcceptable, match="at least one"):
        change(analyst, 1, [])

    schedule.refresh_from_db()
    assert (list(schedule.recipients.all()), schedule.next_date) == ([cdo], date(2027, 1, 1))


def test_paused_and_ended_ask_for_nothing(analyst: User) -> None:
    paused, ended = made(analyst), made(analyst, often="QUARTERLY")
    report_schedules.pause(schedule=paused, by=analyst)
    report_schedules.end(schedule=ended, by=analyst)

    issue(datetime(2027, 1, 5, 6, tzinfo=UTC))

    assert not Report.objects.exists()
    ended.refresh_from_db()
    with pytest.raises(IllegalMove, match="ended"):
        report_schedules.resume(schedule=ended, by=analyst)


def test_resume_goes_on_from_the_next_first(analyst: User) -> None:
    schedule = made(analyst)
    report_schedules.pause(schedule=schedule, by=analyst)

    with time_machine.travel(datetime(2027, 1, 5, 6, tzinfo=UTC), tick=False):
        report_schedules.resume(schedule=schedule, by=analyst)
    issue(datetime(2027, 1, 6, 6, tzinfo=UTC))

    schedule.refresh_from_db()
    assert (schedule.next_date, Report.objects.exists()) == (date(2027, 2, 1), False)


def test_change_that_was_begun_before_the_day_leaves_the_day_that_the_clock_has_set(analyst: User, cdo: User) -> None:
    schedule = made(analyst)
    read = ReportSchedule.objects.get(pk=schedule.pk)
    issue()
    following = ReportSchedule.objects.get(pk=schedule.pk).next_date

    report_schedules.change(
        schedule=read, frequency=read.frequency, recipients=[analyst, cdo], by=analyst, revision=read.revision
    )

    assert ReportSchedule.objects.get(pk=schedule.pk).next_date == following


def test_one_that_cannot_be_issued_does_not_keep_the_others(analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, other = made(analyst), made(analyst)
    names = reportable.names_in

    def fail_once(*given: Any, **more: Any) -> Any:
        monkeypatch.setattr(reportable, "names_in", names)
        raise OSError("no room")

    monkeypatch.setattr(reportable, "names_in", fail_once)
    issue()

    assert [each.schedule for each in ReportEdition.objects.all()] == [other]
    assert ReportSchedule.objects.get(pk=broken.pk).next_date == broken.next_date
