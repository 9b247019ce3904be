"""Which borough might lead a joint demand, with reasons in words: a proposal, beside which boroughs offer themselves.

Of the boroughs that have accepted the overlap, each of these counts one point, and ties go to the name that comes
first: its need says that it could lead; it asks for the largest number of users; its present contract ends first, so
that it cannot wait; it has written down experience of the category. Each joint demand that it leads already takes one
away. The points are ours, a rule of thumb; the reasons are what a person should weigh.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count

from boroughs.models import Need
from procurement.models import Coalition, Experience, JointDemand, Participation


@dataclass(frozen=True)
class Suggestion:
    name: str
    slug: str
    # In words, those for it first; what speaks against it begins with "But".
    reasons: tuple[str, ...]


def suggestion(demand: JointDemand, needs: Sequence[Need], rows: Iterable[Participation]) -> Suggestion | None:
    """The borough with most points; None where none has one. Two queries.

    `needs` are the open members with their borough. Reasons compare the boroughs that take part, and tell no figure.
    """
    accepted = {row.borough_id for row in rows if row.accepted_at}
    own = [need for need in needs if need.borough_id in accepted]
    if len({need.borough_id for need in own}) < 2:
        return None
    names = {need.borough_id: (need.borough.name, need.borough.slug) for need in own}
    reasons = _reasons(own, _experienced(demand, accepted))
    load = _load(demand, accepted)
    ranked = sorted(names, key=lambda pk: (-(len(reasons.get(pk, ())) - load.get(pk, 0)), names[pk]))
    best = ranked[0]
    if len(reasons.get(best, ())) <= load.get(best, 0):
        return None
    against = (
        [f"But it leads {load[best]} other joint demand{'s' if load[best] > 1 else ''} already"]
        if load.get(best)
        else []
    )
    return Suggestion(*names[best], reasons=(*reasons[best], *against))


def _reasons(needs: Sequence[Need], experienced: set[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for borough_id in sorted({need.borough_id for need in needs if need.could_lead}):
        found.setdefault(borough_id, []).append("Its need says that it could lead")
    users: dict[int, int] = {}
    for need in needs:
        users[need.borough_id] = users.get(need.borough_id, 0) + (need.users_count or 0)
    # Of one borough alone, the largest says nothing.
    if sum(count > 0 for count in users.values()) > 1:
        found.setdefault(max(users, key=lambda pk: (users[pk], -pk)), []).append(
            "It asks for the largest number of users"
        )
    ends = [(need.contract_end_date, need.borough_id) for need in needs if need.contract_end_date]
    if len({borough_id for _, borough_id in ends}) > 1:
        found.setdefault(min(ends)[1], []).append("Its present contract ends first")
    for borough_id in sorted(experienced):
        found.setdefault(borough_id, []).append("It has written down experience of this category")
    return found


def _experienced(demand: JointDemand, boroughs: set[int]) -> set[int]:
    if demand.category_id is None:
        return set()
    written = Experience.objects.standing().filter(category=demand.category_id, borough__in=boroughs)
    return set(written.values_list("borough_id", flat=True))


def _load(demand: JointDemand, boroughs: set[int]) -> dict[int, int]:
    """How many other joint demands each leads."""
    led = Coalition.objects.filter(lead__in=boroughs, demand__in=JointDemand.objects.current()).exclude(demand=demand)
    return dict(led.values_list("lead").annotate(count=Count("pk")).values_list("lead", "count"))
