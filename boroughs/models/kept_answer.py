"""What the API answered to a request with an `Idempotency-Key`, so that the same request again gets the same answer."""

from django.db import models


class KeptAnswer(models.Model):
    # Who asked, as in the audit trail. Two who choose the same key do not meet.
    actor = models.TextField()
    key = models.TextField()
    # SHA-256 of what was asked, in hexadecimal.
    digest = models.TextField()
    # What was made, as the API showed it then.
    body = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="kept_answer_once_a_key", fields=["actor", "key"])]
        indexes = [models.Index(name="kept_answer_at", fields=["at"])]

    def __str__(self) -> str:
        return f"{self.actor}: {self.key}"
