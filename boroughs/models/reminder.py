"""When a borough was last reminded of something that would help, and by whom. The trail of audit has those before.

One row for each borough and kind: whoever sends writes the time into it with an UPDATE that asks how long ago the last
one was, so that of two who send at once the database lets one.
"""

from django.db import models
from django.db.models import Q


class Reminder(models.Model):
    class Kind(models.TextChoices):
        """The same values as the notifications' that are sent."""

        REGISTER_ABSENT = "REGISTER_ABSENT", "Contract register"
        REGISTER_OLD = "REGISTER_OLD", "Age of the contract register"
        CONTRACTS_ENDED = "CONTRACTS_ENDED", "Contracts past their end"
        NEEDS_ABSENT = "NEEDS_ABSENT", "Open needs"

    borough = models.ForeignKey("boroughs.Borough", on_delete=models.CASCADE, related_name="reminders")
    kind = models.TextField(choices=Kind.choices)
    sent_at = models.DateTimeField(null=True, blank=True)
    # An e-mail address, or the scheduler, as in the audit trail.
    sent_by = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="reminder_one_of_a_kind_in_borough", fields=["borough", "kind"]),
            models.CheckConstraint(
                name="reminder_kind_known",
                condition=Q(kind__in=["REGISTER_ABSENT", "REGISTER_OLD", "CONTRACTS_ENDED", "NEEDS_ABSENT"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.borough_id}"
