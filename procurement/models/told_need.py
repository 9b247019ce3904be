"""That a need stands behind a total which a notice told: how the audit finds the releases that have to do with a draft.
Never shown; append-only."""

from django.db import models


class ToldNeed(models.Model):
    notice = models.ForeignKey("procurement.Notice", on_delete=models.PROTECT, related_name="+")
    # Reference of the need, as in the contributions of the releases.
    need = models.TextField()

    class Meta:
        constraints = [
            # By need first: the walk goes from needs to notices and back.
            models.UniqueConstraint(name="told_need_once_a_notice", fields=["need", "notice"])
        ]

    def __str__(self) -> str:
        return self.need
