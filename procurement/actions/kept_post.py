"""Letters and messages to webhooks that are done: kept for some time as the record of what was told, then deleted."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from procurement.models import Letter, WebhookDelivery
from procurement.queries.alert_matches import news_since

# Rows of one DELETE, so that nobody else waits long for it.
CHUNK = 1_000


def drop() -> int:
    """Delete what was done with before `news_since`; how many rows. What still waits stays, however old it is.

    A letter's key keeps its event from being told twice. By the time its row goes, the event is no news any more.
    """
    until = news_since(timezone.now())
    return _delete(_letters(until)) + _delete(_deliveries(until))


def _letters(until: datetime) -> models.QuerySet[Letter]:
    refused = Q(written_at__lt=until) & ~Q(error="")
    return Letter.objects.filter(Q(sent_at__lt=until) | refused)


def _deliveries(until: datetime) -> models.QuerySet[WebhookDelivery]:
    """Taken or given up; and what a webhook was still to be sent when it ended."""
    return WebhookDelivery.objects.filter(Q(done_at__lt=until) | Q(webhook__ended_at__lt=until))


def _delete(rows: models.QuerySet[Letter] | models.QuerySet[WebhookDelivery]) -> int:
    deleted = 0
    while some := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        deleted += rows.model._default_manager.filter(pk__in=some).delete()[0]
    return deleted
