"""What a subscriber follows: a search of the board, or one notice; and how often they want to be told."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from .confirmable import Confirmable, ConfirmableQuerySet


class AlertQuerySet(ConfirmableQuerySet["Alert"]):
    def standing(self) -> "AlertQuerySet":
        return self.confirmed().filter(ended_at__isnull=True)

    def reachable(self) -> "AlertQuerySet":
        """Standing, of mailboxes that take e-mails."""
        return self.standing().filter(subscriber__confirmed_at__isnull=False, subscriber__refused_at__isnull=True)

    def to_tell(self, *, of: datetime) -> "AlertQuerySet":
        """Those to which something that was published at that moment is news."""
        untold = Q(told_until__isnull=True) | Q(told_until__lt=of)
        return self.reachable().filter(untold, confirmed_at__lte=of)


class Alert(Confirmable):
    class Frequency(models.TextChoices):
        AT_ONCE = "AT_ONCE", "At once"
        DAILY = "DAILY", "Every morning"
        WEEKLY = "WEEKLY", "Every Monday morning"

    subscriber = models.ForeignKey("procurement.Subscriber", on_delete=models.CASCADE, related_name="alerts")
    # The notice that is followed. Where there is none, the search is.
    notice = models.ForeignKey(
        "procurement.Notice", null=True, blank=True, on_delete=models.CASCADE, related_name="alerts"
    )
    # The query of the board's address, in the order of procurement/forms/board.py; empty for the whole board.
    search = models.TextField(blank=True)
    # What the search is called in e-mails: its filters in words.
    name = models.TextField()
    frequency = models.TextField(choices=Frequency.choices)
    # Told, or no longer to be told, is what was published up to then; nothing yet where it is empty.
    told_until = models.DateTimeField(null=True, blank=True)
    # Told is what is published after `confirmed_at` and before this.
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="alert_once_for_a_notice",
                fields=["subscriber", "notice"],
                condition=Q(notice__isnull=False, ended_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="alert_once_for_a_search",
                fields=["subscriber", "search"],
                condition=Q(notice__isnull=True, ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="alert_of_a_notice_or_a_search", condition=Q(notice__isnull=True) | Q(search="")
            ),
            models.CheckConstraint(
                name="alert_frequency_known", condition=Q(frequency__in=["AT_ONCE", "DAILY", "WEEKLY"])
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def since(self) -> datetime | None:
        """What was published after this is news; None before it is confirmed."""
        return self.told_until or self.confirmed_at
