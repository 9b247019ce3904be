"""The audit trail: one row for each change, in the transaction of the change."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from boroughs.models import AuditEvent, Borough, User
from boroughs.permissions import Actor


def name_of(actor: Actor) -> str:
    return actor.email if isinstance(actor, User) else actor.name


def record(
    *,
    by: Actor,
    verb: str,
    noun: str,
    reference: str,
    borough: Borough | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append one event. `details` holds JSON values; texts of needs do not belong in it, only what changed state."""
    AuditEvent.objects.create(
        at=timezone.now(),
        actor=name_of(by),
        verb=verb,
        noun=noun,
        reference=reference,
        borough_slug=borough.slug if borough else "",
        details=dict(details or {}),
    )


def history(*, noun: str, reference: str) -> list[AuditEvent]:
    """What was done with one thing, newest first."""
    return list(AuditEvent.objects.filter(noun=noun, reference=reference).order_by("-at", "-pk"))
