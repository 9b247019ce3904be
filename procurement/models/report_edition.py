"""What a schedule asked for on one of its days. One row a schedule and day, so that no day is asked for twice."""

from django.db import models


class ReportEdition(models.Model):
    schedule = models.ForeignKey("procurement.ReportSchedule", on_delete=models.CASCADE, related_name="editions")
    # The day it was due; a clock that stood still makes it later.
    due_date = models.DateField()
    made_at = models.DateTimeField()
    snapshot = models.ForeignKey("procurement.Snapshot", on_delete=models.PROTECT, related_name="+")
    # One for each way of telling that a recipient may have. None where nobody may, or the subject is gone.
    reports = models.ManyToManyField("procurement.Report", related_name="editions")

    class Meta:
        constraints = [models.UniqueConstraint(name="report_edition_once_a_day", fields=["schedule", "due_date"])]

    def __str__(self) -> str:
        return f"{self.schedule_id} of {self.due_date:%Y-%m-%d}"
