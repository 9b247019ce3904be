"""A frozen, numbered publication of a notice. The database itself refuses UPDATE and DELETE (migration 0002)."""

from django.db import models
from django.db.models import Q


class NoticeVersionQuerySet(models.QuerySet["NoticeVersion"]):
    def in_order(self) -> "NoticeVersionQuerySet":
        return self.order_by("pk")


class NoticeVersion(models.Model):
    notice = models.ForeignKey("procurement.Notice", on_delete=models.PROTECT, related_name="versions")
    # Counted from 1 in each notice.
    number = models.PositiveIntegerField()
    # Exactly what the public sees (procurement/queries/published.py gives the shape).
    content = models.JSONField()
    # SHA-256 of the canonical JSON of content, number, reference, time, reason and the previous digest.
    digest = models.TextField(unique=True)
    # Digest of the version that was published before this one, of whichever notice: one chain for the whole board.
    previous_digest = models.TextField(unique=True, blank=True)
    published_at = models.DateTimeField()
    proposed_by = models.TextField()
    approved_by = models.TextField()
    reason = models.TextField(blank=True)

    objects = NoticeVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="notice_version_number_unique", fields=["notice", "number"]),
            models.CheckConstraint(name="notice_version_from_one", condition=Q(number__gte=1)),
        ]
        indexes = [models.Index(name="notice_version_published", fields=["-published_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.notice.reference} version {self.number}"
