"""What the authorities told suppliers outside of a notice: written down, and published to all the others."""

from django.db import models
from django.db.models import Q


class EngagementEntryQuerySet(models.QuerySet["EngagementEntry"]):
    def newest_first(self) -> "EngagementEntryQuerySet":
        return self.order_by("-held_date", "-pk")


class EngagementEntry(models.Model):
    class Status(models.TextChoices):
        WRITTEN = "WRITTEN", "Waiting for the lead"
        TOLD = "TOLD", "Published"
        DROPPED = "DROPPED", "Given up"

    class Kind(models.TextChoices):
        MEETING = "MEETING", "Meeting"
        CALL = "CALL", "Call"
        DEMONSTRATION = "DEMONSTRATION", "Demonstration"
        DOCUMENT = "DOCUMENT", "Document"
        EVENT = "EVENT", "Event"

    TRANSITIONS = {
        "tell": ((Status.WRITTEN,), Status.TOLD),
        "drop": ((Status.WRITTEN,), Status.DROPPED),
    }

    notice = models.ForeignKey("procurement.Notice", on_delete=models.PROTECT, related_name="engagement")
    status = models.TextField(choices=Status.choices, default=Status.WRITTEN)
    kind = models.TextField(choices=Kind.choices)
    # The day in London on which it was.
    held_date = models.DateField()
    # What suppliers were told, for everybody.
    told = models.TextField()
    # Who took part, for the authorities alone.
    met_with = models.TextField(blank=True)
    # Counted in each notice, in the order of publication.
    number = models.PositiveIntegerField(null=True, blank=True)
    written_by = models.TextField()
    written_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    objects = EngagementEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "engagement entry"
        constraints = [
            models.UniqueConstraint(name="engagement_number_unique", fields=["notice", "number"]),
            models.CheckConstraint(
                name="engagement_status_known", condition=Q(status__in=["WRITTEN", "TOLD", "DROPPED"])
            ),
            models.CheckConstraint(
                name="engagement_kind_known",
                condition=Q(kind__in=["MEETING", "CALL", "DEMONSTRATION", "DOCUMENT", "EVENT"]),
            ),
            models.CheckConstraint(
                name="engagement_told_has_number",
                condition=Q(status="TOLD", number__isnull=False) | (~Q(status="TOLD") & Q(number__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.held_date}"
