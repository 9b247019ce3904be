"""A report that comes by itself, on the first day of each month or quarter, to people with accounts."""

from datetime import date

from django.db import models
from django.db.models import Q

from procurement.models.report import Report, title


class ReportScheduleQuerySet(models.QuerySet["ReportSchedule"]):
    def due(self, *, on: date) -> "ReportScheduleQuerySet":
        return self.filter(status=ReportSchedule.Status.ACTIVE, next_date__lte=on)

    def newest_first(self) -> "ReportScheduleQuerySet":
        return self.order_by("-pk")


class ReportSchedule(models.Model):
    class Frequency(models.TextChoices):
        MONTHLY = "MONTHLY", "Every month"
        QUARTERLY = "QUARTERLY", "Every quarter"

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", "Active"
        PAUSED = "PAUSED", "Paused"
        ENDED = "ENDED", "Ended"

    TRANSITIONS = {
        "pause": ((Status.ACTIVE,), Status.PAUSED),
        "resume": ((Status.PAUSED,), Status.ACTIVE),
        "end": ((Status.ACTIVE, Status.PAUSED), Status.ENDED),
    }

    kind = models.TextField(choices=Report.Kind.choices)
    subject = models.TextField(blank=True)
    # What it was called when the schedule was made.
    subject_name = models.TextField(blank=True)
    frequency = models.TextField(choices=Frequency.choices)
    status = models.TextField(choices=Status.choices, default=Status.ACTIVE)
    # The first of a month or a quarter, in London.
    next_date = models.DateField()
    # Each is sent the report that they may have on the day, and nothing where they may have none.
    recipients = models.ManyToManyField("boroughs.User", related_name="+")
    # Told where there is nothing to send.
    made_by = models.ForeignKey("boroughs.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=0)

    objects = ReportScheduleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="report_schedule_status_known", condition=Q(status__in=["ACTIVE", "PAUSED", "ENDED"])
            ),
            models.CheckConstraint(
                name="report_schedule_frequency_known", condition=Q(frequency__in=["MONTHLY", "QUARTERLY"])
            ),
            models.CheckConstraint(
                name="report_schedule_has_its_subject",
                condition=Q(kind="PICTURE", subject="")
                | (Q(kind__in=["DEMAND", "BOROUGH", "CATEGORY"]) & ~Q(subject="")),
            ),
        ]

    def __str__(self) -> str:
        return f"schedule {self.pk}: {self.get_kind_display()}"

    @property
    def title(self) -> str:
        return title(self.kind, self.subject_name)
