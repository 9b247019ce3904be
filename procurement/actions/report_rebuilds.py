"""Building a finished report once more from its snapshot, to see whether it is the same file byte for byte.

The file that was kept is never written over. Where it is gone, the same file is put back in its place.
"""

import contextlib
import hashlib
import logging

from django.db import IntegrityError, transaction
from django.utils import timezone

from boroughs import audit
from boroughs.actions import work
from boroughs.actions.work import Claim
from boroughs.background import Task
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, LeaseLost, PermissionRefused
from boroughs.models import User
from procurement.actions import reports
from procurement.models import Report, ReportRebuild
from procurement.pdf import engine
from procurement.queries import reportable

logger = logging.getLogger(__name__)


def ask(*, report: Report, by: User) -> ReportRebuild:
    """Ask for it to be built again and compared. While that is under way already, it is done once."""
    if not reportable.visible(by).filter(pk=report.pk).exists():
        raise PermissionRefused("You need permission to have this report.")
    if report.status != Report.Status.READY:
        raise IllegalMove("Only a report that was built can be built again.")
    for _ in range(reports.ATTEMPTS):
        pending = report.rebuilds.pending().first()
        if pending:
            return pending
        reports.check_waiting(by)
        with contextlib.suppress(IntegrityError), transaction.atomic():
            return _create(report, by)
    raise ChangedMeanwhile("Others ask for the same at this moment. Try again.")


def build(*, key: str) -> None:
    """Claim the rebuild whose primary key is `key`, and do it. Nothing happens where it is done or in other hands."""
    claim = work.claim(task=Task.REBUILD_REPORT, key=key, seconds=reports.LEASE_SECONDS)
    if claim is None:
        return
    sources, target = ReportRebuild.TRANSITIONS["start"]
    if not ReportRebuild.objects.filter(pk=int(key), status__in=sources).update(status=target, error=""):
        work.finish(claim=claim)
        return
    rebuild = ReportRebuild.objects.select_related("report__snapshot").get(pk=int(key))
    try:
        _build_and_compare(rebuild, claim)
    except LeaseLost:
        logger.warning("Rebuild %s lost its lease", key)
    except Exception as error:  # noqa: BLE001 - whatever went wrong belongs on the report's page, where a person can act on it
        _give_up(rebuild, claim, error)


def _create(report: Report, by: User) -> ReportRebuild:
    rebuild: ReportRebuild = report.rebuilds.create(asked_at=timezone.now(), asked_by=audit.name_of(by))
    work.request(task=Task.REBUILD_REPORT, key=str(rebuild.pk))
    audit.record(by=by, verb="rebuild", noun="report", reference=str(report.pk))
    return rebuild


def _build_and_compare(rebuild: ReportRebuild, claim: Claim) -> None:
    report = rebuild.report
    pdf = reports.render(report, claim)
    digest = hashlib.sha256(pdf.content).hexdigest()
    is_same = digest == report.digest
    # Before the row says so: a file that is there and of which nobody knows does no harm.
    restored = is_same and not reports.is_whole(report)
    if restored:
        reports.put_in_place(report, pdf.content)
    sources, target = ReportRebuild.TRANSITIONS["agree" if is_same else "differ"]
    with transaction.atomic():
        work.finish(claim=claim)
        ReportRebuild.objects.filter(pk=rebuild.pk, status__in=sources).update(
            status=target, built_at=timezone.now(), digest=digest, engine=engine.name(pdf), restored=restored
        )
        details = {"same": is_same, "restored": restored}
        audit.record(by=reports.BUILDER, verb="compare", noun="report", reference=str(report.pk), details=details)


def _give_up(rebuild: ReportRebuild, claim: Claim, error: Exception) -> None:
    last = reports.is_last(error, claim)
    sources, target = ReportRebuild.TRANSITIONS["fail" if last else "try again"]
    words = reports.in_words(error, last=last)
    if last:
        logger.error("Rebuild %d failed for good", rebuild.pk, exc_info=error)
    try:
        with transaction.atomic():
            work.renew(claim=claim)
            if last:
                work.finish(claim=claim)
            else:
                work.fail(claim=claim, error=error)
            ReportRebuild.objects.filter(pk=rebuild.pk, status__in=sources).update(status=target, error=words)
    except LeaseLost:
        logger.warning("Rebuild %d failed after its lease was lost", rebuild.pk)
