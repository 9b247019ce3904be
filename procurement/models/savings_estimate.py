"""What buying together may save: a range by a named method with its assumptions, and later what it did save."""

from django.db import models
from django.db.models import F, Q


class SavingsEstimate(models.Model):
    class Method(models.TextChoices):
        VOLUME = "VOLUME", "Volume discount"
        TENDERS = "TENDERS", "Tenders that need not be run"
        PRICES = "PRICES", "Spread of what is paid today"

    demand = models.ForeignKey("procurement.JointDemand", on_delete=models.PROTECT, related_name="savings_estimates")
    method = models.TextField(choices=Method.choices)
    # Named numbers of the method: procurement/queries/savings.py says which, and their units.
    assumptions = models.JSONField()
    # Whole pounds over the contracts' life.
    low = models.PositiveBigIntegerField()
    high = models.PositiveBigIntegerField()
    # Whether the disclosure rule let boroughs that take part be told the range, in bands, when it was made.
    may_tell = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    estimated_at = models.DateTimeField()
    estimated_by = models.ForeignKey("boroughs.User", on_delete=models.PROTECT, related_name="+")
    # What was saved in the end, in whole pounds: negative where it cost more.
    realised = models.BigIntegerField(null=True, blank=True)
    realised_note = models.TextField("how the realised figure was found", blank=True)
    realised_at = models.DateTimeField(null=True, blank=True)
    realised_by = models.ForeignKey("boroughs.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # Raised by one at every change: the token against two people saving over each other.
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="savings_method_known", condition=Q(method__in=["VOLUME", "TENDERS", "PRICES"])
            ),
            models.CheckConstraint(name="savings_range_in_order", condition=Q(high__gte=F("low"))),
            models.CheckConstraint(
                name="savings_realised_says_how",
                condition=Q(realised__isnull=True) | ~Q(realised_note="") & Q(realised_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand.reference}: {self.get_method_display()}"
