"""What boroughs have said goes along when their needs go to another joint demand: in a merger, by a person or by a run,
and in a split. Nothing that a borough said is lost, and nothing is said for it.

Called inside the transaction of the merger or the split. Steps that were taken stay in the record of the joint demand
where they were taken. Offers to lead, votes on them and wishes that wait for a lead's yes go: they were for other
company. So does the answer of a borough that said no to one joint demand and yes to the other: it is asked anew, and
nobody reads more of its need until it has accepted this one.
"""

from collections.abc import Collection

from django.db.models import Max
from django.utils import timezone

from boroughs.models import Borough
from boroughs.permissions import Actor
from procurement.actions import coalition_turn
from procurement.actions.coalition_turn import Verb
from procurement.models import (
    Coalition,
    CommonRequirement,
    JointDemand,
    LeadVote,
    Participation,
    RequirementWording,
)

Stage = Participation.Stage

# Of two that one borough said, the later in this row counts.
_FURTHER = (Stage.SUGGESTED, Stage.DECLINED, Stage.WATCHING, Stage.INTERESTED, Stage.INTENDING, Stage.COMMITTED)
_TERMS = (
    "quorum",
    "depth",
    "decision_date",
    "joining_closes_date",
    "if_missed",
    "extended_at",
    "outcome",
    "outcome_at",
    "start_date",
)
# Nothing asked of a lead.
_NO_WISH: dict[str, object] = {
    "asked_stage": "",
    "asked_depth": "",
    "asked_reason": "",
    "asked_at": None,
    "asked_by": None,
}
# Nothing answered yet.
_UNANSWERED: dict[str, object] = {
    "stage": Stage.SUGGESTED,
    "depth": "",
    "reason": "",
    "comment": "",
    "accepted_at": None,
    "committed_by": None,
    "offered_at": None,
    "offer_note": "",
}
_SAID = ("stage", "depth", "reason", "comment", "accepted_at", "moved_at", "moved_by", "committed_by")


def merge(source: JointDemand, target: JointDemand, *, by: Actor) -> None:
    """`source` is retired and its address leads to `target`, where all counts that was said on it.

    Of a borough that stands in both the further stage counts, unless it said no to one of them. Terms go along where
    `target` has none and they have not ended, its lead where nobody joins `target` yet. Common requirements get new
    numbers, and are to be agreed by all.
    """
    now = timezone.now()
    JointDemand.objects.filter(pk=source.pk).update(
        status=JointDemand.Status.RETIRED, retired_at=now, updated_at=now, merged_into=target
    )
    source.refresh_from_db()
    _merge_standings(source, target, by)
    _merge_requirements(source, target)


def tell(source: JointDemand, target: JointDemand, *, by: Actor) -> None:
    """Tell those that take part of a merger. Call it last."""
    named = coalition_turn.named
    coalition_turn.tell(
        target,
        f"{named(source)} was merged into {named(target)}: what your borough said counts there",
        key=f"merged {source.reference}",
        besides=by,
    )


def tell_ended(demand: JointDemand) -> None:
    """Tell those that take part that needs of two boroughs are no longer there. Call it last."""
    coalition_turn.tell(
        demand, f"{coalition_turn.named(demand)} has ended: needs of two boroughs are no longer in it", key="ended"
    )


def part(source: JointDemand, target: JointDemand, going: Collection[Borough], *, stay: Collection[int]) -> None:
    """What these boroughs said on `source` is said on `target`, too; on `source` only where they `stay` in it."""
    rows = Participation.objects.filter(demand=source, borough__in=going).select_related("borough").order_by("pk")
    if not rows:
        return
    _coalition(source)
    _coalition(target)
    for row in rows:
        LeadVote.objects.filter(demand=source, borough=row.borough).exclude(borough__in=stay).delete()
        if row.borough_id in stay:
            Participation.objects.create(
                demand=target, borough=row.borough, **{each: getattr(row, each) for each in _SAID}
            )
        else:
            coalition_turn.write(row, demand=target, offered_at=None, offer_note="", **_NO_WISH)


def keep_steps(target: JointDemand, before: dict[int, str], why: str, *, by: Actor) -> None:
    """A step in the record of `target` for each borough that stands elsewhere there than `before`, by primary key."""
    for row in Participation.objects.filter(demand=target).select_related("borough").order_by("pk"):
        was = before.get(row.borough_id, "")
        if row.stage != (was or Stage.SUGGESTED):
            coalition_turn.step(
                demand=target,
                borough=row.borough,
                verb=Verb.MOVED,
                by=by,
                from_stage=was,
                to_stage=row.stage,
                depth=row.depth,
                reason=row.reason,
                comment=why,
            )


def stages(demand: JointDemand) -> dict[int, str]:
    """Where each borough stands, by primary key."""
    return dict(Participation.objects.filter(demand=demand).values_list("borough_id", "stage"))


