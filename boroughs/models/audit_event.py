"""Who did what, when. Append-only: the database itself refuses UPDATE and DELETE (migration 0002).

No foreign keys: the thing, the person and the borough may go, the record of what was done stays.
"""

from django.db import models


class AuditEvent(models.Model):
    at = models.DateTimeField()
    # The person's e-mail address, or the name of the system's part that acted.
    actor = models.TextField()
    verb = models.TextField()
    noun = models.TextField()
    # The thing's own reference, as people say it: N-00012, JD-0003.
    reference = models.TextField()
    borough_slug = models.TextField(blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(name="audit_noun_reference", fields=["noun", "reference"]),
            models.Index(name="audit_at", fields=["-at", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.verb} {self.noun} {self.reference}"
