"""A supplier's name as a borough wrote it, and which supplier it stands for.

A fold moves this row to another supplier and changes no contract, so that every fold can be undone.
"""

from django.db import models


class SupplierName(models.Model):
    class FoldedBy(models.TextChoices):
        MACHINE = "MACHINE", "By its spelling"
        # Never undone by the machine.
        PERSON = "PERSON", "By a person"

    text = models.TextField()
    # Two companies may have one name.
    company_number = models.TextField(blank=True)
    # What is left when legal form, case and punctuation are gone: names with the same key are one supplier.
    key = models.TextField(db_index=True)
    supplier = models.ForeignKey("boroughs.Supplier", on_delete=models.PROTECT, related_name="names")
    folded_by = models.TextField(choices=FoldedBy.choices, default=FoldedBy.MACHINE)
    folded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="supplier_name_once", fields=["text", "company_number"]),
            models.CheckConstraint(
                name="supplier_name_folded_by_known", condition=models.Q(folded_by__in=["MACHINE", "PERSON"])
            ),
        ]

    def __str__(self) -> str:
        return self.text
