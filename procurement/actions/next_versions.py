"""The platform's part in corrections: where a borough joined or left, the next version of its notice is begun.

It is only begun: people look at it, propose it and approve it. Until then the board shows what it did.
"""

import logging

from django.db import transaction
from django.utils import timezone

from boroughs import audit
from boroughs.actions import work
from boroughs.background import Task
from boroughs.exceptions import LeaseLost
from boroughs.permissions import SCHEDULER
from procurement.models import Notice
from procurement.queries import member_changes

logger = logging.getLogger(__name__)

SCOPE = "london"
Status = Notice.Status


def request() -> None:
    """Ask for a look at what is on the board, in the transaction of the change that asks for it."""
    work.request(task=Task.DRAFT_NEXT_VERSIONS, key=SCOPE)


def run(*, key: str = SCOPE) -> int:
    """Claim the work and do it; how many next versions were begun. The same again begins none."""
    claim = work.claim(task=Task.DRAFT_NEXT_VERSIONS, key=key)
    if claim is None:
        return 0
    try:
        begun = sum(_begin(notice, words) for notice, words in member_changes.on_board())
        work.finish(claim=claim)
    except LeaseLost:
        logger.warning("Drafting next versions lost its lease; the worker that took over goes on")
    except Exception as error:  # noqa: BLE001 - whatever it is, the work is given back, tried again and shown
        work.fail(claim=claim, error=error)
    else:
        return begun
    return 0


@transaction.atomic
def _begin(notice: Notice, words: str) -> bool:
    # Compare and swap: whoever began it in this moment goes on with it.
    moved = Notice.objects.filter(pk=notice.pk, status=Status.PUBLISHED).update(
        status=Status.CORRECTING, change_reason=words, proposed_by="", updated_at=timezone.now()
    )
    if moved:
        details = {"from": Status.PUBLISHED, "to": Status.CORRECTING, "reason": words}
        audit.record(by=SCHEDULER, verb="begin_correction", noun="notice", reference=notice.reference, details=details)
    return bool(moved)
