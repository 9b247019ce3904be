"""What the clock does with coalitions: reminds before the decision date, and counts the quorum once it is over."""

import logging
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from boroughs import audit
from boroughs.actions import work
from boroughs.actions.work import Claim
from boroughs.background import Task
from boroughs.exceptions import IllegalMove, LeaseLost
from boroughs.models import Notification
from boroughs.permissions import SCHEDULER
from boroughs.queries.renewal_dates import months_after
from procurement.actions import coalition_turn
from procurement.actions.coalitions import IfMissed, Outcome, decide, in_words
from procurement.models import Coalition, JointDemand, Participation
from procurement.queries.quorum import member_boroughs, quorum

logger = logging.getLogger(__name__)

SCOPE = "london"
EXTENSION_MONTHS = 3
# Days before the decision date on which those who have not committed are reminded.
REMINDERS = (28, 7, 1)

Stage = Participation.Stage


def request_daily() -> None:
    """The scheduler's request."""
    work.request(task=Task.TEND_COALITIONS, key=SCOPE)


def run(*, key: str = SCOPE) -> None:
    """Claim the day's work and do it. The same again changes nothing."""
    claim = work.claim(task=Task.TEND_COALITIONS, key=key)
    if claim is None:
        return
    try:
        _tend(claim)
    except LeaseLost:
        logger.warning("Tending coalitions lost its lease; the worker that took over goes on")
    except Exception as error:  # noqa: BLE001 - whatever it is, the work is given back, tried again and shown
        work.fail(claim=claim, error=error)


def _tend(claim: Claim) -> None:
    settle_due(at=timezone.now())
    work.renew(claim=claim)
    remind_due(at=timezone.now())
    work.finish(claim=claim)


def settle_due(*, at: datetime) -> int:
    """The clock's: count the quorum wherever the decision date is over; how many were settled."""
    today = timezone.localdate(at)
    due = Coalition.objects.undecided().filter(decision_date__lt=today).order_by("pk")
    demands = JointDemand.objects.current().filter(coalition__in=due)
    return sum(_settle(demand, today) for demand in demands.order_by("pk"))


def remind_due(*, at: datetime) -> int:
    """The clock's: remind boroughs that have neither committed nor declined, 28, 7 and 1 days before; how many people.

    A day on which the clock stood still is made good on the next one, by the reminder that is due then.
    """
    today = timezone.localdate(at)
    ahead = Coalition.objects.undecided().filter(decision_date__gte=today)
    near = ahead.filter(
        decision_date__lte=today + timedelta(days=max(REMINDERS)), demand__in=JointDemand.objects.current()
    )
    return sum(_remind(coalition, today) for coalition in near.select_related("demand").order_by("pk"))


@transaction.atomic
def _settle(demand: JointDemand, today: date) -> bool:
    try:
        coalition = coalition_turn.take(demand)
    except IllegalMove:
        # Retired since it was listed.
        return False
    # Somebody may have closed it, or moved the date, before this had its turn.
    if coalition.outcome or coalition.decision_date is None or coalition.decision_date >= today:
        return False
    if quorum(coalition).is_reached:
        decide(coalition, Outcome.REACHED, by=SCHEDULER)
    elif coalition.if_missed == IfMissed.EXTEND and coalition.extended_at is None:
        _extend(coalition)
    elif coalition.if_missed == IfMissed.GO_ON:
        decide(coalition, Outcome.GONE_ON, by=SCHEDULER)
    else:
        decide(coalition, Outcome.ENDED, by=SCHEDULER)
    return True


def _extend(coalition: Coalition) -> None:
    before, demand = coalition.decision_date, coalition.demand
    if before is None:
        return
    coalition.decision_date = months_after(before, EXTENSION_MONTHS)
    if coalition.joining_closes_date == before:
        coalition.joining_closes_date = coalition.decision_date
    coalition.extended_at = timezone.now()
    coalition.revision += 1
    coalition.save(update_fields=["decision_date", "joining_closes_date", "extended_at", "revision"])
    details = {"from": before.isoformat(), "to": coalition.decision_date.isoformat()}
    audit.record(by=SCHEDULER, verb="extend", noun="joint demand", reference=demand.reference, details=details)
    coalition_turn.tell(
        demand,
        f"{coalition_turn.named(demand)}: the quorum was missed; the decision date is now "
        f"{in_words(coalition.decision_date)}",
        key=f"extended at {coalition.revision}",
        kind=Notification.Kind.DECISION_DUE,
    )


@transaction.atomic
def _remind(coalition: Coalition, today: date) -> int:
    if coalition.decision_date is None:
        return 0
    left = (coalition.decision_date - today).days
    due = min(days for days in REMINDERS if days >= left)
    decided = Participation.objects.filter(
        demand=coalition.demand, stage__in=[Stage.COMMITTED, Stage.DECLINED]
    ).values_list("borough_id", flat=True)
    waiting = member_boroughs(coalition.demand) - set(decided)
    return coalition_turn.tell(
        coalition.demand,
        f"{coalition_turn.named(coalition.demand)} is decided on {in_words(coalition.decision_date)}; "
        "your borough has not committed",
        key=f"{due} days before {coalition.decision_date.isoformat()}",
        to=waiting,
        kind=Notification.Kind.DECISION_DUE,
    )
