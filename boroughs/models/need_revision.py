"""What a need said at one moment: the evidence behind its history. Written with every change, never changed."""

from django.db import models


class NeedRevision(models.Model):
    need = models.ForeignKey("boroughs.Need", on_delete=models.CASCADE, related_name="revisions")
    # The need's own `revision`, from 1.
    number = models.PositiveIntegerField()
    # As boroughs/actions/need_content.py writes it.
    content = models.JSONField()
    at = models.DateTimeField()
    # As in the audit trail: an e-mail address, or the name of the system's part.
    actor = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(name="need_revision_once", fields=["need", "number"])]

    def __str__(self) -> str:
        return f"{self.need_id}, revision {self.number}"
