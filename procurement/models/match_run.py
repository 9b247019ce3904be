"""One run of the matcher over the open needs: what it read, with which engine, how far it is, what came out."""

from django.db import models
from django.db.models import Q


class MatchRunQuerySet(models.QuerySet["MatchRun"]):
    def finished(self) -> "MatchRunQuerySet":
        return self.filter(status=MatchRun.Status.FINISHED)

    def newest_first(self) -> "MatchRunQuerySet":
        return self.order_by("-pk")


class MatchRun(models.Model):
    class Status(models.TextChoices):
        RUNNING = "RUNNING", "Running"
        FINISHED = "FINISHED", "Finished"
        FAILED = "FAILED", "Failed"
        # Its worker went away; a later run took the work over.
        INTERRUPTED = "INTERRUPTED", "Interrupted"

    TRANSITIONS = {
        "finish": ((Status.RUNNING,), Status.FINISHED),
        "fail": ((Status.RUNNING,), Status.FAILED),
        "interrupt": ((Status.RUNNING,), Status.INTERRUPTED),
    }

    status = models.TextField(choices=Status.choices, default=Status.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    # The claim's owner: a worker that lost its lease cannot write into a run that another one began.
    owner = models.TextField()
    phase = models.TextField(blank=True)
    steps_done = models.PositiveIntegerField(default=0)
    steps_total = models.PositiveIntegerField(default=0)
    engine_version = models.TextField(blank=True)
    parameters = models.JSONField(default=dict)
    # Digest of what the engine read and of its parameters: the same digest gives the same result.
    digest = models.TextField(blank=True)
    warnings = models.JSONField(default=list)
    needs_count = models.PositiveIntegerField(default=0)
    demands_count = models.PositiveIntegerField(default=0)
    matched_count = models.PositiveIntegerField("needs in a joint demand", default=0)
    error = models.TextField(blank=True)

    objects = MatchRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="match_run_status_known",
                condition=Q(status__in=["RUNNING", "FINISHED", "FAILED", "INTERRUPTED"]),
            ),
            models.CheckConstraint(
                name="match_run_ended_has_time", condition=Q(status="RUNNING") | Q(finished_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"
