"""The audit trail: one row for each change, in the transaction of the change."""

from collections.abc import Iterable, Mapping, Sequence
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


def record_many(*, by: Actor, verb: str, noun: str, references: Sequence[str], borough: Borough) -> None:
    """Append one event for each of many things of a borough that were changed alike, in one statement for hundreds."""
    now, actor = timezone.now(), name_of(by)
    AuditEvent.objects.bulk_create(
        (
            AuditEvent(at=now, actor=actor, verb=verb, noun=noun, reference=reference, borough_slug=borough.slug)
            for reference in references
        ),
        batch_size=500,
    )


def history(*, noun: str, reference: str, borough: Borough | None = None) -> list[AuditEvent]:
    """What was done with one thing, newest first. `borough` is wanted where boroughs give their own references."""
    events = AuditEvent.objects.filter(noun=noun, reference=reference)
    if borough is not None:
        events = events.filter(borough_slug=borough.slug)
    return list(events.order_by("-at", "-pk"))


def people(actors: Iterable[str]) -> dict[str, str]:
    """Names of those actors that are people, by what the trail calls them. One query."""
    return dict(User.objects.filter(email__in=set(actors)).values_list("email", "name"))
