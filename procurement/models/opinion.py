"""What one analyst says in a double reading, unseen by the others: whether a need, or another joint demand as a whole,
belongs to a joint demand.
"""

from django.db import models
from django.db.models import F, Q


class OpinionQuerySet(models.QuerySet["Opinion"]):
    def open(self) -> "OpinionQuerySet":
        """Those that still count: not put into effect, and about what the need says now. What another joint demand says
        is in all of its needs: queries/double_reading.py reads them."""
        return self.filter(Q(revision=F("need__revision")) | Q(need=None), closed_at=None)


class Opinion(models.Model):
    demand = models.ForeignKey("procurement.JointDemand", on_delete=models.CASCADE, related_name="opinions")
    # One of the two.
    need = models.ForeignKey("boroughs.Need", on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    other = models.ForeignKey(
        "procurement.JointDemand", on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    given_by = models.ForeignKey("boroughs.User", on_delete=models.PROTECT, related_name="opinions")
    given_at = models.DateTimeField()
    belongs = models.BooleanField()
    # What the matcher said before anybody had answered: the probability that it belongs, 0 to 1.
    probability = models.FloatField()
    # The revision of the need that was read; of another joint demand one number for the revisions of all its needs.
    revision = models.PositiveIntegerField()
    # A person's first or second answer about it.
    turn = models.PositiveSmallIntegerField()
    # When what all opinions together say was put into effect, or a person ruled on it by themselves.
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        indexes = [
            # What a person said last that can be taken back, among all that they have ever said.
            models.Index(fields=["given_by"], condition=Q(closed_at__isnull=True), name="opinion_open_by_person"),
            # Who has answered lately.
            models.Index(fields=["given_at"], name="opinion_given_at"),
        ]
        constraints = [
            # A form sent twice is one answer.
            models.UniqueConstraint(
                fields=["demand", "need", "given_by", "revision", "turn"],
                condition=Q(closed_at__isnull=True),
                name="opinion_once_a_turn",
            ),
            models.UniqueConstraint(
                fields=["demand", "other", "given_by", "revision", "turn"],
                condition=Q(closed_at__isnull=True),
                name="opinion_of_other_once_a_turn",
            ),
            models.CheckConstraint(
                condition=Q(need__isnull=True) ^ Q(other__isnull=True), name="opinion_of_a_need_or_of_another"
            ),
            models.CheckConstraint(
                condition=Q(probability__gte=0) & Q(probability__lte=1), name="opinion_probability_from_0_to_1"
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{self.need_id or self.other_id} in {self.demand_id}: {'belongs' if self.belongs else 'does not belong'}"
        )
