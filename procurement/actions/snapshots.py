"""Freezing the demand picture: one snapshot for each state of the register, in one chain."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.exceptions import ChangedMeanwhile
from boroughs.permissions import Actor, Permission
from procurement.models import Snapshot
from procurement.picture import facts
from procurement.picture.facts import Facts, Frozen, Link
from procurement.queries import picture_facts

# How often it is tried when others come first.
ATTEMPTS = 5


def take(*, by: Actor, suits: Callable[[Facts], None] | None = None) -> Snapshot:
    """Freeze the picture of this moment. Where nothing has changed since the last snapshot, that one is handed back.

    `suits` is asked of what a new one would hold and may refuse it by raising: a snapshot is kept for good.

    All is read as it was at one moment. `previous_digest` is unique, so of two that follow the same snapshot the
    database lets one be; the other looks again, and mostly finds that nothing has changed since.
    """
    if not permissions.has(by, Permission.BUILD_OWN_REPORTS):
        permissions.require(by, Permission.BUILD_REPORTS)
    for _ in range(ATTEMPTS):
        last = newest()
        try:
            with picture_facts.one_moment():
                return _take(by, suits)
        except IntegrityError:
            if newest() == last:
                # It is not that another one came first.
                raise
    raise ChangedMeanwhile("Other snapshots are being taken at this moment. Try again.")


def newest() -> Snapshot | None:
    return Snapshot.objects.listed().newest_first().first()


def _take(by: Actor, suits: Callable[[Facts], None] | None) -> Snapshot:
    last = Snapshot.objects.newest_first().first()
    held = picture_facts.read()
    if last and last.frozen().facts == held:
        return last
    if suits:
        suits(held)
    frozen = _following(last, held)
    content = facts.to_json(frozen)
    snapshot = Snapshot.objects.create(
        reference=frozen.reference,
        taken_at=frozen.taken_at,
        taken_by=audit.name_of(by),
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
        run_id=held.run.number if held.run else None,
        previous_digest=last.digest if last else "",
    )
    audit.record(by=by, verb="take", noun="snapshot", reference=snapshot.reference, details={"digest": snapshot.digest})
    return snapshot


def _following(last: Snapshot | None, held: Facts) -> Frozen:
    # Times rise along the chain even where a machine's clock does not.
    now = max(timezone.now(), last.taken_at + timedelta(microseconds=1)) if last else timezone.now()
    year, number = timezone.localdate(now).year, 1
    if last and timezone.localdate(last.taken_at).year == year:
        number = int(last.reference.rpartition("-")[2]) + 1
    return Frozen(
        format=facts.FORMAT,
        reference=f"DP-{year}-{number:04d}",
        taken_at=now,
        previous=Link(last.reference, last.digest) if last else None,
        facts=held,
    )
