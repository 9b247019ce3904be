"""What stands behind a total that was published: the audit of later totals reads it. Never shown; append-only."""

from django.db import models
from django.db.models import F, Q


class FigureRelease(models.Model):
    class Quantity(models.TextChoices):
        USERS = "USERS", "Users"
        BUDGET_MIN = "BUDGET_MIN", "Least budget"
        BUDGET_MAX = "BUDGET_MAX", "Most budget"

    version = models.ForeignKey("procurement.NoticeVersion", on_delete=models.PROTECT, related_name="releases")
    quantity = models.TextField(choices=Quantity.choices)
    # {borough slug: {need reference: amount}}; whole numbers, users or pounds.
    contributions = models.JSONField()
    # Slugs of the boroughs whose figures were open to everybody when it was published.
    waived = models.JSONField(default=list)
    # The published total lies in low ≤ total < high; an exact one has high = low + 1.
    low = models.PositiveBigIntegerField()
    high = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="figure_release_one_a_quantity", fields=["version", "quantity"]),
            models.CheckConstraint(
                name="figure_release_quantity_known", condition=Q(quantity__in=["USERS", "BUDGET_MIN", "BUDGET_MAX"])
            ),
            models.CheckConstraint(name="figure_release_in_order", condition=Q(high__gt=F("low"))),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.version}"
