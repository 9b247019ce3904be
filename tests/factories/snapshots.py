"""Snapshots of what a test has set up."""

from django.utils import timezone

from procurement.picture import facts
from procurement.queries import picture_facts


def content_now() -> bytes:
    """The bytes of a snapshot of this moment, which is kept nowhere."""
    return facts.to_json(facts.Frozen(facts.FORMAT, "DP-2026-0001", timezone.now(), None, picture_facts.read()))
