"""What a supplier shows of its interest in a notice: which authorities it could serve, how many users, who it is.

The authorities of the notice read it and nobody else: see docs/interest.md. Everybody is told a band of how many there
are, once there are enough: see interest_band.py.
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from .confirmable import CONFIRM_WITHIN, Confirmable, ConfirmableQuerySet


class InterestQuerySet(ConfirmableQuerySet["Interest"]):
    def standing(self) -> "InterestQuerySet":
        """Confirmed, and neither withdrawn nor replaced."""
        return self.confirmed().filter(withdrawn_at__isnull=True)

    def over(self) -> "InterestQuerySet":
        """Withdrawn or replaced so long ago that no link in an e-mail stands for it any more."""
        return self.filter(withdrawn_at__lt=timezone.now() - CONFIRM_WITHIN)

    def first_come(self) -> "InterestQuerySet":
        """In the order in which they were shown first. To change one moves it nowhere."""
        return self.order_by("since", "pk")


class Interest(Confirmable):
    class Volume(models.TextChoices):
        UP_TO_500 = "UP_TO_500", "Up to 500 users"
        UP_TO_2000 = "UP_TO_2000", "Up to 2,000 users"
        UP_TO_10000 = "UP_TO_10000", "Up to 10,000 users"
        MORE = "MORE", "More than 10,000 users"
        NOT_SAID = "", "Not in users, or not yet known"

    notice = models.ForeignKey("procurement.Notice", on_delete=models.PROTECT, related_name="interests")
    # Who shows it: one stands for each mailbox and notice. No page of the boroughs has the address.
    subscriber = models.ForeignKey("procurement.Subscriber", on_delete=models.CASCADE, related_name="interests")
    organisation = models.TextField()
    # As Companies House writes it, or blank.
    company_number = models.TextField(blank=True)
    # Of the notice as it stood when this was written.
    boroughs = models.ManyToManyField("boroughs.Borough", related_name="+")
    volume = models.TextField(choices=Volume.choices, blank=True)
    # A small or medium-sized enterprise; a voluntary, community or social enterprise. Not said where empty.
    is_sme = models.BooleanField(null=True, blank=True)
    is_vcse = models.BooleanField(null=True, blank=True)
    # Names of frameworks that it is on, as it writes them.
    frameworks = models.JSONField(default=list, blank=True)
    statement = models.TextField(blank=True)
    # When this mailbox's interest in the notice was confirmed first, whatever it said then.
    since = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    # When it was taken back, or another of the same mailbox came in its place.
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InterestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="interest_once_for_a_subscriber",
                fields=["subscriber", "notice"],
                condition=Q(confirmed_at__isnull=False, withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="interest_since_it_was_confirmed",
                condition=Q(confirmed_at__isnull=True, since__isnull=True)
                | Q(confirmed_at__isnull=False, since__isnull=False),
            ),
            models.CheckConstraint(
                name="interest_volume_known",
                condition=Q(volume__in=["", "UP_TO_500", "UP_TO_2000", "UP_TO_10000", "MORE"]),
            ),
        ]
        indexes = [
            models.Index(
                name="interest_standing",
                fields=["notice", "since"],
                condition=Q(confirmed_at__isnull=False, withdrawn_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"interest {self.pk} in {self.notice_id}"
