"""The common specification as it was agreed at one moment: numbered, frozen, with its digest."""

from django.db import models


class SpecificationVersion(models.Model):
    demand = models.ForeignKey(
        "procurement.JointDemand", on_delete=models.PROTECT, related_name="specification_versions"
    )
    # Counted from 1.
    number = models.PositiveIntegerField()
    # Canonical JSON of procurement/queries/specification.py; what each later face carries.
    content = models.JSONField()
    digest = models.TextField("SHA-256 of the canonical JSON")
    reason = models.TextField("what is new", blank=True)
    frozen_at = models.DateTimeField()
    frozen_by = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="specification_version_number_once", fields=["demand", "number"]),
        ]

    def __str__(self) -> str:
        return f"Common specification of {self.demand.reference}, version {self.number}"
