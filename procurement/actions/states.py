"""Joint demands with their members as they are at one moment, as JSON, and put back as they were.

Called by the actions on joint demands, inside their transaction.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from procurement.models import DemandMember, JointDemand

# The time of the last change goes back with the rest, so that the answer before can be taken back as well.
_DEMAND = ("status", "certainty", "confirmed_at", "confirmed_by_id", "retired_at", "merged_into_id", "updated_at")
# How it is called and held, which an answer about its needs leaves alone.
_OWN = ("title", "titled_by_id", "pinned_at", "pinned_by_id", "pin_reason")
_MEMBER = ("need_id", "strength", "band", "reasons", "confirmed_at", "confirmed_revision", "moved_at")
# What people see of it: a run that finds nothing new changes none of these.
_SEEN = ("id", "status", "confirmed_at", "merged_into_id")


def of(demand_ids: Iterable[int]) -> list[dict[str, Any]]:
    members = DemandMember.objects.order_by("need_id").values(*_MEMBER)
    return [
        {"id": row["id"]}
        | _plain({name: row[name] for name in _DEMAND})
        | {"members": [_plain(member) for member in members.filter(demand=row["id"])]}
        for row in JointDemand.objects.filter(pk__in=set(demand_ids)).order_by("pk").values("id", *_DEMAND)
    ]


def own(demand: JointDemand) -> dict[str, Any]:
    """How the joint demand is called and held."""
    return _plain(JointDemand.objects.values(*_OWN).get(pk=demand.pk))


def give_back(demand: JointDemand, own_then: Mapping[str, Any]) -> None:
    """Call and hold it as it was called and held then."""
    row = JointDemand.objects.filter(pk=demand.pk)
    row.update(**{name: own_then[name] for name in _OWN}, updated_at=timezone.now())
    demand.refresh_from_db()


def seen(states: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What people see of these states: their status, and who is in them."""
    return [
        {name: state[name] for name in _SEEN} | {"members": [member["need_id"] for member in state["members"]]}
        for state in states
    ]


def still(seen_then: Iterable[Mapping[str, Any]]) -> bool:
    """Whether they are as they were seen then. Needs that have joined since do not matter."""
    now = {state["id"]: state for state in seen(of(state["id"] for state in seen_then))}
    return all(
        {name: now[then["id"]][name] for name in _SEEN} == {name: then[name] for name in _SEEN}
        and set(then["members"]) <= set(now[then["id"]]["members"])
        for then in seen_then
    )


def times(demand_ids: Iterable[int]) -> list[list[Any]]:
    """When each of these joint demands was last changed, as it is stored with an answer."""
    rows = JointDemand.objects.filter(pk__in=set(demand_ids)).order_by("pk").values_list("pk", "updated_at")
    return [[pk, updated_at.isoformat()] for pk, updated_at in rows]


def restore(states: Iterable[Mapping[str, Any]]) -> None:
    """Put these joint demands back with exactly the members that they had."""
    many = list(states)
    DemandMember.objects.filter(demand__in=[state["id"] for state in many]).delete()
    # One that was taken in elsewhere since stays there.
    placed = set(DemandMember.objects.values_list("need_id", flat=True))
    _write(many, placed)


def bring_back(states: Iterable[Mapping[str, Any]]) -> None:
    """Put their members back, wherever they are; needs that have joined since stay where they joined."""
    many = list(states)
    needs = [member["need_id"] for state in many for member in state["members"]]
    DemandMember.objects.filter(need__in=needs).delete()
    _write(many, set())


def grown(states: Iterable[Mapping[str, Any]]) -> list[int]:
    """Those of these joint demands, brought back, that hold needs which they did not hold then. The others are what
    they were, and keep the time of their last change.
    """
    then = {state["id"]: {member["need_id"] for member in state["members"]} for state in states}
    rows = DemandMember.objects.filter(demand__in=then).values_list("demand_id", "need_id")
    return sorted({demand_id for demand_id, need_id in rows if need_id not in then[demand_id]})


def _write(states: Iterable[Mapping[str, Any]], placed: set[int]) -> None:
    for state in states:
        row = JointDemand.objects.filter(pk=state["id"])
        row.update(**{name: state[name] for name in _DEMAND if name in state})
        DemandMember.objects.bulk_create(
            DemandMember(demand_id=state["id"], **each) for each in state["members"] if each["need_id"] not in placed
        )


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON, times to the microsecond."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}
