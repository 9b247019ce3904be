"""Who leads: boroughs offer, the others agree, and the one that all agree to leads.

Those who are asked are the boroughs that join - interested, intending or committed, with an open need - but for the
candidate itself. What each said is kept. Once all of them agree, the candidate leads from that moment; a borough that
leads steps down by no longer joining, or where the others agree to another one. Without an open need in the joint
demand nobody leads: it steps down by itself.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from boroughs import permissions
from boroughs.exceptions import IllegalMove, NotAcceptable
from boroughs.models import Borough, User
from boroughs.permissions import MATCHER, Actor, Permission
from procurement.actions import coalition_turn
from procurement.actions.coalition_turn import Verb
from procurement.models import Coalition, JointDemand, LeadVote, Participation, ParticipationStep
from procurement.queries.quorum import member_boroughs
from procurement.queries.sharing import belonging, members_of

NOTE_LIMIT = 2000


@dataclass(frozen=True)
class Settled:
    """What followed: who leads no longer because its last need has gone, and who leads who did not before."""

    left: Borough | None = None
    leads: Borough | None = None


@transaction.atomic
def offer(*, demand: JointDemand, borough: Borough, note: str = "", by: User) -> Participation:
    """The borough offers to lead. An approver's act, of a borough that joins."""
    permissions.require(by, Permission.COMMIT, borough)
    coalition = coalition_turn.take(demand)
    row = _joining(coalition, borough)
    _require_need(coalition, borough)
    if not belonging([borough.pk], members_of(demand)):
        raise IllegalMove(f"{borough.name} cannot offer to lead before an analyst has confirmed that its need belongs.")
    if row.offered_at is not None or coalition.lead_id == borough.pk:
        raise IllegalMove(f"{borough.name} has offered to lead already.")
    _require_short(note)
    coalition_turn.write(row, offered_at=timezone.now(), offer_note=note.strip())
    coalition_turn.step(demand=demand, borough=borough, verb=Verb.OFFERED, by=by, comment=row.offer_note)
    settled = settle(coalition, by=by)
    tell(coalition, settled, besides=by)
    coalition_turn.tell(
        demand,
        f"{borough.name} offers to lead {coalition_turn.named(demand)}; the others are asked whether they agree",
        key=f"offered {row.pk} at {row.revision}",
        permission=Permission.COMMIT,
        besides=by,
    )
    return row


@transaction.atomic
def take_back(*, demand: JointDemand, borough: Borough, by: User) -> Participation:
    """Take the offer back before all have agreed. What the others had said to it is gone with it."""
    permissions.require(by, Permission.COMMIT, borough)
    coalition = coalition_turn.take(demand)
    row = _joining(coalition, borough)
    if row.offered_at is None or coalition.lead_id == borough.pk:
        raise IllegalMove(f"{borough.name} has no open offer to lead.")
    coalition_turn.write(row, offered_at=None, offer_note="")
    LeadVote.objects.filter(demand=demand, candidate=borough).delete()
    coalition_turn.step(demand=demand, borough=borough, verb=Verb.TOOK_BACK, by=by)
    return row


@transaction.atomic
def vote(
    *, demand: JointDemand, candidate: Borough, borough: Borough, agrees: bool, note: str = "", by: User
) -> LeadVote:
    """What `borough` says to `candidate` leading: an approver's word, which can be changed until all have agreed."""
    permissions.require(by, Permission.COMMIT, borough)
    coalition = coalition_turn.take(demand)
    _joining(coalition, borough)
    offered = _joining(coalition, candidate)
    for each in (borough, candidate):
        _require_need(coalition, each)
    if candidate.pk == borough.pk:
        raise IllegalMove("A borough does not vote on itself.")
    if offered.offered_at is None or coalition.lead_id == candidate.pk:
        raise IllegalMove(f"{candidate.name} has no open offer to lead.")
    _require_short(note)
    given, _ = LeadVote.objects.update_or_create(
        demand=demand,
        candidate=candidate,
        borough=borough,
        defaults={"agrees": agrees, "note": note.strip(), "given_at": timezone.now(), "given_by": by},
    )
    coalition_turn.step(
        demand=demand,
        borough=borough,
        verb=Verb.AGREED if agrees else Verb.OBJECTED,
        by=by,
        candidate_slug=candidate.slug,
        comment=given.note,
    )
    tell(coalition, settle(coalition, by=by), besides=by)
    return given


