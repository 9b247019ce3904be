"""Asking for a report and building it: once, whole, by the one who holds the lease, with a reason where it fails."""

import errno
import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.utils import timezone

from boroughs.actions import work
from boroughs.background import Task
from boroughs.exceptions import PermissionRefused
from boroughs.models import AuditEvent, User, Work
from boroughs.models.work import MAX_ATTEMPTS
from boroughs.permissions import COMMAND_LINE
from procurement.actions import reports, snapshots
from procurement.models import Report, Snapshot
from procurement.pdf import picture as picture_pdf
from procurement.pdf import render
from procurement.pdf.job import Pdf
from procurement.pdf.render import Limits, PdfEngineMissing
from tests.factories.boroughs import NeedFactory
from tests.factories.picture import joint_demand

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
    monkeypatch.setattr(reports.picture_pdf, "render", lambda content, **options: action())


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


def test_ask_twice_is_built_once(cdo: User, analyst: User) -> None:
    first = reports.ask(kind=Report.Kind.PICTURE, by=cdo)

    assert reports.ask(kind=Report.Kind.PICTURE, by=analyst) == first
    assert Report.objects.count() == 1


def test_ask_names_the_snapshot_of_that_moment(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came between asking and building is not in it."""
    joint_demand("camden", "brent")
    told: list[bytes] = []

    def render(content: bytes, **options: Any) -> Pdf:
        told.append(content)
        return STUB

    monkeypatch.setattr(reports.picture_pdf, "render", render)
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

    def render(content: bytes, *, previous: bytes, **options: Any) -> Pdf:
        told.extend((previous, content))
        return STUB

    monkeypatch.setattr(reports.picture_pdf, "render", render)
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
    with pytest.raises(PermissionRefused):
        reports.ask(kind=Report.Kind.PICTURE, by=request.getfixturevalue(role))
    with pytest.raises(PermissionRefused):
        reports.build_now(kind=Report.Kind.PICTURE, snapshot=Snapshot(), by=request.getfixturevalue(role))
    assert not Report.objects.exists()
    assert not Snapshot.objects.exists()


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

    def slow(content: bytes, *, tick: Callable[[], None], every: float, **options: Any) -> Pdf:
        assert every <= settings.WORK_LEASE_SECONDS / 2
        tick()
        return STUB

    monkeypatch.setattr(reports.picture_pdf, "render", slow)
    reports.build(key=str(report.pk))

    assert renewed == [str(report.pk)]


def test_memory_bomb_fails_with_a_reason_and_the_next_report_works(
    report: Report, monkeypatch: pytest.MonkeyPatch, media: Path
) -> None:
    whole = picture_pdf.render
    with monkeypatch.context() as patch:
        patch.setattr(render, "render_to_string", lambda template, context: "<p>x</p>" * 20000)
        patch.setattr(
            reports.picture_pdf,
            "render",
            lambda content, **options: whole(content, limits=Limits(memory=300), **options),
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
    assert report.status == Report.Status.FAILED
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
    assert report.error == "The report could not be built because of a fault in the platform. The log says which."
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
