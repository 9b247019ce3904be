"""Work that is due in the background: the truth, of which the broker's messages are only the bell.

A request raises `requested` in the transaction of the change that makes the work due. A worker claims the row with one
compare-and-swap update, holds it by a lease that it renews, and sets `done` to the number it claimed, in the same
transaction as the results. What is requested meanwhile makes the row due again: many edits, one more run.
"""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

MAX_ATTEMPTS = 3


class WorkQuerySet(models.QuerySet["Work"]):
    def pending(self) -> "WorkQuerySet":
        return self.filter(requested__gt=F("done"))

    def due(self, *, at: datetime) -> "WorkQuerySet":
        """Pending, not failed for good, past its waiting time, and in nobody's hands."""
        return self.pending().filter(
            Q(lease_until__isnull=True) | Q(lease_until__lt=at), failed_at__isnull=True, not_before__lte=at
        )

    def failed(self) -> "WorkQuerySet":
        return self.filter(failed_at__isnull=False)


class Work(models.Model):
    # A name of boroughs.background.Task.
    task = models.TextField()
    # What the task is to be done for: a primary key, or "london" for the matcher.
    key = models.TextField()
    requested = models.PositiveBigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    not_before = models.DateTimeField()
    lease_owner = models.TextField(blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "work"
        constraints = [
            models.UniqueConstraint(name="work_once_for_a_key", fields=["task", "key"]),
            models.CheckConstraint(name="work_done_was_requested", condition=Q(done__lte=F("requested"))),
        ]

    def __str__(self) -> str:
        return f"{self.task} for {self.key}"

    def backoff(self) -> timedelta:
        """Waiting time after the present number of failed attempts: 10 s, 20 s, 40 s …"""
        return timedelta(seconds=10 * 2 ** max(0, self.attempts - 1))