def has_something(demands: Collection[JointDemand]) -> set[int]:
    """Those of the joint demands, by primary key, on which anything was said or worded. Three queries."""
    found: set[int] = set()
    for model in (Participation, Coalition, CommonRequirement, RequirementWording):
        found |= set(model._default_manager.filter(demand__in=demands).values_list("demand_id", flat=True))
    return found


def _merge_standings(source: JointDemand, target: JointDemand, by: Actor) -> None:
    left = Coalition.objects.select_related("lead").filter(demand=source).first()
    theirs = list(Participation.objects.filter(demand=source).select_related("borough").order_by("pk"))
    if left is None and not theirs:
        return
    ours = {row.borough_id: row for row in Participation.objects.filter(demand=target)}
    before = stages(target)
    # The turn of both: a borough that says something at this moment waits, and is then refused in words.
    _coalition(source)
    coalition = _coalition(target)
    nobody_joins = not any(row.stage in Participation.JOINING for row in ours.values())
    LeadVote.objects.filter(demand=source).delete()
    for row in theirs:
        _move(row, ours.get(row.borough_id), target)
    keep_steps(target, before, f"Came from {source.reference}, which was merged into this one", by=by)
    if left is not None:
        _merge_terms(left, coalition, source, nobody_joins, by)


def _move(row: Participation, ours: Participation | None, target: JointDemand) -> None:
    if ours is not None and _is_torn(Stage(row.stage), Stage(ours.stage)):
        row.delete()
        coalition_turn.write(ours, **_UNANSWERED, **_NO_WISH)
        return
    if ours is not None and _FURTHER.index(Stage(ours.stage)) >= _FURTHER.index(Stage(row.stage)):
        row.delete()
        return
    offered: dict[str, object] = {"offered_at": None, "offer_note": ""}
    if ours is not None:
        offered = {"offered_at": ours.offered_at, "offer_note": ours.offer_note}
        row.revision = max(row.revision, ours.revision)
        ours.delete()
    coalition_turn.write(row, demand=target, **offered, **_NO_WISH)


def _is_torn(one: Participation.Stage, other: Participation.Stage) -> bool:
    """Whether a borough said no to one of two joint demands and yes to the other."""
    return one != other and Stage.DECLINED in (one, other) and Stage.SUGGESTED not in (one, other)


def _merge_terms(left: Coalition, coalition: Coalition, source: JointDemand, nobody_joins: bool, by: Actor) -> None:
    columns: dict[str, object] = {}
    # Those that the others never had would end what they are about to decide.
    if coalition.quorum is None and left.quorum is not None and left.outcome != Coalition.Outcome.ENDED:
        columns |= {name: getattr(left, name) for name in _TERMS}
    if left.lead is not None:
        if coalition.lead_id is None and nobody_joins:
            columns |= {"lead_id": left.lead_id, "lead_agreed_at": left.lead_agreed_at}
        else:
            coalition_turn.step(
                demand=source, borough=left.lead, verb=Verb.LEFT_LEAD, by=by, candidate_slug=left.lead.slug
            )
        Coalition.objects.filter(pk=left.pk).update(lead=None, lead_agreed_at=None)
    if columns:
        Coalition.objects.filter(pk=coalition.pk).update(revision=coalition.revision + 1, **columns)


def _merge_requirements(source: JointDemand, target: JointDemand) -> None:
    last = CommonRequirement.objects.filter(demand=target).aggregate(number=Max("number"), position=Max("position"))
    number, position = last["number"] or 0, last["position"] or 0
    now = timezone.now()
    for place, row in enumerate(CommonRequirement.objects.filter(demand=source).by_position(), start=1):
        row.demand = target
        row.number, row.position = number + place, position + place
        # What was dropped stays dropped: drafting on `target` must not bring it back.
        if row.status != CommonRequirement.Status.DROPPED:
            row.status, row.agreed_at, row.agreed_by = CommonRequirement.Status.PROPOSED, None, None
        row.revision += 1
        row.updated_at = now
        row.save(
            update_fields=[
                "demand",
                "number",
                "position",
                "status",
                "agreed_at",
                "agreed_by",
                "revision",
                "updated_at",
            ]
        )
        row.wordings.update(demand=target)
    # A proposal for a requirement of its own that nobody has answered yet.
    open_wordings = RequirementWording.objects.filter(demand=source, status=RequirementWording.Status.PROPOSED)
    open_wordings.filter(requirement=None).update(demand=target)


def _coalition(demand: JointDemand) -> Coalition:
    """Its row, locked until the end of the transaction; made where there is none."""
    now = timezone.now()
    row, _ = Coalition.objects.get_or_create(demand=demand, defaults={"updated_at": now})
    Coalition.objects.filter(pk=row.pk).update(updated_at=now)
    return Coalition.objects.get(pk=row.pk)
