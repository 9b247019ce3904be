"""A message to a webhook: written with what it tells of, sent in the background, kept as the log of what came of it.

The row is the truth. A worker takes it by writing a time into it, sends the message, and writes what the server
answered. A worker that dies in between leaves it free after a minute, and the same message is sent once more.
"""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q

# A message is in the hands of a worker for no longer than this.
IN_HAND = timedelta(minutes=1)


def new_identifier() -> str:
    return f"msg_{uuid.uuid4().hex}"


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def waiting(self) -> "WebhookDeliveryQuerySet":
        """To be sent, now or later, to a webhook that stands."""
        return self.filter(
            done_at__isnull=True,
            webhook__paused_at__isnull=True,
            webhook__ended_at__isnull=True,
        )

    def in_hand(self, *, at: datetime) -> "WebhookDeliveryQuerySet":
        return self.filter(done_at__isnull=True, taken_at__gt=at - IN_HAND)

    def free(self, *, at: datetime) -> "WebhookDeliveryQuerySet":
        """To be sent by now, in nobody's hands, and no other message of the same webhook in anybody's."""
        others = WebhookDelivery.objects.in_hand(at=at).filter(webhook=OuterRef("webhook"))
        return self.waiting().filter(~Exists(others), not_before__lte=at)


class WebhookDelivery(models.Model):
    webhook = models.ForeignKey("procurement.Webhook", on_delete=models.CASCADE, related_name="deliveries")
    # What was published; none where it is a test.
    version = models.ForeignKey(
        "procurement.NoticeVersion", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    # "notice.published", …
    event = models.TextField()
    # The same at each attempt: by it a receiver knows a message that comes twice.
    identifier = models.TextField(unique=True, default=new_identifier)
    written_at = models.DateTimeField()
    not_before = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    # What the last attempt brought: a status where there was an answer, its beginning, and what went wrong in words.
    status = models.PositiveIntegerField(null=True, blank=True)
    answer = models.TextField(blank=True)
    problem = models.TextField(blank=True)
    # Taken by the server, or given up where there is a problem.
    done_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="webhook_delivery_once_for_a_version", fields=["webhook", "version"]),
        ]
        indexes = [
            models.Index(name="webhook_delivery_waiting", fields=["not_before"], condition=Q(done_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.identifier} to {self.webhook}"

    @property
    def is_taken(self) -> bool:
        return self.done_at is not None and not self.problem

    @property
    def is_given_up(self) -> bool:
        return self.done_at is not None and bool(self.problem)
