"""A supplier of boroughs' contracts, under whatever names they write."""

from django.db import models


class Supplier(models.Model):
    # The name shown; one of those that boroughs write, until a person chooses.
    name = models.TextField()
    company_number = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
