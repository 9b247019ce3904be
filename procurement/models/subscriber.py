"""Somebody outside the boroughs, known by an e-mail address that they have confirmed. There is no account.

Who asks a question, shows interest or follows the board is one of these. Boroughs' people are boroughs.User.
"""

import secrets
from collections.abc import Iterable

from django.core import signing
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

_SALT = "procurement.subscriber"
_STOP = "procurement.subscriber.stop"


def new_secret() -> str:
    return secrets.token_urlsafe(24)


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def reachable(self) -> "SubscriberQuerySet":
        """Confirmed, and not refused by the mail server since."""
        return self.filter(confirmed_at__isnull=False, refused_at__isnull=True)

    def by_token(self, token: str) -> "Subscriber | None":
        """Whom a link in an e-mail stands for; None where it is none of ours, or of somebody who was forgotten."""
        try:
            pk, secret = signing.loads(token, salt=_SALT)
        except (signing.BadSignature, ValueError, TypeError):
            return None
        return self.filter(pk=pk, secret=secret).first()

    def by_token_to_stop(self, token: str) -> "tuple[Subscriber, list[int]] | None":
        """Whose alerts a link ends, and which, by primary key; None where it is none of ours."""
        try:
            pk, secret, alerts = signing.loads(token, salt=_STOP)
        except (signing.BadSignature, ValueError, TypeError):
            return None
        subscriber = self.filter(pk=pk, secret=secret).first()
        return (subscriber, alerts) if subscriber else None


class Subscriber(models.Model):
    # As subscribers.mailbox() writes it: a mailbox has one row.
    email = models.TextField(unique=True)
    # Part of what signs the links in e-mails: a new one makes every older link worthless.
    secret = models.TextField(default=new_secret)
    created_at = models.DateTimeField()
    # When a link was followed that only a reader of this mailbox has. Nothing but that link is sent before.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # When the mail server refused the address for good; taken back when a link is followed again.
    refused_at = models.DateTimeField(null=True, blank=True)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="subscriber_email_in_lower_case", condition=Q(email=Lower("email"))),
        ]

    def __str__(self) -> str:
        return f"subscriber {self.pk}"

    def token_to_stop(self, alerts: Iterable[int]) -> str:
        """Signed: ends these alerts, by primary key, and does nothing else. It may stand in the head of an e-mail."""
        return signing.dumps([self.pk, self.secret, sorted(alerts)], salt=_STOP)

    @property
    def token(self) -> str:
        """Signed, for links in e-mails to this mailbox. It does not end by itself: an old e-mail still ends alerts."""
        return signing.dumps([self.pk, self.secret], salt=_SALT)
