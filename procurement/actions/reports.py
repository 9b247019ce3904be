"""Asking for a report, building it in the background from a snapshot, keeping it.

The file is written whole under another name and then put in its place, so it is either there or not. The row says
READY in the transaction that ends the lease: a worker that was taken over writes nothing.
"""

import contextlib
import hashlib
import logging
import os
import uuid
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.actions import work
from boroughs.actions.work import Claim
from boroughs.background import Task
from boroughs.exceptions import ChangedMeanwhile, LeaseLost, LotiError, NotAcceptable, PermissionRefused
from boroughs.models import Work
from boroughs.models.work import MAX_ATTEMPTS
from boroughs.permissions import COMMAND_LINE, Actor, Permission, System
from procurement.actions import report_editions, snapshots
from procurement.exceptions import TooManyWaiting
from procurement.models import Report, ReportRebuild, Snapshot
from procurement.pdf import engine
from procurement.pdf import reports as reports_pdf
from procurement.pdf.job import Pdf
from procurement.pdf.render import PdfEngineMissing, ReportTooLarge
from procurement.picture.facts import Facts
from procurement.picture.telling import EXACT, Telling
from procurement.queries import report_file, reportable
from procurement.queries.reportable import Way

logger = logging.getLogger(__name__)

FOLDER = "reports"
BUILDER = System("report builder")
# The same again would end the same: no second attempt before somebody asks.
FINAL = (ReportTooLarge, PdfEngineMissing)
# So many that one person asked for may be unfinished at once: others wait for the same workers.
MOST_WAITING = 5
# How often it is tried when others ask in the same moment.
ATTEMPTS = 5
# Renewed every few seconds while the child runs. With ten seconds until the sweeper looks and a few to build it, the
# report of a worker that was killed is there within 30 s of the next one.
LEASE_SECONDS = 12


def ask(*, kind: str, by: Actor, subject: str = "", snapshot: Snapshot | None = None) -> Report:
    """Ask for a report of a snapshot; without one, of one that is taken now.

    While the same report is waiting or being built, or where it was built and its file is there, that one is handed
    back. Raises NotAcceptable where the snapshot has no such subject.
    """
    wanted = Report.Kind(kind)
    if wanted not in reportable.kinds(by) or (
        wanted == Report.Kind.BOROUGH and not reportable.way(by, kind=wanted, subject=subject, members=())
    ):
        permissions.require(by, Permission.BUILD_REPORTS)
        raise PermissionRefused("A borough's pack is for that borough's own people, and for analysts.")

    def suits(held: Facts) -> None:
        find(kind=wanted, subject=subject, facts=held, who=by, where="this moment")
        check_waiting(by)

    # In a transaction of its own, so that all is read as it was at one moment.
    of = snapshot or snapshots.take(by=by, suits=suits)
    held = of.frozen().facts
    name, way = find(kind=wanted, subject=subject, facts=held, who=by, where=of.reference)
    return ask_for(kind=wanted, subject=subject, name=name, way=way, snapshot=of, by=by)


def find(*, kind: Report.Kind, subject: str, facts: Facts, who: Actor, where: str) -> tuple[str, Way]:
    """What the snapshot calls the subject, and how the report of it is told to this person."""
    name = reportable.names_in(facts, kind, actor=COMMAND_LINE).get(subject)
    if name is None:
        problem = f"{subject or 'That'} is not in the picture of {where}. Choose another, or another moment."
        raise NotAcceptable([problem], {"subject": [problem]})
    members = reportable.members_in(facts, subject) if kind == Report.Kind.DEMAND else ()
    way = reportable.way(who, kind=kind, subject=subject, members=members)
    if way is None:
        raise PermissionRefused(
            f"Your borough had no open need in {subject} at that moment, so this report is not for it."
        )
    return name, way


def ask_for(*, kind: Report.Kind, subject: str, name: str, way: Way, snapshot: Snapshot, by: Actor) -> Report:
    """The same for who has looked what there is and who may have it.

    Of two who ask in the same moment the database lets one be; the other is handed what that one has asked for.
    """
    wanted = {"kind": kind, "subject": subject, "telling": way.telling, "own": way.own, "snapshot": snapshot}
    for _ in range(ATTEMPTS):
        there = _there_already(wanted)
        if there:
            return there
        check_waiting(by)
        with contextlib.suppress(IntegrityError), transaction.atomic():
            return _create(wanted, name, by)
    raise ChangedMeanwhile("The same report is being asked for by others at this moment. Try again.")


def check_waiting(by: Actor) -> None:
    """Raise TooManyWaiting where the person has as many unfinished ones as may wait at once. The platform may more."""
    if isinstance(by, System):
        return
    name = audit.name_of(by)
    waiting = Report.objects.pending().filter(asked_by=name).count()
    waiting += ReportRebuild.objects.pending().filter(asked_by=name).count()
    if waiting >= MOST_WAITING:
        raise TooManyWaiting(
            f"{MOST_WAITING} reports that you asked for are still waiting. Ask again when one of them is ready."
        )


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


