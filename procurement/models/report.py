"""A PDF that somebody asked for: what of, how far it is, where it lies."""

from django.db import models
from django.db.models import Q


class ReportQuerySet(models.QuerySet["Report"]):
    def pending(self) -> "ReportQuerySet":
        """Asked for and not yet there."""
        return self.filter(status__in=[Report.Status.ASKED, Report.Status.BUILDING])

    def listed(self) -> "ReportQuerySet":
        """With their snapshots, but without the bytes of these."""
        return self.select_related("snapshot").defer("snapshot__content")

    def newest_first(self) -> "ReportQuerySet":
        return self.order_by("-pk")


class Report(models.Model):
    class Kind(models.TextChoices):
        PICTURE = "PICTURE", "London demand picture"

    class Status(models.TextChoices):
        ASKED = "ASKED", "Waiting"
        BUILDING = "BUILDING", "Being built"
        READY = "READY", "Ready"
        FAILED = "FAILED", "Failed"

    TRANSITIONS = {
        "start": ((Status.ASKED, Status.BUILDING, Status.FAILED), Status.BUILDING),
        "finish": ((Status.BUILDING,), Status.READY),
        "fail": ((Status.BUILDING,), Status.FAILED),
    }

    kind = models.TextField(choices=Kind.choices, default=Kind.PICTURE)
    status = models.TextField(choices=Status.choices, default=Status.ASKED)
    # What it is made from; none in reports from before there were snapshots.
    snapshot = models.ForeignKey(
        "procurement.Snapshot", on_delete=models.PROTECT, related_name="reports", null=True, blank=True
    )
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    built_at = models.DateTimeField(null=True, blank=True)
    # Below MEDIA_ROOT; the file is written whole under another name first, so it is either there or not.
    path = models.TextField(blank=True)
    digest = models.TextField("SHA-256 of the file", blank=True)
    pages = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField("size in bytes", default=0)
    error = models.TextField(blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="report_status_known", condition=Q(status__in=["ASKED", "BUILDING", "READY", "FAILED"])
            ),
            models.CheckConstraint(
                name="report_ready_is_complete",
                condition=~Q(status="READY") | (Q(built_at__isnull=False) & ~Q(path="") & ~Q(digest="")),
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}: {self.get_kind_display()}"
