"""A need's place in a joint demand, with the strength of its overlap and the reasons in words."""

from django.db import models


class DemandMember(models.Model):
    class Band(models.TextChoices):
        """What the strength is worth, by the calibration of its run; what a person put here is strong."""

        STRONG = "STRONG", "Strong overlap"
        LIKELY = "LIKELY", "Likely overlap"
        POSSIBLE = "POSSIBLE", "Possible overlap"

    demand = models.ForeignKey("procurement.JointDemand", on_delete=models.CASCADE, related_name="members")
    # A need belongs to one joint demand at the most.
    need = models.OneToOneField("boroughs.Need", on_delete=models.CASCADE, related_name="demand_member")
    # Mean score to the other members, 0 to 1.
    strength = models.FloatField()
    band = models.TextField(choices=Band.choices)
    # [{"code", "words", "weight"}], the heaviest first; a negative weight speaks against.
    reasons = models.JSONField(default=list)
    # When a person said that it belongs here.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # The need's revision that this person read, and when its text was found to have moved far from it since: the
    # question is then asked again, and the ruling holds until somebody answers.
    confirmed_revision = models.PositiveIntegerField(null=True, blank=True)
    moved_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.need.reference} in {self.demand.reference}"
