"""The stored alignment of a joint demand: of which members it is, and how it is read.

What a person sees of it is worked out in requirement_matrix.py: it repeats what needs say.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from boroughs.models import Need
from procurement.matching.align import Alignment, Difference, Line, Requirement, StandingTerm
from procurement.models import DemandMember, JointDemand
from procurement.models.alignment import key_of

PRIORITIES = {"must": "Must", "should": "Should", "": ""}


def open_members() -> QuerySet[DemandMember]:
    """The members that are read: open needs in current joint demands."""
    current = JointDemand.objects.current()
    return DemandMember.objects.filter(need__status=Need.Status.OPEN, demand__in=current)


def current_keys() -> dict[int, str]:
    """The key of each joint demand as its open members are now, by primary key. One query."""
    members: dict[int, list[tuple[str, int]]] = {}
    for demand_id, reference, revision in open_members().values_list("demand_id", "need__reference", "need__revision"):
        members.setdefault(demand_id, []).append((reference, revision))
    return {demand_id: key_of(listed) for demand_id, listed in members.items()}


def read(content: Mapping[str, Any]) -> Alignment:
    """The alignment as it was found, from what is stored."""
    return Alignment(
        owners=tuple(content["owners"]),
        common=tuple(map(_requirement, content["common"])),
        shared=tuple(map(_requirement, content["shared"])),
        specific=tuple((owner, _lines(lines)) for owner, lines in content["specific"]),
        standing=tuple(
            StandingTerm(each["topic"], _lines(each["lines"]), tuple(each["owners"])) for each in content["standing"]
        ),
    )


def _requirement(stored: Mapping[str, Any]) -> Requirement:
    differences = tuple(
        Difference(each["what"], tuple((written, tuple(owners)) for written, owners in each["values"]))
        for each in stored["differences"]
    )
    lists = {name: _lines(stored[name]) for name in ("lines", "against")}
    return Requirement(**{**stored, **lists, "owners": tuple(stored["owners"]), "differences": differences})


def _lines(stored: Iterable[Mapping[str, Any]]) -> tuple[Line, ...]:
    return tuple(Line(**each) for each in stored)
