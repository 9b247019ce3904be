"""Who is asked about a common requirement, and what keeps it from being agreed."""

from collections.abc import Iterable, Mapping

from boroughs.models import Borough, Need
from procurement.models import CommonRequirement, JointDemand, Participation, RequirementStance
from procurement.queries.sharing import belonging, members_of

Kind = RequirementStance.Kind

# Fewer have nothing to agree on.
LEAST = 2


def taking_part(demand: JointDemand) -> set[int]:
    """The boroughs whose word stands, by primary key: what one that has declined said before counts no more."""
    return set(Participation.objects.taking_part().filter(demand=demand).values_list("borough_id", flat=True))


def asked_boroughs(demand: JointDemand) -> dict[int, Borough]:
    """The boroughs whose word it takes: interested or further up, with an open need that belongs here. By primary key.
    Two queries, and one where `belonging` asks."""
    rows = Participation.objects.joining().filter(demand=demand).select_related("borough")
    joining = {row.borough_id: row.borough for row in rows}
    members = [each for each in members_of(demand) if each.need.status == Need.Status.OPEN]
    here = belonging(joining.keys() & {each.need.borough_id for each in members}, members)
    return {pk: borough for pk, borough in joining.items() if pk in here}


def hindrances(
    requirement: CommonRequirement, stances: Iterable[RequirementStance], asked: Mapping[int, str]
) -> tuple[str, ...]:
    """What keeps it from being agreed, in words that name the boroughs; `asked` are their names by primary key."""
    current = {stance.borough_id: stance.kind for stance in stances if stance.wording == requirement.wording}
    silent = sorted(name for pk, name in asked.items() if pk not in current)
    objecting = sorted(name for pk, name in asked.items() if current.get(pk) == Kind.OBJECTS)
    found = []
    if len(asked) < LEAST:
        found.append("At least two boroughs have to be interested, or further, before anything can be agreed.")
    if requirement.open_clashes:
        found.append("Its clash is not settled.")
    if silent:
        found.append(f"Not answered yet: {_listed(silent)}.")
    if objecting:
        found.append(f"Not accepted: {_listed(objecting)}.")
    return tuple(found)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
