"""Asking for a report and building it: once, whole, by the one who holds the lease, with a reason where it fails."""

import errno
import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from boroughs.actions import work
from boroughs.background import Task
from boroughs.exceptions import NotAcceptable, PermissionRefused
from boroughs.models import AuditEvent, User, Work
from boroughs.models.work import MAX_ATTEMPTS
from boroughs.permissions import COMMAND_LINE
from procurement.actions import reports, snapshots
from procurement.exceptions import TooManyWaiting
from procurement.models import Report, Snapshot
from procurement.pdf import render
from procurement.pdf import reports as reports_pdf
from procurement.pdf.job import Pdf
from procurement.pdf.render import Limits, PdfEngineMissing
from procurement.picture.telling import EXACT, Telling
from tests.factories.boroughs import BoroughFactory, NeedFactory
from tests.factories.picture import joint_demand
from tests.threads import at_once

pytestmark = pytest.mark.django_db

STUB = Pdf(content=b"%PDF-1.7 stub", pages=3)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def report() -> Report:
    return reports.ask(kind=Report.Kind.PICTURE, by=COMMAND_LINE)


def renders(monkeypatch: pytest.MonkeyPatch, action: Callable[[], Pdf]) -> None:
    monkeypatch.setattr(reports.reports_pdf, "render", lambda kind, content, **options: action())


