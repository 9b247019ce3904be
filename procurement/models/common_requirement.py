"""A requirement of the common specification: worded once for all members of a joint demand."""

from django.db import models
from django.db.models import Q

from boroughs.models import Requirement


class CommonRequirementQuerySet(models.QuerySet["CommonRequirement"]):
    def standing(self) -> "CommonRequirementQuerySet":
        return self.exclude(status=CommonRequirement.Status.DROPPED)

    def agreed(self) -> "CommonRequirementQuerySet":
        return self.filter(status=CommonRequirement.Status.AGREED)

    def by_position(self) -> "CommonRequirementQuerySet":
        return self.order_by("position", "pk")


class CommonRequirement(models.Model):
    class Status(models.TextChoices):
        PROPOSED = "PROPOSED", "To be agreed"
        AGREED = "AGREED", "Agreed"
        DROPPED = "DROPPED", "Dropped"

    TRANSITIONS = {
        # By the lead, once every member that takes part has accepted it or keeps a difference, and no clash is left.
        "agree": ((Status.PROPOSED,), Status.AGREED),
        # A new wording is for all to agree on anew.
        "reopen": ((Status.AGREED, Status.DROPPED), Status.PROPOSED),
        "drop": ((Status.PROPOSED, Status.AGREED), Status.DROPPED),
    }

    demand = models.ForeignKey("procurement.JointDemand", on_delete=models.PROTECT, related_name="common_requirements")
    # Counted from 1 and never given twice in a joint demand: R7 stays R7.
    number = models.PositiveIntegerField()
    # The order on the page and in the notice.
    position = models.PositiveIntegerField()
    status = models.TextField(choices=Status.choices, default=Status.PROPOSED)
    text = models.TextField()
    priority = models.TextField(choices=Requirement.Priority.choices, default=Requirement.Priority.MUST)
    # Codes of the register of open standards (procurement/data): ["uprn"].
    standards = models.JSONField(default=list, blank=True)
    # What its members' needs say, as they were read: [{"need", "revision", "borough", "text", "priority", "opposes"}],
    # need and borough by reference and slug.
    sources = models.JSONField(default=list, blank=True)
    # Members ask for opposites, or state values that differ; a person has to settle it. In words, one each.
    clashes = models.JSONField(default=list, blank=True)
    clash_settled_by = models.TextField("how the clash was settled", blank=True)
    # How many of the clashes, from the first, that settles: what is found later is to be settled as well.
    clashes_settled = models.PositiveIntegerField(default=0)
    # Raised by one at every change of what it says: what a borough accepted is one wording.
    wording = models.PositiveIntegerField(default=1)
    revision = models.PositiveIntegerField(default=1)
    drafted_at = models.DateTimeField()
    # The person's e-mail address, or the part of the system that drafted it.
    drafted_by = models.TextField()
    updated_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey("boroughs.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    dropped_reason = models.TextField(blank=True)

    objects = CommonRequirementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="common_requirement_number_once", fields=["demand", "number"]),
            models.CheckConstraint(
                name="common_requirement_status_known", condition=Q(status__in=["PROPOSED", "AGREED", "DROPPED"])
            ),
            models.CheckConstraint(
                name="common_requirement_priority_known", condition=Q(priority__in=["MUST", "SHOULD"])
            ),
            models.CheckConstraint(
                name="common_requirement_agreed_has_time", condition=~Q(status="AGREED") | Q(agreed_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand.reference} R{self.number}"

    @property
    def open_clashes(self) -> list[str]:
        """Those that nobody has settled yet."""
        return list(self.clashes[self.clashes_settled :])
