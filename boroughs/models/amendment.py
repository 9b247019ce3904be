"""A change to an open need, which takes effect when an approver says yes.

The need's own row holds what was approved last: whatever reads needs, the matcher first of all, reads that and never
an amendment.
"""

from django.db import models
from django.db.models import Q


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    def current(self) -> "AmendmentQuerySet":
        """Those that are still being written or wait for an approver; a need has one at the most."""
        return self.filter(status__in=[Amendment.Status.DRAFT, Amendment.Status.SUBMITTED])


class Amendment(models.Model):
    class Status(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        SUBMITTED = "SUBMITTED", "Waiting for approval"
        APPROVED = "APPROVED", "Approved"
        DISCARDED = "DISCARDED", "Discarded"

    TRANSITIONS = {
        "submit": ((Status.DRAFT,), Status.SUBMITTED),
        "approve": ((Status.SUBMITTED,), Status.APPROVED),
        "return_to_draft": ((Status.SUBMITTED,), Status.DRAFT),
        "discard": ((Status.DRAFT, Status.SUBMITTED), Status.DISCARDED),
    }

    need = models.ForeignKey("boroughs.Need", on_delete=models.CASCADE, related_name="amendments")
    status = models.TextField(choices=Status.choices, default=Status.DRAFT)
    # The whole need as it shall read, as boroughs/actions/need_content.py writes it.
    content = models.JSONField()
    # Raised by one at every change: the token against two people saving over each other.
    revision = models.PositiveIntegerField(default=1)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey("boroughs.User", on_delete=models.PROTECT, related_name="amendments_begun", null=True)
    updated_at = models.DateTimeField()
    submitted_by = models.ForeignKey(
        "boroughs.User", on_delete=models.PROTECT, related_name="amendments_submitted", null=True, blank=True
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="amendment_one_at_a_time", fields=["need"], condition=Q(status__in=["DRAFT", "SUBMITTED"])
            ),
            models.CheckConstraint(
                name="amendment_status_known", condition=Q(status__in=["DRAFT", "SUBMITTED", "APPROVED", "DISCARDED"])
            ),
            models.CheckConstraint(
                name="amendment_closed_has_time",
                condition=~Q(status__in=["APPROVED", "DISCARDED"]) | Q(closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need_id}, {self.get_status_display().lower()}"
