"""One thing that one person is told: on the site always, by e-mail as they prefer.

The row is the truth of what is to be mailed. A worker takes rows by writing its own name and a time into them, sends,
and writes when; rows in the hands of a worker that died are free again after that time.
"""

from datetime import datetime

from django.db import models
from django.db.models import OuterRef, Q


class NotificationQuerySet(models.QuerySet["Notification"]):
    def told_to(self, user: int, *, of: list[int]) -> "NotificationQuerySet":
        """What this person was told of these boroughs, all by primary key."""
        return self.filter(user=user, borough__in=of)

    def told_of_london(self, user: int | OuterRef) -> "NotificationQuerySet":
        """What this person was told of no borough in particular."""
        return self.filter(user=user, borough__isnull=True)

    def unread(self) -> "NotificationQuerySet":
        return self.filter(read_at__isnull=True)

    def newest_first(self) -> "NotificationQuerySet":
        return self.order_by("-pk")

    def to_mail(self, *, at: datetime) -> "NotificationQuerySet":
        """Wanted by e-mail, neither sent nor refused nor read on the site meanwhile, and in nobody's hands.

        Asks columns of the row alone, so that of two workers that take it by an UPDATE one gets it.
        """
        return self.unread().filter(
            Q(mail_lease_until__isnull=True) | Q(mail_lease_until__lt=at),
            mail_wanted=True,
            mailed_at__isnull=True,
            mail_error="",
        )


class Notification(models.Model):
    class Kind(models.TextChoices):
        SUBMITTED = "SUBMITTED", "Waiting for approval"
        APPROVED = "APPROVED", "Approved"
        RETURNED = "RETURNED", "Sent back"
        OVERLAP_FOUND = "OVERLAP_FOUND", "Overlap found"
        RENEWAL_DUE = "RENEWAL_DUE", "Renewal due"
        CONFIRMATION_ASKED = "CONFIRMATION_ASKED", "Still needed?"
        EXPIRED = "EXPIRED", "Expired"
        # Reminders: boroughs/models/reminder.py says of what.
        REGISTER_ABSENT = "REGISTER_ABSENT", "Contract register not here yet"
        REGISTER_OLD = "REGISTER_OLD", "Contract register not changed lately"
        CONTRACTS_ENDED = "CONTRACTS_ENDED", "Contracts past their end"
        NEEDS_ABSENT = "NEEDS_ABSENT", "No open needs yet"
        # What happens in a joint demand that the borough is part of.
        COALITION = "COALITION", "Joint demand"
        DECISION_DUE = "DECISION_DUE", "Decision due"
        SPECIFICATION = "SPECIFICATION", "Common specification"
        # On a notice that the borough leads.
        QUESTION = "QUESTION", "Question from a supplier"
        INTEREST = "INTEREST", "Interest from suppliers"
        # Of a schedule.
        REPORT_READY = "REPORT_READY", "Report ready"
        REPORT_FAILED = "REPORT_FAILED", "Report missing"

    user = models.ForeignKey("boroughs.User", on_delete=models.CASCADE, related_name="notifications")
    # Whose thing it is: who has no role there any more is told nothing of it, not even what was written before. None
    # where it is all London's: a report, for who may ask for them.
    borough = models.ForeignKey("boroughs.Borough", on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    kind = models.TextField(choices=Kind.choices)
    # The thing's reference: N-00012, JD-0003, or the contract's own; the borough's name where it is about all it has.
    subject = models.TextField()
    # One line. Of another borough's need never more than title, category and kind; money, supplier and dates never.
    headline = models.TextField()
    # What a colleague wrote to go with it: the reason for sending back.
    comment = models.TextField(blank=True)
    # Where it leads, from the root of the site.
    path = models.TextField()
    # Names the event: the same for everybody who is told of it.
    key = models.TextField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    # Whether the person wanted e-mails when it happened; who turns them on later is not sent the past.
    mail_wanted = models.BooleanField()
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_owner = models.TextField(blank=True)
    mail_lease_until = models.DateTimeField(null=True, blank=True)
    # Why the mail server refused it for good.
    mail_error = models.TextField(blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="notification_once_for_a_person", fields=["user", "key"]),
            models.CheckConstraint(
                name="notification_kind_known",
                condition=Q(
                    kind__in=[
                        "SUBMITTED",
                        "APPROVED",
                        "RETURNED",
                        "OVERLAP_FOUND",
                        "RENEWAL_DUE",
                        "CONFIRMATION_ASKED",
                        "EXPIRED",
                        "REGISTER_ABSENT",
                        "REGISTER_OLD",
                        "CONTRACTS_ENDED",
                        "NEEDS_ABSENT",
                        "COALITION",
                        "DECISION_DUE",
                        "SPECIFICATION",
                        "QUESTION",
                        "INTEREST",
                        "REPORT_READY",
                        "REPORT_FAILED",
                    ]
                ),
            ),
        ]
        indexes = [
            models.Index(name="notification_key", fields=["key"]),
            models.Index(name="notification_unread", fields=["user"], condition=Q(read_at__isnull=True)),
            models.Index(
                name="notification_to_mail",
                fields=["user"],
                condition=Q(mail_wanted=True, mailed_at__isnull=True, read_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"
