"""A supplier of boroughs' contracts, under whatever names they write.

One whose names have all been folded into another stays as an empty row: whatever was said of it can still be read, and
its names come back to it when they are unfolded.
"""

from django.db import models
from django.db.models import Q


class Supplier(models.Model):
    # The name shown; one of those that boroughs write, until a person chooses.
    name = models.TextField()
    # When a person chose the name, which all boroughs may then read.
    named_at = models.DateTimeField(null=True, blank=True)
    company_number = models.TextField(blank=True)
    # The company number or key for which the machine made it; empty where a person did by unfolding. With the
    # constraint two imports that meet a new name in the same moment make one supplier.
    made_for = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="supplier_made_once", fields=["made_for"], condition=~Q(made_for="")),
        ]

    def __str__(self) -> str:
        return self.name
