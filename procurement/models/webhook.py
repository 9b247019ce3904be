"""A server of a subscriber's that is sent what is published, as signed messages."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

# For so long after a change of the secret, messages are signed with the one before as well.
BOTH_SECRETS = timedelta(days=1)


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def kept(self) -> "WebhookQuerySet":
        """Not ended: also those that wait for their subscriber to set them going again."""
        return self.filter(ended_at__isnull=True)

    def standing(self) -> "WebhookQuerySet":
        """Those that are sent what is published."""
        return self.kept().filter(paused_at__isnull=True, subscriber__confirmed_at__isnull=False)


class Webhook(models.Model):
    subscriber = models.ForeignKey("procurement.Subscriber", on_delete=models.CASCADE, related_name="webhooks")
    url = models.TextField()
    # Of the address; so many messages at a time go to one.
    host = models.TextField()
    # As in an alert: the query of the board's address, empty for the whole board; and its filters in words.
    search = models.TextField(blank=True)
    name = models.TextField()
    # What messages are signed with: "whsec_" and 24 bytes in base64. Shown once.
    secret = models.TextField()
    previous_secret = models.TextField(blank=True)
    rotated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    # Attempts in a row that came to nothing, of whichever message: those who answer are served first.
    failures = models.PositiveIntegerField(default=0)
    # When one message was given up. Nothing is sent until the subscriber says so.
    paused_at = models.DateTimeField(null=True, blank=True)
    # By the subscriber, or by the server, which answered 410.
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="webhook_once_for_a_search",
                fields=["subscriber", "url", "search"],
                condition=Q(ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"webhook {self.pk}"

    def secrets_at(self, at: datetime) -> list[str]:
        """What a message is signed with at a moment."""
        if self.previous_secret and self.rotated_at and at < self.rotated_at + BOTH_SECRETS:
            return [self.secret, self.previous_secret]
        return [self.secret]

    @property
    def both_until(self) -> datetime | None:
        return self.rotated_at + BOTH_SECRETS if self.rotated_at else None
