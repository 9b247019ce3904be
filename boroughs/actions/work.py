"""Asking for background work, claiming it, holding it, finishing it. See boroughs/models/work.py for the idea.

Each claim and each renewal is one UPDATE with its condition in the WHERE clause, so it is safe on PostgreSQL and SQLite
alike, without row locks: of two workers that try, the database lets one change the row.
"""

import logging
import traceback
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from boroughs import audit, background, broker, permissions
from boroughs.background import Task
from boroughs.exceptions import LeaseLost
from boroughs.models import Work
from boroughs.models.work import MAX_ATTEMPTS
from boroughs.permissions import Actor, Permission

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """The right to do one piece of work, until the lease runs out or is renewed."""

    work_id: int
    task: Task
    key: str
    owner: str
    # The request number that is being served; written to `done` on finishing.
    number: int
    # How long it may go without being renewed.
    lease: timedelta


@transaction.atomic
def request(*, task: Task, key: str, delay: int = 0) -> Work:
    """Make the work due, `delay` seconds from now, in the caller's transaction.

    Where it is due by then already, this only raises the number: one message was sent, the sweeper covers its loss. A
    work that had failed for good is tried again, because what it reads has changed. The row is locked until the end: a
    worker that would drop it meanwhile waits, and sees that it was asked for again.
    """
    now = timezone.now()
    when = now + timedelta(seconds=delay)
    work, _ = Work.objects.select_for_update().get_or_create(task=task, key=key, defaults={"not_before": now})
    idle, failed, later = Q(requested=F("done")), Q(failed_at__isnull=False), Q(not_before__gt=when)
    awake = Work.objects.filter(idle | failed | later, pk=work.pk).update(
        requested=F("requested") + 1, not_before=when, attempts=0, failed_at=None, last_error=""
    )
    if not awake:
        Work.objects.filter(pk=work.pk).update(requested=F("requested") + 1)
    else:
        background.enqueue(task, delay=delay, key=key)
    work.refresh_from_db()
    return work


def claim(*, task: Task, key: str, seconds: int | None = None) -> Claim | None:
    """Take the work if it is due and free; None where there is nothing to do or another worker has it.

    The lease is WORK_LEASE_SECONDS; who renews it often may ask for a shorter one, of which less is left to wait out
    when the worker is killed.
    """
    now = timezone.now()
    lease = timedelta(seconds=min(seconds or settings.WORK_LEASE_SECONDS, settings.WORK_LEASE_SECONDS))
    owner = uuid.uuid4().hex
    taken = (
        Work.objects.due(at=now)
        .filter(task=task, key=key)
        .update(lease_owner=owner, lease_until=now + lease, attempts=F("attempts") + 1)
    )
    if not taken:
        return None
    # Read after the update: a request that came in between is served by this run as well.
    work = Work.objects.get(task=task, key=key)
    return Claim(work_id=work.pk, task=task, key=key, owner=owner, number=work.requested, lease=lease)


def renew(*, claim: Claim) -> None:
    """Hold the work for another lease. Raises LeaseLost where another worker has taken it over."""
    until = timezone.now() + claim.lease
    held = Work.objects.filter(pk=claim.work_id, lease_owner=claim.owner).update(lease_until=until)
    if not held:
        raise LeaseLost(f"{claim.task} for {claim.key} was taken over")


def finish(*, claim: Claim) -> None:
    """Mark the claimed request as done. Call it in the transaction that writes the results.

    Raises LeaseLost, and so rolls these back, where another worker has taken the work over (fencing).
    """
    held = Work.objects.filter(pk=claim.work_id, lease_owner=claim.owner).update(
        done=claim.number, lease_owner="", lease_until=None, attempts=0, last_error=""
    )
    if not held:
        raise LeaseLost(f"{claim.task} for {claim.key} was taken over")
    if Work.objects.pending().filter(pk=claim.work_id).exists():
        background.enqueue(claim.task, delay=settings.MATCH_DEBOUNCE_SECONDS, key=claim.key)


def drop(*, claim: Claim) -> None:
    """Finish the claimed request and forget it, where the key is something that we do not keep."""
    if not Work.objects.filter(pk=claim.work_id, lease_owner=claim.owner, requested=claim.number).delete()[0]:
        finish(claim=claim)


def fail(*, claim: Claim, error: BaseException, pause: timedelta = timedelta()) -> None:
    """Give the work back after an error: again after a pause, or, after three attempts, set aside for a person.

    `pause` is the least there is, for who knows that an earlier attempt would find nothing to do.
    """
    now = timezone.now()
    work = Work.objects.filter(pk=claim.work_id).first()
    if work is None:
        logger.warning("%s failed, and another worker has done it and dropped it", claim.task)
        return
    exhausted = work.attempts >= MAX_ATTEMPTS
    Work.objects.filter(pk=claim.work_id, lease_owner=claim.owner).update(
        lease_owner="",
        lease_until=None,
        not_before=now + max(work.backoff(), pause),
        failed_at=now if exhausted else None,
        last_error="".join(traceback.format_exception(error))[-8000:],
    )
    if claim.task in background.PRIVATE:
        # The mail server's answer names the address as well.
        logger.error("%s failed at attempt %d: %s", claim.task, work.attempts, type(error).__name__)
    else:
        logger.exception("%s for %s failed at attempt %d", claim.task, claim.key, work.attempts, exc_info=error)


def release(*, claim: Claim) -> None:
    """Give the work back undone, to be claimed again at once: what it had read was no longer true."""
    Work.objects.filter(pk=claim.work_id, lease_owner=claim.owner).update(lease_owner="", lease_until=None, attempts=0)
    background.enqueue(claim.task, key=claim.key)


@transaction.atomic
def retry(*, work: Work, by: Actor) -> None:
    """Try a work that was set aside once more."""
    permissions.require(by, Permission.RUN_MATCHER)
    Work.objects.filter(pk=work.pk).update(failed_at=None, attempts=0, not_before=timezone.now())
    audit.record(by=by, verb="retry", noun="work", reference=str(work))
    background.enqueue(Task(work.task), key=work.key)


def ring_due() -> int:
    """Ring the bell of all work that is due and in nobody's hands, what has waited longest first; the number of rings.

    "Due" has no upper age: what came due while the scheduler was down is rung as well. A queue in which more messages
    wait than such work has its bells: where no worker takes from it, they would pile up until the broker is full. Work
    of another version waits for a scheduler of that version, and holds up no other.
    """
    asked = Work.objects.due(at=timezone.now()).order_by("not_before", "pk").values_list("task", "key")
    if unknown := {task for task, _ in asked if task not in background.ROUTES}:
        logger.warning("Work of another version waits: %s", ", ".join(sorted(unknown)))
    due = [(task, key) for task, key in asked if task not in unknown]
    waiting = (broker.queues() or {}) if due else {}
    queues = [background.ROUTES[task]["queue"] for task, _ in due]
    full = {queue for queue, count in Counter(queues).items() if waiting.get(queue, 0) > count}
    rung = [work for work, queue in zip(due, queues, strict=True) if queue not in full]
    for task, key in rung:
        background.ring(Task(task), key=key)
    return len(rung)
