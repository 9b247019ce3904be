"""An entry of a borough's contract register: the system in use today."""

from django.db import models
from django.db.models import F, Q


class ContractQuerySet(models.QuerySet["Contract"]):
    def by_end(self) -> "ContractQuerySet":
        return self.order_by(F("end_date").asc(nulls_last=True), "pk")

    def listed(self) -> "ContractQuerySet":
        """Those that the borough has not taken out of its register."""
        return self.filter(closed_at__isnull=True)


class Contract(models.Model):
    borough = models.ForeignKey("boroughs.Borough", on_delete=models.PROTECT, related_name="contracts")
    # The borough's own reference in its register.
    reference = models.TextField()
    title = models.TextField()
    description = models.TextField("what it provides", blank=True)
    system = models.TextField("system or product", blank=True)
    # As the borough writes it; `supplier_name` says which supplier that is.
    supplier = models.TextField(blank=True)
    company_number = models.TextField("supplier's company number", blank=True)
    supplier_name = models.ForeignKey(
        "boroughs.SupplierName", on_delete=models.PROTECT, related_name="contracts", null=True, blank=True
    )
    department = models.TextField("department responsible", blank=True)
    category = models.ForeignKey(
        "boroughs.Category", on_delete=models.PROTECT, related_name="contracts", null=True, blank=True
    )
    start_date = models.DateField(null=True, blank=True)
    # The last day of the present term, before any option in `extension_options` is used.
    end_date = models.DateField(null=True, blank=True)
    review_date = models.DateField(null=True, blank=True)
    # Months of each option to extend that is left, in the order in which they are used: [12, 12].
    extension_options = models.JSONField(default=list, blank=True)
    # The notice that ends it or takes up an option is given so long before the end: months, then days.
    notice_months = models.PositiveSmallIntegerField(default=0)
    notice_days = models.PositiveSmallIntegerField(default=0)
    # Pounds a year.
    annual_value = models.PositiveBigIntegerField(null=True, blank=True)
    # Pounds over the whole term.
    total_value = models.PositiveBigIntegerField(null=True, blank=True)
    ocid = models.TextField("contracting process identifier", blank=True)

    # Raised by one at every change: the token against two people saving over each other.
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now_add=True)
    # Taken out of the register, because it ended early or should not have been there. Nothing is deleted.
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.TextField(blank=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="contract_reference_unique_in_borough", fields=["borough", "reference"]),
            models.CheckConstraint(
                name="contract_ends_after_start",
                condition=Q(start_date__isnull=True) | Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
            ),
        ]
        indexes = [models.Index(name="contract_end", fields=["end_date"])]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"
