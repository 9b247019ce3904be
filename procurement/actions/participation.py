"""Where boroughs stand on a joint demand: each says so for itself, step by step, and may go up or down.

Up to intending it is an editor's word, to commit and to leave a commitment an approver's. After the coalition's joining
date, whoever joins or leaves waits for the lead's yes.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from boroughs import permissions
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable
from boroughs.models import Borough, User
from boroughs.permissions import Permission
from procurement.actions import coalition_turn, lead_choice, next_versions
from procurement.actions.coalition_turn import Verb
from procurement.models import Coalition, JointDemand, Participation
from procurement.queries.leading import leads
from procurement.queries.quorum import DEPTHS, member_boroughs, quorum
from procurement.queries.sharing import belonging, members_of

Stage = Participation.Stage

COMMENT_LIMIT = 2000
# Stages that the others plan with: to come into these, or out of them, is to join or to leave.
COUNTED_ON = (Stage.INTENDING, Stage.COMMITTED)
# Stages that a person can choose.
CHOICES = (Stage.WATCHING, Stage.INTERESTED, Stage.INTENDING, Stage.COMMITTED, Stage.DECLINED)


@dataclass(frozen=True)
class Standing:
    """What a borough says: its stage, how far it goes (where it joins), why it declines (where it does)."""

    stage: Participation.Stage
    depth: str = ""
    reason: str = ""
    comment: str = ""


@transaction.atomic
def move(*, demand: JointDemand, borough: Borough, to: Standing, revision: int, by: User) -> Participation:
    """Say where the borough stands. `revision` is that of the row that the person read, 0 where there was none.

    After the joining date a move that joins or leaves is kept as a wish until the lead answers it. Raises
    PermissionRefused, NotAcceptable, IllegalMove, and ChangedMeanwhile where a colleague was first.
    """
    permissions.require(by, Permission.TAKE_PART, borough)
    coalition = coalition_turn.take(demand)
    row = _row(demand, borough, revision)
    if Stage.COMMITTED in (to.stage, row.stage):
        permissions.require(by, Permission.COMMIT, borough)
    _require_acceptable(to)
    _require_movable(demand, borough, coalition, row, to)
    if _needs_a_yes(coalition, row, to) and not leads(by, coalition):
        return _ask(coalition, row, to, by)
    return _apply(coalition, row, to, by=by, committed_by=by if to.stage == Stage.COMMITTED else None)


@transaction.atomic
def answer(*, demand: JointDemand, borough: Borough, allow: bool, revision: int, by: User) -> Participation:
    """The lead's answer to a borough that asked to join or to leave after the joining date."""
    coalition = coalition_turn.take(demand)
    coalition_turn.require_lead(coalition, by)
    row = _row(demand, borough, revision)
    if not row.asked_stage:
        raise IllegalMove(f"{borough.name} has not asked for anything that is still open.")
    to = Standing(Stage(row.asked_stage), row.asked_depth, row.asked_reason, row.comment)
    if allow:
        # Since it asked its need may have gone, or the joint purchase ended.
        _require_movable(demand, borough, coalition, row, to)
    asked_by = row.asked_by
    said = {"from_stage": row.stage, "to_stage": to.stage, "depth": to.depth, "reason": to.reason}
    coalition_turn.step(
        demand=demand, borough=borough, verb=Verb.ALLOWED if allow else Verb.REFUSED, by=by, comment="", **said
    )
    if allow:
        # It is the approver's commitment who asked, not the lead's.
        return _apply(coalition, row, to, by=by, committed_by=asked_by if to.stage == Stage.COMMITTED else None)
    coalition_turn.write(row, asked_stage="", asked_depth="", asked_reason="", asked_at=None, asked_by=None)
    coalition_turn.tell(
        demand,
        f"The lead of {coalition_turn.named(demand)} did not agree that {borough.name} moves to "
        f"“{to.stage.label.lower()}”",
        key=f"refused {row.pk} at {row.revision}",
        to=[borough.pk],
        besides=by,
    )
    return row


def _row(demand: JointDemand, borough: Borough, revision: int) -> Participation:
    """The borough's row, made where it has said nothing yet. Raises ChangedMeanwhile where it is not as it was read."""
    row = Participation.objects.select_related("asked_by").filter(demand=demand, borough=borough).first()
    if (row.revision if row else 0) != revision:
        raise ChangedMeanwhile(
            f"A colleague has changed where {borough.name} stands on {demand.reference} since you opened the page."
        )
    return row or Participation.objects.create(demand=demand, borough=borough, revision=0)


def _require_acceptable(to: Standing) -> None:
    problems = {}
    if to.stage not in CHOICES:
        problems["stage"] = "Say where the borough stands."
    if to.stage in Participation.JOINING and to.depth not in DEPTHS:
        problems["depth"] = "Say how far the borough would go together."
    if to.stage == Stage.DECLINED and to.reason not in Participation.DeclineReason.values:
        problems["reason"] = "Say why the borough declines."
    if len(to.comment) > COMMENT_LIMIT:
        problems["comment"] = f"The comment must be {COMMENT_LIMIT} characters or fewer."
    if problems:
        raise NotAcceptable(list(problems.values()), {name: [words] for name, words in problems.items()})


