"""Building a finished report again: the same file or another, in words, and what was kept stays."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from boroughs.actions import work
from boroughs.background import Task
from boroughs.exceptions import IllegalMove, PermissionRefused
from boroughs.models import AuditEvent, User, Work
from boroughs.models.work import MAX_ATTEMPTS
from boroughs.permissions import COMMAND_LINE
from procurement.actions import report_rebuilds, reports
from procurement.exceptions import TooManyWaiting
from procurement.models import Report, ReportRebuild
from procurement.pdf.job import Pdf
from procurement.pdf.render import ReportTooLarge
from tests.threads import at_once

pytestmark = pytest.mark.django_db

KEPT = b"%PDF-1.7 kept"
Status = ReportRebuild.Status


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def renders(monkeypatch: pytest.MonkeyPatch, content: bytes, engine: str = "WeasyPrint 1") -> None:
    made = Pdf(content=content, pages=1, engine=engine)
    monkeypatch.setattr(reports.reports_pdf, "render", lambda kind, content, **options: made)


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch) -> Report:
    with monkeypatch.context() as patch:
        renders(patch, KEPT)
        report = reports.ask(kind="PICTURE", by=COMMAND_LINE)
        reports.build(key=str(report.pk))
    report.refresh_from_db()
    return report


def rebuilt(report: Report, by: User) -> ReportRebuild:
    rebuild = report_rebuilds.ask(report=report, by=by)
    report_rebuilds.build(key=str(rebuild.pk))
    rebuild.refresh_from_db()
    return rebuild


def files(media: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in media.rglob("*") if path.is_file()}


def test_same_file(report: Report, analyst: User, media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    renders(monkeypatch, KEPT)
    before = files(media)

    rebuild = rebuilt(report, analyst)

    assert (rebuild.status, rebuild.digest, rebuild.restored) == (Status.AGREED, report.digest, False)
    assert files(media) == before
    assert not Work.objects.pending().exists()
    assert AuditEvent.objects.filter(noun="report", verb="compare", details__same=True).count() == 1


def test_another_file_leaves_the_kept_one(
    report: Report, analyst: User, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    renders(monkeypatch, b"%PDF-1.7 other", engine="WeasyPrint 2")
    before = files(media)

    rebuild = rebuilt(report, analyst)

    assert rebuild.status == Status.DIFFERENT
    assert rebuild.digest != report.digest
    assert rebuild.engine != report.engine
    assert rebuild.engine.endswith("WeasyPrint 2")
    assert files(media) == before


@pytest.mark.parametrize("left", [None, KEPT[:5]])
def test_file_that_is_gone_is_put_back(
    report: Report, analyst: User, left: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    renders(monkeypatch, KEPT)
    reports.file_of(report).unlink()
    if left:
        reports.file_of(report).write_bytes(left)
    assert not reports.is_whole(report)

    assert rebuilt(report, analyst).restored
    assert reports.file_of(report).read_bytes() == KEPT


def test_another_file_is_not_put_where_one_is_gone(
    report: Report, analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    renders(monkeypatch, b"%PDF-1.7 other")
    reports.file_of(report).unlink()

    assert not rebuilt(report, analyst).restored
    assert not reports.file_of(report).exists()


def test_ask_refused(report: Report, editor: User, analyst: User) -> None:
    with pytest.raises(PermissionRefused):
        report_rebuilds.ask(report=report, by=editor)
    waiting = Report.objects.create(asked_at=timezone.now(), asked_by="x")
    with pytest.raises(IllegalMove):
        report_rebuilds.ask(report=waiting, by=analyst)
    assert not ReportRebuild.objects.exists()


def test_ask_counts_as_waiting(report: Report, analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MOST_WAITING", 1)
    first = report_rebuilds.ask(report=report, by=analyst)

    assert report_rebuilds.ask(report=report, by=analyst) == first
    with pytest.raises(TooManyWaiting):
        reports.check_waiting(analyst)


@pytest.mark.django_db(transaction=True)
def test_ask_in_the_same_moment_is_done_once(report: Report, analyst: User, second_analyst: User) -> None:
    asked = at_once(*(lambda who=who: report_rebuilds.ask(report=report, by=who) for who in (analyst, second_analyst)))

    assert [each.pk for each in asked] == [ReportRebuild.objects.get().pk] * 2


def test_in_other_hands_nothing_happens(report: Report, analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    renders(monkeypatch, KEPT)
    rebuild = report_rebuilds.ask(report=report, by=analyst)
    work.claim(task=Task.REBUILD_REPORT, key=str(rebuild.pk))

    report_rebuilds.build(key=str(rebuild.pk))

    rebuild.refresh_from_db()
    assert rebuild.status == Status.ASKED


def test_fails_with_a_reason(report: Report, analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(kind: str, content: bytes, **options: Any) -> Pdf:
        raise ReportTooLarge("Too large.")

    monkeypatch.setattr(reports.reports_pdf, "render", fails)

    rebuild = rebuilt(report, analyst)

    assert rebuild.status == Status.FAILED
    assert rebuild.error == ("Too large. Ask for the report of one borough, one category or one joint demand instead.")
    assert not Work.objects.pending().exists()


def test_fault_is_tried_again_and_then_given_up(report: Report, analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(kind: str, content: bytes, **options: Any) -> Pdf:
        raise RuntimeError

    monkeypatch.setattr(reports.reports_pdf, "render", fails)
    rebuild = report_rebuilds.ask(report=report, by=analyst)
    found = []
    for _ in range(MAX_ATTEMPTS):
        Work.objects.update(not_before=timezone.now())
        report_rebuilds.build(key=str(rebuild.pk))
        rebuild.refresh_from_db()
        found.append(rebuild.status)

    assert found == [Status.ASKED, Status.ASKED, Status.FAILED]
