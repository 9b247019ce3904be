"""What happened to a joint demand from run to run: grew, shrank, split, merged, retired. By references, not keys."""

from django.db import models


class LineageEvent(models.Model):
    class Kind(models.TextChoices):
        CREATED = "CREATED", "Created"
        GREW = "GREW", "Grew"
        SHRANK = "SHRANK", "Shrank"
        SPLIT = "SPLIT", "Split off"
        MERGED = "MERGED", "Merged"
        RETIRED = "RETIRED", "Retired"

    demand = models.ForeignKey("procurement.JointDemand", on_delete=models.CASCADE, related_name="lineage")
    at = models.DateTimeField()
    kind = models.TextField(choices=Kind.choices)
    # For a split or a merger: the reference of the other joint demand.
    other_reference = models.TextField(blank=True)
    joined = models.JSONField("references of needs that joined", default=list)
    left = models.JSONField("references of needs that left", default=list)
    run = models.ForeignKey(
        "procurement.MatchRun", on_delete=models.PROTECT, related_name="lineage", null=True, blank=True
    )

    def __str__(self) -> str:
        return f"{self.demand.reference} {self.get_kind_display()}"
