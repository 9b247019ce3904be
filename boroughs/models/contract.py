"""An entry of a borough's contract register: the system in use today."""

from django.db import models
from django.db.models import F, Q


class ContractQuerySet(models.QuerySet["Contract"]):
    def by_end(self) -> "ContractQuerySet":
        return self.order_by(F("end_date").asc(nulls_last=True), "pk")


class Contract(models.Model):
    borough = models.ForeignKey("boroughs.Borough", on_delete=models.PROTECT, related_name="contracts")
    # The borough's own reference in its register.
    reference = models.TextField()
    title = models.TextField()
    system = models.TextField(blank=True)
    supplier = models.TextField(blank=True)
    category = models.ForeignKey(
        "boroughs.Category", on_delete=models.PROTECT, related_name="contracts", null=True, blank=True
    )
    start_date = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)
    extension_months = models.PositiveSmallIntegerField(default=0)
    notice_months = models.PositiveSmallIntegerField(default=0)
    # Pounds a year.
    annual_value = models.PositiveBigIntegerField(null=True, blank=True)
    ocid = models.TextField("contracting process identifier", blank=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="contract_reference_unique_in_borough", fields=["borough", "reference"]),
            models.CheckConstraint(
                name="contract_ends_after_start",
                condition=Q(start_date__isnull=True) | Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"
