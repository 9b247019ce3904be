"""The evidence that two needs could be bought together, as the last run saw it: a score with reasons."""

from django.db import models
from django.db.models import F, Q


class OverlapQuerySet(models.QuerySet["Overlap"]):
    def of_need(self, need_id: int) -> "OverlapQuerySet":
        return self.filter(Q(first_id=need_id) | Q(second_id=need_id))

    def strongest_first(self) -> "OverlapQuerySet":
        return self.order_by("-score", "first_id", "second_id")


class Overlap(models.Model):
    # The need with the smaller primary key stands first.
    first = models.ForeignKey("boroughs.Need", on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey("boroughs.Need", on_delete=models.CASCADE, related_name="+")
    score = models.FloatField()
    # That the two can be bought together, by the calibration of the run that wrote it.
    probability = models.FloatField(default=0)
    reasons = models.JSONField(default=list)

    objects = OverlapQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="overlap_pair_unique", fields=["first", "second"]),
            models.CheckConstraint(name="overlap_pair_in_order", condition=Q(first__lt=F("second"))),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ~ {self.second_id}: {self.score:.2f}"
