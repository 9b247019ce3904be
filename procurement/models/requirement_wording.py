"""Another wording of a common requirement, or a new one, that a borough proposes."""

from django.db import models
from django.db.models import Q

from boroughs.models import Requirement


class RequirementWording(models.Model):
    class Status(models.TextChoices):
        PROPOSED = "PROPOSED", "Proposed"
        ADOPTED = "ADOPTED", "Taken over"
        DECLINED = "DECLINED", "Not taken over"

    TRANSITIONS = {
        "adopt": ((Status.PROPOSED,), Status.ADOPTED),
        "decline": ((Status.PROPOSED,), Status.DECLINED),
    }

    demand = models.ForeignKey("procurement.JointDemand", on_delete=models.PROTECT, related_name="wordings")
    # Empty where it would be a requirement of its own.
    requirement = models.ForeignKey(
        "procurement.CommonRequirement", on_delete=models.CASCADE, related_name="wordings", null=True, blank=True
    )
    borough = models.ForeignKey("boroughs.Borough", on_delete=models.PROTECT, related_name="wordings")
    status = models.TextField(choices=Status.choices, default=Status.PROPOSED)
    text = models.TextField()
    priority = models.TextField(choices=Requirement.Priority.choices)
    reason = models.TextField("why", blank=True)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey("boroughs.User", on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey("boroughs.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="requirement_wording_status_known", condition=Q(status__in=["PROPOSED", "ADOPTED", "DECLINED"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.borough.name} proposes: {self.text}"
