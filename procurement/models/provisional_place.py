"""The joint demand that a need would join, as seen at once after its approval; the next run places it for good."""

from django.db import models


class ProvisionalPlace(models.Model):
    need = models.OneToOneField("boroughs.Need", on_delete=models.CASCADE, related_name="provisional_place")
    demand = models.ForeignKey("procurement.JointDemand", on_delete=models.CASCADE, related_name="provisional_places")
    # Mean score to the members, 0 to 1.
    strength = models.FloatField()
    found_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.need.reference} would join {self.demand.reference}"
