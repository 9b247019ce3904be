"""What a page shows of the needs that it asks about: an answer is to that, and not to what they say since."""

from collections.abc import Collection, Iterator

from django.db.models import QuerySet

from boroughs.models import Need
from procurement.models import JointDemand


def shown(reference: str, revision: int, demand_reference: str) -> str:
    """What a form keeps of a need: "CA-012:3:JD-00007" is its third revision, in that joint demand."""
    return f"{reference}:{revision}:{demand_reference}"


def as_shown(needs: QuerySet[Need]) -> dict[str, str]:
    """`shown` by reference. One query. To be read before what the page shows: then it is never newer than that."""
    rows = needs.values_list("reference", "revision", "demand_member__demand__reference")
    return {row[0]: shown(row[0], row[1], row[2] or "") for row in rows}


def members_shown(demand: JointDemand) -> dict[str, str]:
    """`as_shown` of all that "these belong together" is said of."""
    return as_shown(Need.objects.open().filter(demand_member__demand=demand))


def changes(then: Collection[str], now: Collection[str]) -> tuple[str, ...]:
    """In words, what is not as it was shown then."""
    return tuple(_changes(_parted(then), _parted(now)))


def _changes(then: dict[str, tuple[str, str]], now: dict[str, tuple[str, str]]) -> Iterator[str]:
    for reference in sorted(then.keys() | now.keys()):
        if reference not in then:
            yield f"{reference} has come in"
        elif reference not in now:
            yield f"{reference} has gone"
        elif then[reference][0] != now[reference][0]:
            yield f"{reference} has been edited"
        elif then[reference] != now[reference]:
            yield f"{reference} is in {now[reference][1] or 'no joint demand'} now"


def _parted(needs: Collection[str]) -> dict[str, tuple[str, str]]:
    parts = ([*each.split(":"), "", ""][:3] for each in needs)
    return {reference: (revision, demand) for reference, revision, demand in parts}