def _require_movable(
    demand: JointDemand, borough: Borough, coalition: Coalition, row: Participation, to: Standing
) -> None:
    if coalition.outcome == Coalition.Outcome.ENDED:
        raise IllegalMove(f"The joint purchase of {demand.reference} has ended. The lead can set new terms.")
    if borough.pk not in member_boroughs(demand):
        if to.stage != Stage.DECLINED:
            raise IllegalMove(f"{borough.name} has no open need in {demand.reference}, so it cannot take part.")
        # What it has said it may take back.
        if row.stage == Stage.SUGGESTED:
            raise IllegalMove(f"{borough.name} has no open need in {demand.reference}, so it has nothing to decline.")
    if (
        row.stage == to.stage
        and row.depth == (to.depth if to.stage in Participation.JOINING else "")
        and not row.asked_stage
    ):
        said = row.reason == to.reason and row.comment == to.comment
        if said or to.stage not in (Stage.DECLINED, *Participation.JOINING):
            raise IllegalMove(f"{borough.name} stands there already.")


def _needs_a_yes(coalition: Coalition, row: Participation, to: Standing) -> bool:
    """Whether the move joins or leaves, or changes a commitment, after the joining date or a decision."""
    closed = coalition.outcome or coalition.is_closed_to_joiners(timezone.localdate())
    joins_or_leaves = (row.stage in COUNTED_ON) != (to.stage in COUNTED_ON)
    changes_commitment = Stage.COMMITTED in (row.stage, to.stage)
    return bool(closed) and (joins_or_leaves or changes_commitment)


def _ask(coalition: Coalition, row: Participation, to: Standing, by: User) -> Participation:
    demand, borough = coalition.demand, row.borough
    coalition_turn.write(
        row,
        asked_stage=to.stage,
        asked_depth=to.depth if to.stage in Participation.JOINING else "",
        asked_reason=to.reason if to.stage == Stage.DECLINED else "",
        asked_at=timezone.now(),
        asked_by=by,
        comment=to.comment,
    )
    said = {"from_stage": row.stage, "to_stage": to.stage, "depth": row.asked_depth, "reason": row.asked_reason}
    coalition_turn.step(demand=demand, borough=borough, verb=Verb.ASKED, by=by, comment=to.comment, **said)
    if coalition.lead_id is not None:
        coalition_turn.tell(
            demand,
            f"{borough.name} asks to move to “{to.stage.label.lower()}” in {coalition_turn.named(demand)}",
            key=f"asked {row.pk} at {row.revision}",
            to=[coalition.lead_id],
            permission=Permission.COMMIT,
            besides=by,
        )
    return row


def _apply(
    coalition: Coalition, row: Participation, to: Standing, *, by: User, committed_by: User | None
) -> Participation:
    demand, borough, now = coalition.demand, row.borough, timezone.now()
    before = Stage(row.stage)
    was_reached = quorum(coalition).is_reached
    accepts = to.stage != Stage.DECLINED
    coalition_turn.write(
        row,
        stage=to.stage,
        depth=to.depth if to.stage in Participation.JOINING else "",
        reason="" if accepts else to.reason,
        comment=to.comment,
        accepted_at=(row.accepted_at or now) if accepts else None,
        asked_stage="",
        asked_depth="",
        asked_reason="",
        asked_at=None,
        asked_by=None,
        moved_at=now,
        moved_by=by,
        committed_by=committed_by,
        # Who does not join cannot lead.
        offered_at=row.offered_at if to.stage in Participation.JOINING else None,
        offer_note=row.offer_note if to.stage in Participation.JOINING else "",
    )
    said = {"from_stage": before, "to_stage": to.stage, "depth": row.depth, "reason": row.reason}
    coalition_turn.step(demand=demand, borough=borough, verb=Verb.MOVED, by=by, comment=to.comment, **said)
    # With one voice more or fewer the others may now all agree on a lead, or have none.
    settled = lead_choice.settle(coalition, by=by)
    _tell(coalition, row, before, was_reached, by)
    if accepts and before in (Stage.SUGGESTED, Stage.DECLINED):
        _tell_of_doubt(coalition, row, by)
    lead_choice.tell(coalition, settled, besides=by)
    if Stage.DECLINED in (before, to.stage):
        next_versions.request()
    return row


def _tell(coalition: Coalition, row: Participation, before: Participation.Stage, was_reached: bool, by: User) -> None:
    """The others hear of commitments, of leaving, and of the quorum; not of every step of somebody who looks on."""
    demand, name = coalition.demand, row.borough.name
    about = coalition_turn.named(demand)
    if row.stage == Stage.COMMITTED and before != Stage.COMMITTED:
        words = f"{name} has committed to {about}"
    elif before in COUNTED_ON and row.stage not in COUNTED_ON:
        words = f"{name} has stepped back from {about}: {row.get_stage_display().lower()}"
    else:
        return
    reached = quorum(coalition).is_reached
    if reached and not was_reached:
        words += ". The quorum is reached"
    elif was_reached and not reached:
        words += ". The quorum is no longer reached"
    coalition_turn.tell(demand, words, key=f"moved {row.pk} at {row.revision}", besides=by)


def _tell_of_doubt(coalition: Coalition, row: Participation, by: User) -> None:
    """The others hear of a borough that only its own word has brought in: what it reads of their needs, and when."""
    if belonging([row.borough_id], members_of(coalition.demand)):
        return
    coalition_turn.tell(
        coalition.demand,
        f"{row.borough.name} says that its need belongs in {coalition_turn.named(coalition.demand)}. It reads nothing "
        "of what yours asks for until an analyst has confirmed that",
        key=f"in doubt {row.pk} at {row.revision}",
        besides=by,
    )
