"""Telling boroughs which of their needs overlap with others', after each match run.

The run asks for it in the transaction that ends it. It is work of its own, so that a first run for all of London, with
news for everybody, does not hold up whoever else wants to write.

Of another borough's need no more than its title, and of a joint demand no more than its title and the number of its
boroughs: what the pages of similar needs and of joint demands show to everybody who is told here. What the matcher is
not sure of is told to nobody.
"""

import logging
from collections.abc import Iterator

from django.db.models import Count, F, Q
from django.urls import reverse

from boroughs.actions import notifying, work
from boroughs.actions.notifying import News
from boroughs.actions.work import Claim
from boroughs.background import Task
from boroughs.exceptions import LeaseLost
from boroughs.models import Need, Notification
from boroughs.permissions import Permission
from procurement.matching.calibration import STRONG
from procurement.models import DemandMember, JointDemand, Overlap
from procurement.queries.rulings import standing_rulings

logger = logging.getLogger(__name__)


def run(*, key: str) -> int:
    """Claim the work that is due and tell editors and approvers, once for each of their needs and what it overlaps
    with; the number of rows. The number of queries does not follow the number of needs, but for what is done in bulk.
    """
    claim = work.claim(task=Task.TELL_OF_OVERLAPS, key=key)
    if claim is None:
        return 0
    try:
        return _tell(claim)
    except LeaseLost:
        logger.warning("Telling of overlaps lost its lease; the worker that took over goes on")
    except Exception as error:  # noqa: BLE001 - whatever it is, the work is given back, tried again and shown
        work.fail(claim=claim, error=error)
    return 0


def _tell(claim: Claim) -> int:
    news = list({each.key: each for each in (*_joined(), *_strong())}.values())
    rows = 0
    for start in range(0, len(news), notifying.CHUNK):
        work.renew(claim=claim)
        rows += notifying.announce(news[start : start + notifying.CHUNK], to=Permission.EDIT_NEEDS)
    work.finish(claim=claim)
    return rows


def _joined() -> Iterator[News]:
    """Needs that stand in a joint demand."""
    shown = JointDemand.objects.current().sure()
    counted = shown.annotate(boroughs_count=Count("members__need__borough", distinct=True))
    others = dict(counted.values_list("pk", "boroughs_count"))
    members = DemandMember.objects.filter(demand__in=shown, need__status=Need.Status.OPEN)
    for member in members.select_related("need", "demand").order_by("pk"):
        count = others[member.demand_id] - 1
        boroughs = "another borough" if count == 1 else f"{count} other boroughs"
        demand = member.demand
        yield _news(
            member.need,
            f"could be bought together with {boroughs}: {demand.reference} “{demand.title}”",
            demand.reference,
            reverse("demand-detail", args=[demand.reference]),
        )


def _strong() -> Iterator[News]:
    """Needs of two boroughs that overlap strongly and do not stand in one joint demand, nor were ruled apart."""
    apart = {frozenset((each.left, each.right)) for each in standing_rulings() if not each.together}
    first, second = "first__demand_member__demand", "second__demand_member__demand"
    overlaps = (
        Overlap.objects.filter(probability__gte=STRONG, first__status=Need.Status.OPEN, second__status=Need.Status.OPEN)
        .exclude(first__borough=F("second__borough"))
        .filter(Q(**{f"{first}__isnull": True}) | Q(**{f"{second}__isnull": True}) | ~Q(**{first: F(second)}))
        .select_related("first__borough", "second__borough", first, second)
        .strongest_first()
    )
    for overlap in overlaps:
        if frozenset((overlap.first.reference, overlap.second.reference)) in apart:
            continue
        for mine, theirs in ((overlap.first, overlap.second), (overlap.second, overlap.first)):
            yield _news(
                mine,
                f"overlaps strongly with “{theirs.title}” of {theirs.borough.name}",
                _place(theirs),
                reverse("need-similar", args=[mine.reference]),
            )


def _place(need: Need) -> str:
    """The joint demand in which the need is shown to stand, else the need: of many members one is news."""
    member = getattr(need, "demand_member", None)
    is_shown = member is not None and member.demand.certainty == JointDemand.Certainty.SURE
    return str(member.demand.reference) if member is not None and is_shown else need.reference


def _news(need: Need, words: str, other: str, path: str) -> News:
    return News(
        kind=Notification.Kind.OVERLAP_FOUND,
        borough_id=need.borough_id,
        subject=need.reference,
        headline=f"{need.reference} “{need.title}” {words}",
        path=path,
        key=f"{Notification.Kind.OVERLAP_FOUND} {need.reference} {other}",
    )