def fails(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def action() -> Pdf:
        raise error

    renders(monkeypatch, action)


def files(media: Path) -> list[str]:
    return [path.name for path in media.rglob("*") if path.is_file()]


def due_now(report: Report) -> None:
    """As if the pause after a failure were over."""
    Work.objects.filter(key=str(report.pk)).update(not_before=timezone.now())


def test_ask_makes_the_work_due(cdo: User) -> None:
    report = reports.ask(kind=Report.Kind.PICTURE, by=cdo)

    assert (report.status, report.asked_by) == (Report.Status.ASKED, cdo.email)
    assert Work.objects.pending().filter(task=Task.BUILD_REPORT, key=str(report.pk)).exists()
    assert AuditEvent.objects.filter(noun="report", verb="ask", actor=cdo.email).count() == 1


def test_ask_twice_is_built_once(analyst: User, second_analyst: User) -> None:
    first = reports.ask(kind=Report.Kind.PICTURE, by=second_analyst)

    assert reports.ask(kind=Report.Kind.PICTURE, by=analyst) == first
    assert Report.objects.count() == 1


def test_ask_names_the_snapshot_of_that_moment(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came between asking and building is not in it."""
    joint_demand("camden", "brent")
    told: list[bytes] = []

    def render(kind: str, content: bytes, **options: Any) -> Pdf:
        told.append(content)
        return STUB

    monkeypatch.setattr(reports.reports_pdf, "render", render)
    reports.build(key=str(report.pk))

    assert report.snapshot is not None
    assert told == [bytes(report.snapshot.content)]
    assert reports.ask(kind=Report.Kind.PICTURE, by=COMMAND_LINE).snapshot != report.snapshot


def test_ask_for_an_earlier_snapshot_with_the_one_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []
    for _ in range(3):
        NeedFactory()
        taken.append(snapshots.take(by=COMMAND_LINE))
    told: list[bytes] = []

    def render(kind: str, content: bytes, *, previous: bytes, **options: Any) -> Pdf:
        told.extend((previous, content))
        return STUB

    monkeypatch.setattr(reports.reports_pdf, "render", render)
    report = reports.ask(kind=Report.Kind.PICTURE, snapshot=taken[1], by=COMMAND_LINE)
    reports.build(key=str(report.pk))

    assert report.snapshot == taken[1]
    assert told == [bytes(taken[0].content), bytes(taken[1].content)]


def test_report_from_before_there_were_snapshots_is_of_the_moment_it_is_built(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    Report.objects.update(snapshot=None)
    renders(monkeypatch, lambda: STUB)

    reports.build(key=str(report.pk))

    report.refresh_from_db()
    assert (report.status, report.snapshot) == (Report.Status.READY, snapshots.newest())


@pytest.mark.parametrize("role", ["reader", "editor", "approver", "administrator"])
def test_ask_refused(role: str, request: pytest.FixtureRequest) -> None:
    for kind, subject in (("PICTURE", ""), ("CATEGORY", "telephony"), ("BOROUGH", "brent")):
        with pytest.raises(PermissionRefused):
            reports.ask(kind=kind, subject=subject, by=request.getfixturevalue(role))
    with pytest.raises(PermissionRefused):
        reports.build_now(kind=Report.Kind.PICTURE, snapshot=Snapshot(), by=request.getfixturevalue(role))
    assert not Report.objects.exists()
    assert not Snapshot.objects.exists()


def test_ask_for_a_borough_pack_is_refused_who_may_not_see_exact_figures(cdo: User) -> None:
    BoroughFactory(slug="camden", name="Camden")

    with pytest.raises(PermissionRefused, match="for that borough's own people"):
        reports.ask(kind="BOROUGH", subject="camden", by=cdo)
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize("role", ["editor", "analyst"])
def test_ask_for_a_borough_pack_is_told_as_that_borough_may_have_it(role: str, request: pytest.FixtureRequest) -> None:
    BoroughFactory(slug="camden", name="Camden")

    report = reports.ask(kind="BOROUGH", subject="camden", by=request.getfixturevalue(role))

    assert (report.subject_name, report.telling, report.own) == ("Camden", Report.Telling.OWN, "camden")
    assert report.told == Telling(own="camden")


def test_ask_for_a_joint_demand_with_an_own_need(editor: User, analyst: User) -> None:
    demand = joint_demand("camden", "brent", title="Telephony")
    other = joint_demand("brent", "sutton")

    own = reports.ask(kind="DEMAND", subject=demand.reference, by=editor)
    exact = reports.ask(kind="DEMAND", subject=demand.reference, by=analyst)

    assert own.subject_name == f"{demand.reference} Telephony"
    assert (own.told, exact.told) == (Telling(own="camden"), EXACT)
    assert own.snapshot == exact.snapshot
    with pytest.raises(PermissionRefused, match="no open need"):
        reports.ask(kind="DEMAND", subject=other.reference, by=editor)


def test_ask_for_what_the_snapshot_does_not_have(analyst: User) -> None:
    earlier = snapshots.take(by=COMMAND_LINE)
    demand = joint_demand("camden", "brent")

    with pytest.raises(NotAcceptable, match=f"{demand.reference} is not in the picture of {earlier.reference}"):
        reports.ask(kind="DEMAND", subject=demand.reference, snapshot=earlier, by=analyst)


def test_ask_again_is_handed_what_was_built(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    renders(monkeypatch, lambda: STUB)
    reports.build(key=str(report.pk))

    assert reports.ask(kind="PICTURE", by=COMMAND_LINE) == report

    report.refresh_from_db()
    reports.file_of(report).unlink()
    other = reports.ask(kind="PICTURE", by=COMMAND_LINE)
    assert (other.status, other.snapshot) == (Report.Status.ASKED, report.snapshot)


def test_ask_for_more_than_may_wait(analyst: User, second_analyst: User) -> None:
    for slug in ("a", "b", "c", "d", "e", "f"):
        BoroughFactory(slug=slug)
    for slug in ("a", "b", "c", "d", "e"):
        reports.ask(kind="BOROUGH", subject=slug, by=analyst)

    with pytest.raises(TooManyWaiting, match="5 reports that you asked for"):
        reports.ask(kind="BOROUGH", subject="f", by=analyst)

    # What waits already is handed out all the same, and others may ask.
    assert reports.ask(kind="BOROUGH", subject="a", by=analyst).subject == "a"
    assert reports.ask(kind="BOROUGH", subject="f", by=second_analyst).subject == "f"


def test_what_is_refused_leaves_no_snapshot_behind(analyst: User) -> None:
    for slug in ("a", "b", "c", "d", "e"):
        BoroughFactory(slug=slug)
    with pytest.raises(NotAcceptable, match="not in the picture of this moment"):
        reports.ask(kind="CATEGORY", subject="no-such", by=analyst)
    assert not Snapshot.objects.exists()

    for slug in ("a", "b", "c", "d", "e"):
        reports.ask(kind="BOROUGH", subject=slug, by=analyst)
    NeedFactory()
    with pytest.raises(TooManyWaiting):
        reports.ask(kind="PICTURE", by=analyst)
    assert Snapshot.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ask_in_the_same_moment_is_built_once(analyst: User, second_analyst: User) -> None:
    snapshot = snapshots.take(by=COMMAND_LINE)

    asked = at_once(
        *(partial(reports.ask, kind="PICTURE", snapshot=snapshot, by=who) for who in (analyst, second_analyst) * 3)
    )

    assert [report.pk for report in asked] == [Report.objects.get().pk] * 6
    assert Work.objects.filter(task=Task.BUILD_REPORT).count() == 1
    assert AuditEvent.objects.filter(noun="report", verb="ask").count() == 1


def test_database_lets_one_of_each_wait(report: Report) -> None:
    same = {"kind": "PICTURE", "snapshot": report.snapshot, "asked_at": report.asked_at, "asked_by": "x"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(**same)
    Report.objects.create(**same, telling=Report.Telling.TOLD)


def test_build_hands_on_what_is_asked(editor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []

    def render(kind: str, content: bytes, *, telling: Telling, subject: str, **options: Any) -> Pdf:
        told.extend((kind, subject, telling))
        return STUB

    monkeypatch.setattr(reports.reports_pdf, "render", render)
    report = reports.ask(kind="BOROUGH", subject="camden", by=editor)
    reports.build(key=str(report.pk))

    report.refresh_from_db()
    assert told == ["BOROUGH", "camden", Telling(own="camden")]
    assert report.status == Report.Status.READY


def test_build_writes_down_what_made_it(report: Report) -> None:
    reports.build(key=str(report.pk))

    report.refresh_from_db()
    assert re.fullmatch(r"platform [0-9a-f]{12}, WeasyPrint [0-9.]+, Pango [0-9.]+", report.engine)


def test_build_keeps_a_whole_pdf(report: Report, media: Path) -> None:
    joint_demand("camden", "brent", "sutton")

    reports.build(key=str(report.pk))

    report.refresh_from_db()
    assert report.status == Report.Status.READY
    content = reports.file_of(report).read_bytes()
    assert report.digest == hashlib.sha256(content).hexdigest()
    assert report.size == len(content)
    assert report.pages == len(pypdf.PdfReader(reports.file_of(report)).pages)
    assert files(media) == [Path(report.path).name]
    assert not Work.objects.pending().exists()


def test_build_again_without_a_request_does_nothing(
    report: Report, monkeypatch: pytest.MonkeyPatch, media: Path
) -> None:
    renders(monkeypatch, lambda: STUB)
    reports.build(key=str(report.pk))
    reports.build(key=str(report.pk))

    work.request(task=Task.BUILD_REPORT, key=str(report.pk))
    reports.build(key=str(report.pk))

    assert len(files(media)) == 1
    assert not Work.objects.pending().exists()


def test_build_in_other_hands_does_nothing(report: Report, monkeypatch: pytest.MonkeyPatch, media: Path) -> None:
    renders(monkeypatch, lambda: STUB)
    work.claim(task=Task.BUILD_REPORT, key=str(report.pk))

    reports.build(key=str(report.pk))

    report.refresh_from_db()
    assert report.status == Report.Status.ASKED
    assert files(media) == []


def test_build_after_a_worker_was_killed(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """The killed worker left BUILDING and a lease that has run out."""
    renders(monkeypatch, lambda: STUB)
    work.claim(task=Task.BUILD_REPORT, key=str(report.pk))
    Report.objects.update(status=Report.Status.BUILDING)
    Work.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    reports.build(key=str(report.pk))

    report.refresh_from_db()
    assert report.status == Report.Status.READY


def test_build_by_a_worker_that_was_taken_over_leaves_nothing(
    report: Report, monkeypatch: pytest.MonkeyPatch, media: Path
) -> None:
    def taken_over() -> Pdf:
        Work.objects.update(lease_owner="another worker")
        return STUB

    renders(monkeypatch, taken_over)

    reports.build(key=str(report.pk))

    report.refresh_from_db()
    assert (report.status, report.path) == (Report.Status.BUILDING, "")
    assert files(media) == []
    assert Work.objects.get().lease_owner == "another worker"


def test_build_that_fails_after_it_was_taken_over_says_nothing(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken_over() -> Pdf:
        Work.objects.update(lease_owner="another worker")
        raise OSError(errno.ENOSPC, "No space left on device")

    renders(monkeypatch, taken_over)

    reports.build(key=str(report.pk))

    report.refresh_from_db()
    assert (report.status, report.error) == (Report.Status.BUILDING, "")


def test_build_renews_the_lease_while_the_child_runs(
    report: Report, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.WORK_LEASE_SECONDS = 2
    renewed: list[str] = []
    monkeypatch.setattr(reports.work, "renew", lambda claim: renewed.append(claim.key))

    def slow(kind: str, content: bytes, *, tick: Callable[[], None], every: float, **options: Any) -> Pdf:
        assert every <= settings.WORK_LEASE_SECONDS / 2
        tick()
        return STUB

    monkeypatch.setattr(reports.reports_pdf, "render", slow)
    reports.build(key=str(report.pk))

    assert renewed == [str(report.pk)]


def test_memory_bomb_fails_with_a_reason_and_the_next_report_works(
    report: Report, monkeypatch: pytest.MonkeyPatch, media: Path
) -> None:
    whole = reports_pdf.render
    with monkeypatch.context() as patch:
        patch.setattr(render, "render_to_string", lambda template, context: "<p>x</p>" * 20000)
        patch.setattr(
            reports.reports_pdf,
            "render",
            lambda kind, content, **options: whole(kind, content, limits=Limits(memory=300), **options),
        )
        reports.build(key=str(report.pk))

    report.refresh_from_db()
    assert report.status == Report.Status.FAILED
    assert "too large" in report.error
    assert files(media) == []
    # The same again would end the same, so it is not tried again by itself.
    assert not Work.objects.pending().exists()

    other = reports.ask(kind=Report.Kind.PICTURE, by=COMMAND_LINE)
    reports.build(key=str(other.pk))
    other.refresh_from_db()
    assert other != report
    assert other.status == Report.Status.READY


def test_engine_missing_says_what_to_install(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    fails(monkeypatch, PdfEngineMissing("Install libpango."))

    reports.build(key=str(report.pk))

    report.refresh_from_db()
    assert (report.status, report.error) == (Report.Status.FAILED, "Install libpango.")


def test_full_disk_leaves_no_part_and_is_tried_again(
    report: Report, monkeypatch: pytest.MonkeyPatch, media: Path
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    renders(monkeypatch, lambda: STUB)
    with monkeypatch.context() as patch:
        patch.setattr(reports.os, "fsync", full)
        reports.build(key=str(report.pk))

    report.refresh_from_db()
    # Still to come, so that who asks meanwhile is handed this one.
    assert report.status == Report.Status.ASKED
    assert report.error == "The file could not be written: No space left on device. It is tried again in a moment."
    assert files(media) == []

    due_now(report)
    reports.build(key=str(report.pk))
    report.refresh_from_db()
    assert (report.status, report.error) == (Report.Status.READY, "")


def test_fault_fails_for_good_after_three_attempts(
    report: Report, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fails(monkeypatch, RuntimeError("secret detail"))
    for _ in range(MAX_ATTEMPTS):
        due_now(report)
        reports.build(key=str(report.pk))

    report.refresh_from_db()
    assert report.status == Report.Status.FAILED
    assert report.error == (
        "The report could not be built because of a fault in the platform. The log says which. "
        "Ask for it again; if it fails again, tell who runs the platform."
    )
    # The report says so itself. Work that is set aside would wait for ever: who wants a report asks for a new one.
    assert not Work.objects.failed().exists()
    assert not Work.objects.pending().exists()
    assert "secret detail" in caplog.text


def test_build_now_is_kept_nowhere(media: Path) -> None:
    pdf = reports.build_now(kind=Report.Kind.PICTURE, snapshot=snapshots.take(by=COMMAND_LINE), by=COMMAND_LINE)

    assert pdf.content.startswith(b"%PDF-1.7")
    assert files(media) == []
    assert AuditEvent.objects.filter(noun="report", verb="build").count() == 1


def test_write_whole_replaces_or_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "report.pdf"
    reports.write_whole(target, b"old")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(reports.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        reports.write_whole(target, b"new")

    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["report.pdf"]
