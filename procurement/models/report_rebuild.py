"""A finished report, built once more from the same snapshot, to see whether the file is the same byte for byte."""

from django.db import models
from django.db.models import Q

from procurement.models.report import PENDING


class ReportRebuildQuerySet(models.QuerySet["ReportRebuild"]):
    def pending(self) -> "ReportRebuildQuerySet":
        return self.filter(status__in=PENDING)

    def newest_first(self) -> "ReportRebuildQuerySet":
        return self.order_by("-pk")


class ReportRebuild(models.Model):
    class Status(models.TextChoices):
        ASKED = "ASKED", "Waiting"
        BUILDING = "BUILDING", "Being built"
        AGREED = "AGREED", "The same file"
        DIFFERENT = "DIFFERENT", "Another file"
        FAILED = "FAILED", "Failed"

    TRANSITIONS = {
        "start": ((Status.ASKED, Status.BUILDING), Status.BUILDING),
        "agree": ((Status.BUILDING,), Status.AGREED),
        "differ": ((Status.BUILDING,), Status.DIFFERENT),
        "try again": ((Status.BUILDING,), Status.ASKED),
        "fail": ((Status.BUILDING,), Status.FAILED),
    }

    report = models.ForeignKey("procurement.Report", on_delete=models.CASCADE, related_name="rebuilds")
    status = models.TextField(choices=Status.choices, default=Status.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    built_at = models.DateTimeField(null=True, blank=True)
    # Of the file that was built now. It is not kept, unless the report's own was gone and this is the same.
    digest = models.TextField("SHA-256 of the file", blank=True)
    engine = models.TextField(blank=True)
    # The report's file was not there any more, and this build put it back.
    restored = models.BooleanField(default=False)
    error = models.TextField(blank=True)

    objects = ReportRebuildQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="report_rebuild_status_known",
                condition=Q(status__in=["ASKED", "BUILDING", "AGREED", "DIFFERENT", "FAILED"]),
            ),
            models.UniqueConstraint(
                name="report_rebuild_pending_once", fields=["report"], condition=Q(status__in=PENDING)
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.report_id}, built again"

    @property
    def is_pending(self) -> bool:
        return self.status in PENDING
