"""Telling the totals of a joint demand to who may not see exact figures: when it is confirmed, when a notice about it
has told its own, and at night where what its needs state has changed.

What is told is decided together with everything that was told before, and kept; pages only read it. So looking more
often tells no more.
"""

import logging

from django.db import IntegrityError, transaction
from django.utils import timezone

from boroughs import audit
from boroughs.actions import work
from boroughs.background import Task
from boroughs.exceptions import ChangedMeanwhile, LeaseLost
from boroughs.permissions import SCHEDULER
from procurement.actions import releases
from procurement.disclosure import Release
from procurement.models import JointDemand
from procurement.queries import behind_notice, public_figures, told_figures

logger = logging.getLogger(__name__)

# Each failed attempt means that something else was told first; so many in a row do not happen.
ATTEMPTS = 50


def request(demand: JointDemand) -> None:
    """Ask for it, in the transaction of the change that asks for it."""
    work.request(task=Task.TELL_FIGURES, key=demand.reference)


def request_nightly() -> int:
    """The scheduler's request, for each joint demand whose figures may be others by now; how many there are."""
    changed = told_figures.changed()
    for demand in changed:
        request(demand)
    return len(changed)


def run(*, key: str) -> None:
    """Claim the work and do it. The same again tells nothing."""
    claim = work.claim(task=Task.TELL_FIGURES, key=key)
    if claim is None:
        return
    try:
        demand = JointDemand.objects.confirmed().filter(reference=key).first()
        if demand is not None:
            tell_figures(demand=demand)
        work.finish(claim=claim)
    except LeaseLost:
        logger.warning("Telling the figures of %s lost its lease; the worker that took over goes on", key)
    except Exception as error:  # noqa: BLE001 - whatever it is, the work is given back, tried again and shown
        work.fail(claim=claim, error=error)


def tell_figures(*, demand: JointDemand) -> tuple[Release, ...]:
    """Tell what may be told anew of it. Of two that do it at once one follows the other, which tells nothing more.

    The decision takes its time and holds no lock: what is written is refused where something was told meanwhile, by
    whichever notice or joint demand, and decided again.
    """
    for _ in range(ATTEMPTS):
        after = public_figures.last_number()
        new = public_figures.new_of(demand, behind_notice.read(demand))
        if not new:
            return ()
        try:
            _keep(demand, new, after=after)
        except IntegrityError:
            if public_figures.last_number() == after:
                # It is not that something else was told first.
                raise
            continue
        return new
    raise ChangedMeanwhile("Other figures are being told at this moment. Try again.")


@transaction.atomic
def _keep(demand: JointDemand, new: tuple[Release, ...], *, after: int) -> None:
    releases.keep(demand, new, after=after, at=timezone.now())
    quantities = [release.quantity for release in new]
    audit.record(
        by=SCHEDULER, verb="tell figures", noun="joint demand", reference=demand.reference, details={"of": quantities}
    )
