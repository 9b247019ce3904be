"""How full a joint demand is: which boroughs have committed, deep enough, to what the terms ask for."""

from dataclasses import dataclass

from boroughs.models import Need
from procurement.models import Coalition, DemandMember, JointDemand, Participation

# The rungs on which boroughs can join, each holding those before it. Who only shares what it knows is watching.
DEPTHS = tuple(depth for depth in Need.Depth.values if depth != Need.Depth.INTELLIGENCE)


@dataclass(frozen=True)
class Quorum:
    # Boroughs by primary key: those whose commitment counts, and those that committed to less or have no open need.
    counted: frozenset[int]
    not_counted: frozenset[int]
    # How many it takes; None before terms are set.
    needed: int | None

    @property
    def is_reached(self) -> bool:
        return self.needed is not None and len(self.counted) >= self.needed

    @property
    def missing(self) -> int:
        """How many more it takes."""
        return max((self.needed or 0) - len(self.counted), 0)


def is_out_of_reach(coalition: Coalition, boroughs: int) -> bool:
    """Whether the terms that are to be decided on ask for more boroughs than have an open need."""
    return not coalition.outcome and coalition.quorum is not None and coalition.quorum > boroughs


def is_deep_enough(depth: str, wanted: str) -> bool:
    """Whether a borough that goes as far as `depth` goes as far as `wanted`; anything is, where nothing is wanted."""
    return not wanted or (depth in DEPTHS and DEPTHS.index(depth) >= DEPTHS.index(wanted))


def member_boroughs(demand: JointDemand) -> set[int]:
    """Boroughs with an open need in it, by primary key. One query."""
    members = DemandMember.objects.filter(demand=demand, need__status=Need.Status.OPEN)
    return set(members.values_list("need__borough_id", flat=True))


def quorum(coalition: Coalition) -> Quorum:
    """Two queries."""
    members = member_boroughs(coalition.demand)
    committed = Participation.objects.committed().filter(demand=coalition.demand_id).values_list("borough_id", "depth")
    return counted(coalition, dict(committed), members)


def counted(coalition: Coalition, committed: dict[int, str], members: set[int]) -> Quorum:
    """The same, of rows that are there already: how far each committed borough goes, and who has an open need."""
    counts = {
        borough for borough, depth in committed.items() if borough in members and is_deep_enough(depth, coalition.depth)
    }
    return Quorum(frozenset(counts), frozenset(committed.keys() - counts), coalition.quorum)
