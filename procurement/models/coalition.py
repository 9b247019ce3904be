"""The terms on which boroughs decide about one joint demand together: how many it takes, by when, and who leads."""

from datetime import date

from django.db import models
from django.db.models import Q

from boroughs.models import Need


class CoalitionQuerySet(models.QuerySet["Coalition"]):
    def undecided(self) -> "CoalitionQuerySet":
        """With a decision date, and without an outcome."""
        return self.filter(decision_date__isnull=False, outcome="")


class Coalition(models.Model):
    class IfMissed(models.TextChoices):
        """What happens when the decision date passes without a quorum, said beforehand."""

        EXTEND = "EXTEND", "The decision date moves by three months, once; then the joint purchase ends"
        GO_ON = "GO_ON", "Those who have committed go on without a quorum"
        END = "END", "The joint purchase ends; each borough goes its own way"

    class Outcome(models.TextChoices):
        REACHED = "REACHED", "Quorum reached"
        GONE_ON = "GONE_ON", "Going on without a quorum"
        ENDED = "ENDED", "Ended without a quorum"

    demand = models.OneToOneField("procurement.JointDemand", on_delete=models.PROTECT, related_name="coalition")
    # How many committed boroughs it takes, at which depth or a deeper one.
    quorum = models.PositiveSmallIntegerField(null=True, blank=True)
    depth = models.TextField("how far it goes", choices=Need.Depth.choices, blank=True)
    # Its end, in London, is when the quorum is counted.
    decision_date = models.DateField(null=True, blank=True)
    # From the day after on, who joins or leaves needs the lead's yes.
    joining_closes_date = models.DateField(null=True, blank=True)
    if_missed = models.TextField("if the quorum is missed", choices=IfMissed.choices, blank=True)
    # The date has been moved as `if_missed` says; it is not moved twice.
    extended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField(choices=Outcome.choices, blank=True)
    outcome_at = models.DateTimeField(null=True, blank=True)
    # The borough that leads: one at the most, agreed by the others (LeadVote).
    lead = models.ForeignKey(
        "boroughs.Borough", on_delete=models.PROTECT, related_name="coalitions_led", null=True, blank=True
    )
    lead_agreed_at = models.DateTimeField(null=True, blank=True)
    # The first month of the joint contract, as agreed; the planner proposes it.
    start_date = models.DateField("agreed start", null=True, blank=True)
    # Raised by one at every change: the token against two people saving over each other.
    revision = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    objects = CoalitionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="coalition_if_missed_known", condition=Q(if_missed__in=["", "EXTEND", "GO_ON", "END"])
            ),
            models.CheckConstraint(
                name="coalition_outcome_known", condition=Q(outcome__in=["", "REACHED", "GONE_ON", "ENDED"])
            ),
            models.CheckConstraint(
                name="coalition_outcome_has_time", condition=Q(outcome="") | Q(outcome_at__isnull=False)
            ),
            models.CheckConstraint(
                name="coalition_lead_has_time", condition=Q(lead__isnull=True) | Q(lead_agreed_at__isnull=False)
            ),
            # A date without a quorum, or without what happens when it is missed, tells nobody anything.
            models.CheckConstraint(
                name="coalition_terms_are_whole",
                condition=Q(decision_date__isnull=True) | Q(quorum__gte=2) & ~Q(depth="") & ~Q(if_missed=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Coalition of {self.demand.reference}"

    def is_closed_to_joiners(self, today: date) -> bool:
        """Whether who joins or leaves today needs the lead's yes."""
        return self.joining_closes_date is not None and today > self.joining_closes_date
