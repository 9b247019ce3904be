"""Told figures: what who may not see exact figures reads as the totals of a joint demand.

They were decided when they were told, with everything that had been told before, and are kept until a later decision
tells new ones (docs/disclosure.md). Only of joint demands that a person has confirmed.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from boroughs.models import Need
from procurement.disclosure import Figure, stated
from procurement.models import DemandMember, FigureRelease, JointDemand
from procurement.queries.public_content import left_out_of
from procurement.queries.public_figures import stated_by

# Whether no borough states any, or the rule refused: it looks the same.
NOT_TOLD = Figure(withheld=True)


@dataclass(frozen=True)
class ToldFigures:
    users: Figure = NOT_TOLD
    budget_min: Figure = NOT_TOLD
    budget_max: Figure = NOT_TOLD


NOTHING_TOLD = ToldFigures()


def told_figures(demands: Collection[int]) -> dict[int, ToldFigures]:
    """By joint demand, by primary key, what is told of it; those of which nothing is are left out. One query."""
    found: dict[int, dict[str, Figure]] = defaultdict(dict)
    for row in FigureRelease.objects.newest_of(demands).defer("contributions", "waived"):
        found[row.demand_id][row.quantity.lower()] = _figure(row)
    return {demand: ToldFigures(**figures) for demand, figures in found.items()}


def told_of(demand: JointDemand) -> ToldFigures:
    """At most one query."""
    if demand.status != JointDemand.Status.CONFIRMED:
        return NOTHING_TOLD
    return told_figures([demand.pk]).get(demand.pk, NOTHING_TOLD)


def changed() -> list[JointDemand]:
    """Confirmed joint demands whose needs state something else than what stands behind their told figures. Four
    queries, however many there are.

    Those whose new figures the rule refused are among them every time: when others have changed, it may let them be
    told.
    """
    demands = list(JointDemand.objects.confirmed().by_reference())
    keys = [demand.pk for demand in demands]
    told: dict[int, dict[str, Any]] = defaultdict(dict)
    for row in FigureRelease.objects.newest_of(keys):
        told[row.demand_id][row.quantity] = row.contributions
    needs = _needs_behind(keys)
    return [demand for demand in demands if _is_news(needs.get(demand.pk, []), told[demand.pk])]


def _needs_behind(demands: Collection[int]) -> dict[int, list[Need]]:
    """Those of which a notice would speak, as queries/behind_notice.py reads them for one."""
    gone = left_out_of(demands)
    found: dict[int, list[Need]] = defaultdict(list)
    members = DemandMember.objects.filter(demand__in=demands, need__status=Need.Status.OPEN)
    for member in members.select_related("need__borough").order_by("need_id"):
        if member.need.borough_id not in gone.get(member.demand_id, ()):
            found[member.demand_id].append(member.need)
    return found


def _is_news(needs: Collection[Need], told: Mapping[str, Any]) -> bool:
    # Where nobody states anything any more, what was told stays.
    return any(stated(now) and not _same(now, told.get(quantity)) for quantity, now in stated_by(needs).items())


def _same(now: Mapping[str, Mapping[str, int]], then: Mapping[str, Mapping[str, int]] | None) -> bool:
    return then is not None and stated(now) == stated(then)


def _figure(row: FigureRelease) -> Figure:
    day = timezone.localdate(row.told_at)
    if row.high - row.low == 1:
        return Figure(value=row.low, as_at=day)
    return Figure(low=row.low, high=row.high, as_at=day)
