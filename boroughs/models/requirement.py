"""One line of a need: must or should."""

from django.db import models
from django.db.models import Q


class Requirement(models.Model):
    class Priority(models.TextChoices):
        MUST = "MUST", "Must"
        SHOULD = "SHOULD", "Should"

    need = models.ForeignKey("boroughs.Need", on_delete=models.CASCADE, related_name="requirements")
    # Counted from 1.
    position = models.PositiveSmallIntegerField()
    priority = models.TextField(choices=Priority.choices, default=Priority.MUST)
    text = models.TextField()
    # An open standard that it asks for, by name: "UPRN", "HL7 FHIR".
    standard = models.TextField("open standard", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="requirement_position_unique", fields=["need", "position"]),
            models.CheckConstraint(name="requirement_priority_known", condition=Q(priority__in=["MUST", "SHOULD"])),
        ]

    def __str__(self) -> str:
        return f"{self.get_priority_display()}: {self.text}"