def settle(coalition: Coalition, *, by: Actor) -> Settled:
    """Write down what follows from who joins and who agreed: a lead that no longer joins, or has no open need here any
    more, leads no longer, and a candidate whom all agree to leads. In the caller's turn.
    """
    rows = Participation.objects.joining().filter(demand=coalition.demand).select_related("borough")
    joining = {row.borough_id: row for row in rows.order_by("offered_at", "pk")}
    votes = LeadVote.objects.filter(demand=coalition.demand)
    # Who comes back later is asked anew. What was said stands in the steps.
    votes.exclude(borough__in=joining, candidate__in=joining).delete()
    # Who has no need here any more is not waited for, and leads nobody.
    members = member_boroughs(coalition.demand)
    asked = joining.keys() & members
    left = None
    if coalition.lead is not None and coalition.lead_id not in members:
        left = coalition.lead
        # Nobody has said so: it follows.
        _step_down(coalition, MATCHER, why=ParticipationStep.NO_NEED)
    elif coalition.lead is not None and coalition.lead_id not in joining:
        _step_down(coalition, by)
    agreed = _agreed(coalition.demand)
    for borough_id, row in joining.items():
        others = asked - {borough_id}
        if row.offered_at is None or borough_id not in asked or borough_id == coalition.lead_id or not others:
            continue
        if others <= agreed.get(borough_id, set()):
            _lead(coalition, row, by)
            return Settled(left, row.borough)
    return Settled(left)


def tell(coalition: Coalition, settled: Settled, *, besides: Actor | None = None) -> None:
    """Tell those that take part who leads no longer, and who leads now. Call it last."""
    demand, at = coalition.demand, coalition.revision
    if settled.left is not None:
        part = Participation.objects.taking_part().filter(demand=demand).values_list("borough_id", flat=True)
        coalition_turn.tell(
            demand,
            f"{settled.left.name} leads {coalition_turn.named(demand)} no longer: it has no open need in it any more",
            key=f"leads no longer {settled.left.pk} at {at}",
            to=[*part, settled.left.pk],
        )
    if settled.leads is not None:
        coalition_turn.tell(
            demand,
            f"{settled.leads.name} leads {coalition_turn.named(demand)}: all have agreed",
            key=f"leads {settled.leads.pk} at {at}",
            besides=besides,
        )


def _agreed(demand: JointDemand) -> dict[int, set[int]]:
    """By candidate, who agrees."""
    found: dict[int, set[int]] = {}
    for candidate, borough in LeadVote.objects.filter(demand=demand, agrees=True).values_list(
        "candidate_id", "borough_id"
    ):
        found.setdefault(candidate, set()).add(borough)
    return found


def _step_down(coalition: Coalition, by: Actor, *, why: str = "") -> None:
    lead = coalition.lead
    if lead is None:
        return
    LeadVote.objects.filter(demand=coalition.demand, candidate=lead).delete()
    _write_lead(coalition, None)
    coalition_turn.step(
        demand=coalition.demand, borough=lead, verb=Verb.LEFT_LEAD, by=by, candidate_slug=lead.slug, reason=why
    )


def _lead(coalition: Coalition, row: Participation, by: Actor) -> None:
    _step_down(coalition, by)
    _write_lead(coalition, row.borough)
    coalition_turn.write(row, offered_at=None)
    coalition_turn.step(
        demand=coalition.demand, borough=row.borough, verb=Verb.LEADS, by=by, candidate_slug=row.borough.slug
    )


def _write_lead(coalition: Coalition, lead: Borough | None) -> None:
    coalition.lead = lead
    coalition.lead_agreed_at = timezone.now() if lead else None
    coalition.revision += 1
    coalition.save(update_fields=["lead", "lead_agreed_at", "revision"])


def _joining(coalition: Coalition, borough: Borough) -> Participation:
    row = Participation.objects.joining().filter(demand=coalition.demand, borough=borough).first()
    if row is None:
        raise IllegalMove(f"{borough.name} has to be interested in {coalition.demand.reference}, or further, first.")
    return row


def _require_need(coalition: Coalition, borough: Borough) -> None:
    if borough.pk not in member_boroughs(coalition.demand):
        raise IllegalMove(
            f"{borough.name} has no open need in {coalition.demand.reference}, so it has no say in who leads."
        )


def _require_short(note: str) -> None:
    if len(note) > NOTE_LIMIT:
        words = f"The note must be {NOTE_LIMIT} characters or fewer."
        raise NotAcceptable([words], {"note": [words]})
