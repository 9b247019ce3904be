"""Aligns what the members of each joint demand ask for, wherever its members have changed.

One piece of work for all joint demands: a key of the members tells which are due, so that many changes make one round,
and a round after which nothing has changed costs a query. It is done in turns, between which other work of the queue
is let through.
"""

import logging
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from boroughs.actions import work
from boroughs.actions.work import Claim
from boroughs.background import Task
from boroughs.exceptions import LeaseLost
from boroughs.models import Need
from procurement.actions import matching, next_versions
from procurement.matching.align import Priority, align
from procurement.matching.embed import Embedder
from procurement.models import Alignment
from procurement.models.alignment import key_of
from procurement.queries import aligned

logger = logging.getLogger(__name__)

# Joint demands of one turn: some seconds, most of them for the sentence model.
TURN = 50

_PRIORITIES: dict[str, Priority] = {"MUST": "must", "SHOULD": "should"}


def request() -> None:
    """Ask for a round, in the transaction of the change that asks for it."""
    work.request(task=Task.ALIGN_DEMANDS, key=matching.SCOPE)


def changed() -> list[int]:
    """Primary keys of the joint demands whose members are not those that were aligned. Two queries."""
    stored = dict(Alignment.objects.values_list("demand_id", "key"))
    return sorted(demand_id for demand_id, key in aligned.current_keys().items() if stored.get(demand_id) != key)


def run(*, key: str = matching.SCOPE) -> int:
    """Claim the work that is due and take a turn; the number of joint demands that were aligned."""
    claim = work.claim(task=Task.ALIGN_DEMANDS, key=key)
    if claim is None:
        return 0
    try:
        return _take_a_turn(claim)
    except LeaseLost:
        logger.warning("Aligning lost its lease; the worker that took over goes on")
    except Exception as error:  # noqa: BLE001 - whatever it is, the work is given back and tried again
        work.fail(claim=claim, error=error)
    return 0


def _take_a_turn(claim: Claim) -> int:
    due = changed()
    embedder = matching.embedder() if due else None
    for demand_id in due[:TURN]:
        _align(claim, demand_id, embedder)
    if len(due) > TURN:
        work.release(claim=claim)
        return TURN
    with transaction.atomic():
        work.finish(claim=claim)
        # Whatever changes the members of a joint demand asks for this round.
        next_versions.request()
        # What its needs say is not to be kept beyond the joint demand.
        Alignment.objects.exclude(demand__in=aligned.open_members().values("demand")).delete()
    return len(due)


def _align(claim: Claim, demand_id: int, embedder: Embedder | None) -> None:
    # The key is of the rows that were read: a member that changes meanwhile makes the result out of date at once.
    needs = list(matching.open_needs().filter(demand_member__demand=demand_id))
    found = align([matching.item(need) for need in needs], embedder, priorities=_priorities(needs))
    with transaction.atomic():
        # First, so that a worker that was taken over writes nothing.
        work.renew(claim=claim)
        Alignment.objects.update_or_create(
            demand_id=demand_id,
            defaults={
                "key": key_of((need.reference, need.revision) for need in needs),
                "content": asdict(found),
                "computed_at": timezone.now(),
            },
        )


def _priorities(needs: list[Need]) -> dict[str, dict[str, Priority]]:
    return {
        need.reference: {line.text: _PRIORITIES[line.priority] for line in need.requirements.all()} for need in needs
    }
