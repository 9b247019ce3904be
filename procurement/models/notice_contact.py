"""Whom suppliers may write to. Kept beside the versions, which hold only a hash: the person can be erased."""

from django.db import models


class NoticeContact(models.Model):
    # SHA-256 of the salt and what follows: what the versions hold. Kept when the rest is erased.
    digest = models.TextField(unique=True)
    salt = models.TextField(blank=True)
    name = models.TextField(blank=True)
    email = models.TextField(blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        # Each page of the board asks how many were erased, and when the last one.
        indexes = [
            models.Index(
                name="notice_contact_erased", fields=["erased_at"], condition=models.Q(erased_at__isnull=False)
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="notice_contact_erased_whole",
                condition=models.Q(erased_at__isnull=True) | models.Q(salt="", name="", email=""),
            )
        ]

    def __str__(self) -> str:
        return self.name or "erased"
