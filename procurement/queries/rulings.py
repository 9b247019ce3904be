"""What people have ruled, as the engine reads it: decisions that stand, and what boroughs say of their own needs."""

from django.db.models import Value

from boroughs.models import Need
from procurement.matching import Decision as Ruling
from procurement.models import Decision, DemandMember

# In place of a verdict, on a need whose borough says what it joins.
JOINS = "JOINS"


def standing_rulings() -> list[Ruling]:
    """What boroughs say, then the decisions, the oldest first: where they are at odds the later one holds.

    One query, and two more where a borough has said so.
    """
    ruled = Decision.objects.standing().values_list("pk", "first__reference", "second__reference", "verdict")
    joins = Need.objects.open().exclude(joins="").values_list("pk", "reference", "joins", Value(JOINS))
    rows = sorted(ruled.union(joins, all=True))
    decisions = [
        Ruling(left, right, together=verdict == Decision.Verdict.TOGETHER)
        for _, left, right, verdict in rows
        if verdict != JOINS
    ]
    joining = {reference: joined for _, reference, joined, verdict in rows if verdict == JOINS}
    return [*_joining(decisions, joining), *decisions]


def _joining(decisions: list[Ruling], joins: dict[str, str]) -> list[Ruling]:
    """Each open need with the one that its borough says is the same: that very need, or the first member of that joint
    demand.

    Nothing where a person has ruled on the pair, or has ruled the need apart from any member of the joint demand; nor
    where the other is not open, or the joint demand is retired.
    """
    if not joins:
        return []
    members = _members(set(joins.values()))
    apart = {frozenset((each.left, each.right)) for each in decisions if not each.together}
    ruled = {frozenset((each.left, each.right)) for each in decisions}
    rulings = []
    for reference, joined in joins.items():
        others = [member for member in members.get(joined, []) if member != reference]
        if any(frozenset((reference, other)) in apart for other in others):
            continue
        if others and frozenset((reference, others[0])) not in ruled:
            rulings.append(Ruling(reference, others[0], together=True))
    return rulings


def _members(references: set[str]) -> dict[str, list[str]]:
    """The open needs that each of these stands for, the first logged first: a joint demand for its members, a need for
    itself.
    """
    found: dict[str, list[str]] = {}
    for reference in Need.objects.open().filter(reference__in=references).values_list("reference", flat=True):
        found[reference] = [reference]
    rows = DemandMember.objects.filter(demand__reference__in=references, need__status=Need.Status.OPEN)
    for demand, need in rows.order_by("need_id").values_list("demand__reference", "need__reference"):
        found.setdefault(demand, []).append(need)
    return found
