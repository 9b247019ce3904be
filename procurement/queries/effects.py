"""What an answer has changed, in words, at once: the next run has nothing to add to it."""

from collections import defaultdict

from procurement.models import DemandMember, JointDemand, ReviewAnswer

Status = JointDemand.Status


def effect(answer: ReviewAnswer) -> str:
    """Of the joint demands that it touched: "2 needs moved. JD-0004 now has 5 boroughs and 7 needs." Two queries."""
    if answer.kind == ReviewAnswer.Kind.NOT_SURE:
        return "It comes after the others, until something about it changes."
    states = {state["id"]: state for state in answer.before["demands"]}
    was = {member["need_id"]: pk for pk, state in states.items() for member in state["members"]}
    touched = [*states, *answer.before.get("created", ())]
    members: dict[int, list[tuple[int, int]]] = defaultdict(list)
    rows = DemandMember.objects.filter(demand__in=touched).values_list("demand_id", "need_id", "need__borough_id")
    for pk, need_id, borough_id in rows:
        members[pk].append((need_id, borough_id))
    now = {need_id: pk for pk, listed in members.items() for need_id, _ in listed}
    moved = sum(was.get(need) != now.get(need) for need in was.keys() | now.keys())
    parts = [f"{_counted(moved, 'need')} moved."] if moved else []
    for demand in JointDemand.objects.filter(pk__in=touched).select_related("merged_into").by_reference():
        before = states.get(demand.pk)
        is_same = before is not None and {each["need_id"] for each in before["members"]} == {
            need for need, _ in members[demand.pk]
        }
        parts.append(_said(demand, members[demand.pk], is_same and before is not None and before["status"]))
    return " ".join(part for part in parts if part)


def _said(demand: JointDemand, members: list[tuple[int, int]], same_as: str | bool) -> str:
    """`same_as` is the status it had where its members are what they were."""
    if demand.merged_into is not None:
        return f"{demand.reference} is part of {demand.merged_into.reference} now."
    if demand.status == Status.RETIRED:
        return f"{demand.reference} is retired: it was left with one borough."
    boroughs = _counted(len({borough for _, borough in members}), "borough")
    if same_as:
        if same_as == demand.status or demand.status != Status.CONFIRMED:
            return ""
        return f"{demand.reference} is settled, with {boroughs} and {_counted(len(members), 'need')}."
    return f"{demand.reference} now has {boroughs} and {_counted(len(members), 'need')}."


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
