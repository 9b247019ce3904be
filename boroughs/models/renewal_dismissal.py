"""A borough's "not now" to a suggested renewal: it keeps the contract out of the radar until a date."""

from datetime import date

from django.db import models
from django.db.models import Q


class RenewalDismissalQuerySet(models.QuerySet["RenewalDismissal"]):
    def active(self, *, on: date) -> "RenewalDismissalQuerySet":
        """Those that keep their contract quiet on that day."""
        return self.filter(until_date__gte=on, ended_at__isnull=True)


class RenewalDismissal(models.Model):
    class Reason(models.TextChoices):
        EXTENDING = "EXTENDING", "We take up an option to extend"
        UNDER_WAY = "UNDER_WAY", "A purchase is already under way"
        NOT_NEEDED = "NOT_NEEDED", "We shall not need it any more"
        TOO_EARLY = "TOO_EARLY", "It is too early to say"
        OTHER = "OTHER", "Another reason"

    contract = models.ForeignKey("boroughs.Contract", on_delete=models.CASCADE, related_name="renewal_dismissals")
    reason = models.TextField(choices=Reason.choices)
    note = models.TextField(blank=True)
    # The last day on which it stays quiet.
    until_date = models.DateField()
    at = models.DateTimeField()
    # An e-mail address, as in the audit trail.
    actor = models.TextField()
    # Taken back by a person: the contract is in the radar again.
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RenewalDismissalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="renewal_dismissal_reason_known",
                condition=Q(reason__in=["EXTENDING", "UNDER_WAY", "NOT_NEEDED", "TOO_EARLY", "OTHER"]),
            ),
        ]
        indexes = [models.Index(name="renewal_dismissal_until", fields=["contract", "until_date"])]

    def __str__(self) -> str:
        return f"{self.contract_id} until {self.until_date}"
