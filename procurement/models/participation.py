"""Where a borough stands on a joint demand."""

from django.db import models
from django.db.models import Q

from boroughs.models import Need


class ParticipationQuerySet(models.QuerySet["Participation"]):
    def taking_part(self) -> "ParticipationQuerySet":
        """Those that have accepted the overlap: watching or further up the ladder."""
        return self.exclude(stage__in=[Participation.Stage.SUGGESTED, Participation.Stage.DECLINED])

    def joining(self) -> "ParticipationQuerySet":
        """Those that say how far they would go together."""
        return self.filter(stage__in=Participation.JOINING)

    def committed(self) -> "ParticipationQuerySet":
        return self.filter(stage=Participation.Stage.COMMITTED)

    def asking(self) -> "ParticipationQuerySet":
        """Those whose move waits for the lead's yes."""
        return self.exclude(asked_stage="")


class Participation(models.Model):
    class Stage(models.TextChoices):
        """The ladder; a borough may go from any stage to any other.

        A row begins as suggested: the matcher or an analyst put the borough's need here.
        """

        SUGGESTED = "SUGGESTED", "Not answered yet"
        WATCHING = "WATCHING", "Watching"
        INTERESTED = "INTERESTED", "Interested"
        INTENDING = "INTENDING", "Intending"
        COMMITTED = "COMMITTED", "Committed"
        DECLINED = "DECLINED", "Declined"

    JOINING = (Stage.INTERESTED, Stage.INTENDING, Stage.COMMITTED)

    class DeclineReason(models.TextChoices):
        TIMING = "TIMING", "The timing does not fit"
        BUDGET = "BUDGET", "No budget for it"
        CONTRACTED = "CONTRACTED", "Already under contract"
        DIFFERENT = "DIFFERENT", "We need something else"
        GOVERNANCE = "GOVERNANCE", "We could not get it approved"
        OTHER = "OTHER", "Another reason"

    demand = models.ForeignKey("procurement.JointDemand", on_delete=models.PROTECT, related_name="participations")
    borough = models.ForeignKey("boroughs.Borough", on_delete=models.PROTECT, related_name="participations")
    stage = models.TextField(choices=Stage.choices, default=Stage.SUGGESTED)
    # How far it would go together; empty while it only watches, and once it has declined.
    depth = models.TextField(choices=Need.Depth.choices, blank=True)
    reason = models.TextField("reason for declining", choices=DeclineReason.choices, blank=True)
    # In the borough's words: read by the office, the lead and the borough itself.
    comment = models.TextField(blank=True)
    # When the borough last said yes to the overlap; empty before it answers and once it has declined. From then on
    # the other boroughs that accepted may read what its needs here ask for (procurement/queries/sharing.py).
    accepted_at = models.DateTimeField(null=True, blank=True)
    # A move after the joining date, until the lead answers: where to, how far.
    asked_stage = models.TextField(choices=Stage.choices, blank=True)
    asked_depth = models.TextField(choices=Need.Depth.choices, blank=True)
    asked_reason = models.TextField(choices=DeclineReason.choices, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey("boroughs.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    moved_at = models.DateTimeField(null=True, blank=True)
    moved_by = models.ForeignKey("boroughs.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    # Who committed the borough, an approver of it.
    committed_by = models.ForeignKey("boroughs.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    # When the borough offered to lead; empty where it has not, or has taken the offer back.
    offered_at = models.DateTimeField("offered to lead", null=True, blank=True)
    offer_note = models.TextField("why it could lead", blank=True)
    # Raised by one at every change: the token against two people saving over each other.
    revision = models.PositiveIntegerField(default=1)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="participation_one_a_borough", fields=["demand", "borough"]),
            models.CheckConstraint(
                name="participation_stage_known",
                condition=Q(stage__in=["SUGGESTED", "WATCHING", "INTERESTED", "INTENDING", "COMMITTED", "DECLINED"]),
            ),
            models.CheckConstraint(
                name="participation_depth_where_it_joins",
                condition=~Q(depth="") & Q(stage__in=["INTERESTED", "INTENDING", "COMMITTED"])
                | Q(depth="") & Q(stage__in=["SUGGESTED", "WATCHING", "DECLINED"]),
            ),
            models.CheckConstraint(
                name="participation_declined_has_reason",
                condition=Q(stage="DECLINED") & ~Q(reason="") | ~Q(stage="DECLINED") & Q(reason=""),
            ),
            models.CheckConstraint(
                name="participation_commitment_has_approver",
                condition=Q(stage="COMMITTED", committed_by__isnull=False)
                | ~Q(stage="COMMITTED") & Q(committed_by__isnull=True),
            ),
            models.CheckConstraint(
                name="participation_acceptance_has_time",
                condition=Q(stage__in=["SUGGESTED", "DECLINED"]) & Q(accepted_at__isnull=True)
                | ~Q(stage__in=["SUGGESTED", "DECLINED"]) & Q(accepted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.borough.name} in {self.demand.reference}: {self.get_stage_display()}"
