"""That a need stands behind a total that was told of a joint demand or by one of its notices: how the audit finds the
releases that have to do with the next one. Never shown; append-only."""

from django.db import models


class ToldNeed(models.Model):
    demand = models.ForeignKey("procurement.JointDemand", on_delete=models.PROTECT, related_name="+")
    # Reference of the need, as in the contributions of the releases.
    need = models.TextField()

    class Meta:
        constraints = [
            # By need first: the walk goes from needs to joint demands and back.
            models.UniqueConstraint(name="told_need_once_a_demand", fields=["need", "demand"])
        ]

    def __str__(self) -> str:
        return self.need