def build_now(*, kind: str, snapshot: Snapshot, by: Actor, subject: str = "", telling: Telling = EXACT) -> Pdf:
    """The report of a snapshot, now and in this process, without keeping it. Raises PdfFailed."""
    permissions.require(by, Permission.BUILD_REPORTS)
    if telling.exact:
        permissions.require(by, Permission.VIEW_EXACT_FIGURES)
    before = snapshot.before()
    pdf = reports_pdf.render(
        Report.Kind(kind),
        bytes(snapshot.content),
        telling=telling,
        subject=subject,
        previous=bytes(before.content) if before else None,
    )
    details = {"pages": pdf.pages, "snapshot": snapshot.reference}
    audit.record(by=by, verb="build", noun="report", reference=" ".join(filter(None, [kind, subject])), details=details)
    return pdf


def file_of(report: Report) -> Path:
    """Where a finished report lies."""
    return Path(settings.MEDIA_ROOT) / report.path


def opened(report: Report) -> BinaryIO:
    """Its file, to be read. Raises NotWhole where that is not the one that was built, whole and unchanged."""
    return report_file.opened(file_of(report), size=report.size, digest=report.digest)


def fault(report: Report) -> str:
    """Why its file is not handed out, in words; "" where it is whole and unchanged."""
    try:
        opened(report).close()
    except report_file.NotWhole as error:
        return str(error)
    return ""


def is_whole(report: Report) -> bool:
    return not fault(report)


def render(report: Report, claim: Claim) -> Pdf:
    """Build it from its snapshot. A third of the lease may pass between two renewals."""
    snapshot = _frozen(report)
    before = snapshot.before()
    return reports_pdf.render(
        report.kind,
        bytes(snapshot.content),
        telling=report.told,
        subject=report.subject,
        previous=bytes(before.content) if before else None,
        tick=partial(work.renew, claim=claim),
        every=max(0.5, min(LEASE_SECONDS, settings.WORK_LEASE_SECONDS) / 3),
    )


def is_last(error: Exception, claim: Claim) -> bool:
    """Whether the build is given up: the same again would end the same, or it was tried often enough."""
    return isinstance(error, FINAL) or Work.objects.filter(pk=claim.work_id, attempts__gte=MAX_ATTEMPTS).exists()


def in_words(error: Exception, *, last: bool) -> str:
    """Why the build failed, and what to do."""
    why, to_do = _in_words(error)
    return f"{why} {to_do if last else 'It is tried again in a moment.'}".strip()


def put_in_place(report: Report, content: bytes) -> None:
    """Put the file of a finished report back where it lay."""
    file_of(report).parent.mkdir(parents=True, exist_ok=True)
    write_whole(file_of(report), content)


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


def _there_already(wanted: dict[str, Any]) -> Report | None:
    same = Report.objects.listed().same(**wanted).newest_first()
    pending = same.pending().first()
    return pending or next((each for each in same.filter(status=Report.Status.READY) if is_whole(each)), None)


def _create(wanted: dict[str, Any], name: str, by: Actor) -> Report:
    report = Report.objects.create(**wanted, subject_name=name, asked_at=timezone.now(), asked_by=audit.name_of(by))
    work.request(task=Task.BUILD_REPORT, key=str(report.pk))
    details = {"kind": report.kind, "telling": report.telling, "snapshot": wanted["snapshot"].reference}
    details |= {field: wanted[field] for field in ("subject", "own") if wanted[field]}
    audit.record(by=by, verb="ask", noun="report", reference=str(report.pk), details=details)
    return report


def _frozen(report: Report) -> Snapshot:
    """What the report is made from. One that was asked for before there were snapshots is of this moment."""
    if report.snapshot is None:
        report.snapshot = snapshots.take(by=BUILDER)
        report.save(update_fields=["snapshot"])
    return report.snapshot


def _build_and_keep(report: Report, claim: Claim) -> None:
    pdf = render(report, claim)
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
                engine=engine.name(pdf),
            )
            details = {"pages": pdf.pages}
            audit.record(by=BUILDER, verb="finish", noun="report", reference=str(report.pk), details=details)
            report_editions.tell_ready(report)
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


def _give_up(report: Report, claim: Claim, error: Exception) -> None:
    last = is_last(error, claim)
    sources, target = Report.TRANSITIONS["fail" if last else "try again"]
    words = in_words(error, last=last)
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
            if last:
                report_editions.tell_failed(report, words)
    except LeaseLost:
        logger.warning("Report %d failed after its lease was lost", report.pk)


def _in_words(error: Exception) -> tuple[str, str]:
    """Why it failed, and what to do once it is not tried again."""
    if isinstance(error, ReportTooLarge):
        return str(error), "Ask for the report of one borough, one category or one joint demand instead."
    if isinstance(error, LotiError):
        return str(error), ""
    if isinstance(error, OSError):
        why = f"The file could not be written: {error.strerror or error}."
        return why, "Tell who runs the platform to look at the disk that keeps reports; then ask for it again."
    why = "The report could not be built because of a fault in the platform. The log says which."
    return why, "Ask for it again; if it fails again, tell who runs the platform."
