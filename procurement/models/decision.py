"""A person's ruling that two needs do or do not belong together: an input of every later run, until it is undone."""

from django.db import models
from django.db.models import F, Q

from procurement.models.demand_member import DemandMember


class DecisionQuerySet(models.QuerySet["Decision"]):
    def standing(self) -> "DecisionQuerySet":
        return self.filter(undone_at__isnull=True)

    def answers(self) -> "DecisionQuerySet":
        """Those that say of a member as the matcher had proposed it whether it belongs."""
        return self.standing().filter(score__isnull=False)


class Decision(models.Model):
    class Verdict(models.TextChoices):
        TOGETHER = "TOGETHER", "Belong together"
        APART = "APART", "Do not belong together"

    # The need with the smaller primary key stands first.
    first = models.ForeignKey("boroughs.Need", on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey("boroughs.Need", on_delete=models.CASCADE, related_name="+")
    verdict = models.TextField(choices=Verdict.choices)
    reason = models.TextField(blank=True)
    # The joint demand on whose page it was taken.
    demand_reference = models.TextField()
    decided_at = models.DateTimeField()
    # The person's e-mail address, or the part of the system that loaded it.
    decided_by = models.TextField()
    undone_at = models.DateTimeField(null=True, blank=True)
    # What the matcher had said of the member that this ruling answers: its strength, the word shown for it, the engine.
    # Empty where the ruling answers nothing: it holds together what held before, or the need came from outside.
    score = models.FloatField(null=True, blank=True)
    band = models.TextField(choices=DemandMember.Band.choices, null=True, blank=True)
    engine_version = models.TextField(null=True, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="decision_one_standing_a_pair", fields=["first", "second"], condition=Q(undone_at__isnull=True)
            ),
            models.CheckConstraint(name="decision_pair_in_order", condition=Q(first__lt=F("second"))),
            models.CheckConstraint(name="decision_verdict_known", condition=Q(verdict__in=["TOGETHER", "APART"])),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.get_verdict_display()}"
