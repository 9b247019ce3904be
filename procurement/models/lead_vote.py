"""What one borough says to another leading the joint demand."""

from django.db import models


class LeadVote(models.Model):
    demand = models.ForeignKey("procurement.JointDemand", on_delete=models.PROTECT, related_name="lead_votes")
    candidate = models.ForeignKey("boroughs.Borough", on_delete=models.PROTECT, related_name="+")
    borough = models.ForeignKey("boroughs.Borough", on_delete=models.PROTECT, related_name="lead_votes")
    agrees = models.BooleanField()
    note = models.TextField(blank=True)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey("boroughs.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="lead_vote_one_a_borough", fields=["demand", "candidate", "borough"]),
        ]

    def __str__(self) -> str:
        return f"{self.borough.name} on {self.candidate.name} leading {self.demand.reference}"
