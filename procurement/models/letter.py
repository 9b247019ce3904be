"""An e-mail to a subscriber: written in the transaction of what it tells of, sent in the background.

The row is the truth of what was sent. Its key names what it tells of, so the same is never written twice for a person;
a worker takes a letter by writing a time into it, sends it, and writes when. See procurement/actions/letters.py.
"""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

# An e-mail is in the hands of a worker for no longer than this; what one that died had in hand is sent again after it.
IN_HAND = timedelta(minutes=2)


class LetterQuerySet(models.QuerySet["Letter"]):
    def waiting(self) -> "LetterQuerySet":
        return self.filter(sent_at__isnull=True, error="")

    def free(self, *, at: datetime) -> "LetterQuerySet":
        """To be sent, and in nobody's hands."""
        return self.waiting().filter(Q(taken_at__isnull=True) | Q(taken_at__lte=at - IN_HAND))

    def of_version(self, key: int) -> "LetterQuerySet":
        """What tells of the publication of a version, by its primary key."""
        return self.filter(key=f"version-{key}")

    def in_turn(self) -> "LetterQuerySet":
        """Letters that somebody waits for before all others; each kind in the order in which they were written."""
        return self.order_by("-awaited", "pk")


class Letter(models.Model):
    subscriber = models.ForeignKey("procurement.Subscriber", on_delete=models.CASCADE, related_name="letters")
    # Names what it tells of: "confirm-alert-12", "version-301", "weekly-2026-11-30".
    key = models.TextField()
    # Somebody sits before a page that says "look into your mailbox".
    awaited = models.BooleanField(default=False)
    subject = models.TextField()
    # Plain text. Empty once sent: the e-mail is in the mailbox then, and links in it are nobody else's.
    body = models.TextField()
    # Where RFC 8058 ends what it was sent for: an absolute address that takes a POST. Empty where nothing can be ended.
    one_click = models.TextField(blank=True)
    written_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # Why the mail server refused it for good.
    error = models.TextField(blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="letter_once_for_a_subscriber", fields=["subscriber", "key"]),
            models.CheckConstraint(
                name="letter_body_until_sent", condition=Q(sent_at__isnull=True) | Q(body="", error="")
            ),
        ]
        indexes = [
            # How far the telling of one event is.
            models.Index(name="letter_of_event", fields=["key"]),
            models.Index(
                name="letter_waiting",
                fields=["-awaited", "id"],
                condition=Q(sent_at__isnull=True, error=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} to {self.subscriber}"
