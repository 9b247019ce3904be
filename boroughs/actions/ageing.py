"""What time does to needs: one that nobody touches asks whether it still holds, and expires without an answer.

Nothing is deleted: an expired need can be opened again. In the same round boroughs are told of contracts that end, and
of a register that nobody looks after.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from boroughs import audit
from boroughs.actions import needs, notifying, reminding, renewals, work
from boroughs.actions.work import Claim
from boroughs.background import Task
from boroughs.exceptions import LeaseLost
from boroughs.models import Amendment, Need
from boroughs.permissions import SCHEDULER

logger = logging.getLogger(__name__)

SCOPE = "london"
# Needs that are asked about in one transaction.
BATCH = 200


def request_daily() -> None:
    """The scheduler's request."""
    work.request(task=Task.AGE_NEEDS, key=SCOPE)


def run(*, key: str = SCOPE) -> None:
    """Claim the day's work and do it: ask, let expire, tell of contracts that end and of registers that grew old.

    The same again changes nothing.
    """
    claim = work.claim(task=Task.AGE_NEEDS, key=key)
    if claim is None:
        return
    try:
        _age(claim)
    except LeaseLost:
        logger.warning("Ageing needs lost its lease; the worker that took over goes on")
    except Exception as error:  # noqa: BLE001 - whatever it is, the work is given back, tried again and shown
        work.fail(claim=claim, error=error)


def _age(claim: Claim) -> None:
    while ask_some(at=timezone.now()):
        work.renew(claim=claim)
    for number, need_id in enumerate(unconfirmed(at=timezone.now())):
        if number % BATCH == 0:
            work.renew(claim=claim)
        expire_unconfirmed(need_id=need_id, at=timezone.now())
    work.renew(claim=claim)
    renewals.tell(today=timezone.localdate())
    work.renew(claim=claim)
    reminding.tell_of_old_registers(at=timezone.now())
    work.finish(claim=claim)


@transaction.atomic
def ask_some(*, at: datetime) -> int:
    """Ask about up to 200 needs that nobody has touched for long whether they still hold; how many were asked."""
    stale = Need.objects.going_stale(before=at - timedelta(days=settings.NEED_CONFIRM_AFTER_DAYS))
    # Locked where the database can: of two workers each takes those that the other has not. SQLite writes one by one.
    locked = stale.select_for_update(skip_locked=True, of=("self",)).select_related("borough").order_by("pk")
    asked = list(locked[:BATCH])
    Need.objects.filter(pk__in=[need.pk for need in asked]).update(confirmation_asked_at=at)
    for need in asked:
        need.confirmation_asked_at = at
        audit.record(by=SCHEDULER, verb="ask_to_confirm", noun="need", reference=need.reference, borough=need.borough)
    notifying.asked_to_confirm(needs=asked)
    return len(asked)


def unconfirmed(*, at: datetime) -> list[int]:
    """Primary keys of needs whose time to answer is over, but for those that somebody is amending meanwhile."""
    before = at - timedelta(days=settings.NEED_EXPIRE_AFTER_DAYS)
    worked_on = Amendment.objects.current().filter(need=OuterRef("pk"), updated_at__gte=before)
    over = Need.objects.unconfirmed(before=before).exclude(Exists(worked_on))
    return list(over.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def expire_unconfirmed(*, need_id: int, at: datetime) -> bool:
    """Let the need expire, unless it was confirmed or closed meanwhile; whether it did."""
    days = settings.NEED_EXPIRE_AFTER_DAYS
    waiting = Need.objects.unconfirmed(before=at - timedelta(days=days)).filter(pk=need_id)
    # The need's row is the lock: whoever confirms it in this moment was first, or is told that it has expired.
    if not waiting.update(revision=F("revision")):
        return False
    need = Need.objects.select_related("borough").get(pk=need_id)
    needs.expire(need=need, by=SCHEDULER, reason=f"Nobody confirmed within {days} days that it still holds.")
    notifying.expired(need=need)
    return True
