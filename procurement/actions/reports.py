"""Asking for a report, building it in the background from a snapshot, keeping it.

The file is written whole under another name and then put in its place, so it is either there or not. The row says
READY in the transaction that ends the lease: a worker that was taken over writes nothing.
"""

import hashlib
import logging
import os
import uuid
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.actions import work
from boroughs.actions.work import Claim
from boroughs.background import Task
from boroughs.exceptions import LeaseLost, LotiError
from boroughs.models import Work
from boroughs.models.work import MAX_ATTEMPTS
from boroughs.permissions import Actor, Permission, System
from procurement.actions import snapshots
from procurement.models import Report, Snapshot
from procurement.pdf import picture as picture_pdf
from procurement.pdf.job import Pdf
from procurement.pdf.render import PdfEngineMissing, ReportTooLarge
from procurement.picture.telling import EXACT

logger = logging.getLogger(__name__)

FOLDER = "reports"
BUILDER = System("report builder")
# The same again would end the same: no second attempt before somebody asks.
FINAL = (ReportTooLarge, PdfEngineMissing)
# Renewed every few seconds while the child runs. With ten seconds until the sweeper looks and a few to build it, the
# report of a worker that was killed is there within 30 s of the next one.
LEASE_SECONDS = 12


def ask(*, kind: str, by: Actor, snapshot: Snapshot | None = None) -> Report:
    """Ask for a report of a snapshot; without one, of one that is taken now.

    While the same report is waiting or being built, that one is handed back.
    """
    permissions.require(by, Permission.BUILD_REPORTS)
    # In a transaction of its own, so that all is read as it was at one moment.
    return _ask(Report.Kind(kind), snapshot or snapshots.take(by=by), by)


@transaction.atomic
def _ask(kind: Report.Kind, snapshot: Snapshot, by: Actor) -> Report:
    pending = Report.objects.pending().filter(kind=kind, snapshot=snapshot).newest_first().first()
    if pending:
        return pending
    report = Report.objects.create(kind=kind, snapshot=snapshot, asked_at=timezone.now(), asked_by=audit.name_of(by))
    work.request(task=Task.BUILD_REPORT, key=str(report.pk))
    details = {"kind": report.kind, "snapshot": snapshot.reference}
    audit.record(by=by, verb="ask", noun="report", reference=str(report.pk), details=details)
    return report


def build(*, key: str) -> None:
    """Claim the report whose primary key is `key`, and build it. Nothing happens where it is done or in other hands."""
    claim = work.claim(task=Task.BUILD_REPORT, key=key, seconds=LEASE_SECONDS)
    if claim is None:
        return
    sources, target = Report.TRANSITIONS["start"]
    started = Report.objects.filter(pk=int(key), status__in=sources).update(status=target, error="")
    if not started:
        work.finish(claim=claim)
        return
    report = Report.objects.select_related("snapshot").get(pk=int(key))
    try:
        _build_and_keep(report, claim)
    except LeaseLost:
        # The worker that took over builds it again; its file is the one that counts.
        logger.warning("The build of report %s lost its lease", key)
    except Exception as error:  # noqa: BLE001 - whatever went wrong belongs on the report's page, where a person can act on it
        _give_up(report, claim, error)


def build_now(*, kind: str, snapshot: Snapshot, by: Actor) -> Pdf:
    """The report of a snapshot, now and in this process, without keeping it. Raises PdfFailed."""
    permissions.require(by, Permission.BUILD_REPORTS)
    pdf = _render(Report.Kind(kind), snapshot)
    details = {"pages": pdf.pages, "snapshot": snapshot.reference}
    audit.record(by=by, verb="build", noun="report", reference=str(kind), details=details)
    return pdf


def file_of(report: Report) -> Path:
    """Where a finished report lies."""
    return Path(settings.MEDIA_ROOT) / report.path


def _render(kind: Report.Kind, snapshot: Snapshot, claim: Claim | None = None) -> Pdf:
    """Exact figures: whoever may ask for a report may see them. A third of the lease may pass between two renewals."""
    renew = partial(work.renew, claim=claim) if claim else None
    before = snapshot.before()
    return {Report.Kind.PICTURE: picture_pdf.render}[kind](
        bytes(snapshot.content),
        telling=EXACT,
        previous=bytes(before.content) if before else None,
        tick=renew,
        every=max(0.5, min(LEASE_SECONDS, settings.WORK_LEASE_SECONDS) / 3),
    )


def _frozen(report: Report) -> Snapshot:
    """What the report is made from. One that was asked for before there were snapshots is of this moment."""
    if report.snapshot is None:
        report.snapshot = snapshots.take(by=BUILDER)
        report.save(update_fields=["snapshot"])
    return report.snapshot


def _build_and_keep(report: Report, claim: Claim) -> None:
    pdf = _render(Report.Kind(report.kind), _frozen(report), claim)
    path = _store(pdf.content)
    sources, target = Report.TRANSITIONS["finish"]
    try:
        with transaction.atomic():
            # First, so that of two workers the second waits here, and then finds its lease gone.
            work.finish(claim=claim)
            Report.objects.filter(pk=report.pk, status__in=sources).update(
                status=target,
                built_at=timezone.now(),
                path=path,
                digest=hashlib.sha256(pdf.content).hexdigest(),
                pages=pdf.pages,
                size=len(pdf.content),
            )
            details = {"pages": pdf.pages}
            audit.record(by=BUILDER, verb="finish", noun="report", reference=str(report.pk), details=details)
    except BaseException:
        (Path(settings.MEDIA_ROOT) / path).unlink(missing_ok=True)
        raise


def _store(content: bytes) -> str:
    """Write the file under a name that cannot be guessed; the path below MEDIA_ROOT."""
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{uuid.uuid4().hex}.pdf"
    write_whole(folder / name, content)
    return f"{FOLDER}/{name}"


def write_whole(path: Path, content: bytes) -> None:
    """Write all of the file or none of it: a full disk or a killed process leaves no part under its name."""
    partial_file = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with partial_file.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial_file.replace(path)
    finally:
        partial_file.unlink(missing_ok=True)


def _give_up(report: Report, claim: Claim, error: Exception) -> None:
    sources, target = Report.TRANSITIONS["fail"]
    last = isinstance(error, FINAL) or Work.objects.filter(pk=claim.work_id, attempts__gte=MAX_ATTEMPTS).exists()
    words = _in_words(error) if last else f"{_in_words(error)} It is tried again in a moment."
    if last:
        logger.error("Report %d failed for good", report.pk, exc_info=error)
    try:
        with transaction.atomic():
            # Raises where another worker builds it by now: that one decides how it ends.
            work.renew(claim=claim)
            if last:
                # The report tells that it failed. Work set aside would wait for ever, because people ask for a new one.
                work.finish(claim=claim)
            else:
                work.fail(claim=claim, error=error)
            Report.objects.filter(pk=report.pk, status__in=sources).update(status=target, error=words)
            audit.record(by=BUILDER, verb="fail", noun="report", reference=str(report.pk), details={"reason": words})
    except LeaseLost:
        logger.warning("Report %d failed after its lease was lost", report.pk)


def _in_words(error: Exception) -> str:
    if isinstance(error, LotiError):
        return str(error)
    if isinstance(error, OSError):
        return f"The file could not be written: {error.strerror or error}."
    return "The report could not be built because of a fault in the platform. The log says which."
