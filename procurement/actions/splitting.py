"""Splitting a joint demand: chosen members become one of their own, under a new reference; the others keep theirs."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.exceptions import IllegalMove, NotAcceptable
from boroughs.models import Borough, Need, User
from boroughs.permissions import Permission
from procurement.actions import (
    alignments,
    answering,
    carrying,
    clusters,
    coalition_members,
    coalition_turn,
    demands,
    rereading,
    rulings,
)
from procurement.actions.demands import TITLE_LIMIT
from procurement.actions.rulings import APART, TOGETHER
from procurement.models import DemandMember, JointDemand, LineageEvent, Notice, ReviewAnswer
from procurement.queries.regrouping import Sides, sides

Kind = LineageEvent.Kind


@transaction.atomic
def split(
    *, demand: JointDemand, needs: Collection[Need], title: str, by: User, reason: str = ""
) -> tuple[ReviewAnswer, JointDemand | None]:
    """Split these needs off; the answer, and the joint demand that they have become.

    Every later run keeps the two sides apart, and those together that were chosen. A side of one borough is no joint
    demand: its needs are free, and the other side keeps the reference. Where both are, the joint demand is retired.
    """
    permissions.require(by, Permission.REVIEW_DEMANDS)
    rulings.take_turn(demand)
    both = _sides(demand, needs)
    title = " ".join(title.split())
    if both.makes_two and not 0 < len(title) <= TITLE_LIMIT:
        words = f"Enter a title of 1 to {TITLE_LIMIT} characters."
        raise NotAcceptable([words], {"title": [words]})
    if both.retires and Notice.objects.standing().filter(demand=demand).exists():
        raise IllegalMove(f"{demand.reference} has a notice. Withdraw it first, or discard a draft.")
    begun = answering.begin([demand.pk], with_standings=True)
    _lay(demand, both, by, reason)
    made = _make(demand, both, title, by) if both.makes_two else None
    _write(demand, made, both)
    if made is not None:
        _part(demand, made, both, by)
    # With some of the boroughs gone the lead may have gone, or all who are left may agree.
    settled = coalition_members.settle(demand, by=by)
    answer = answering.keep(
        begun,
        demand=demand,
        kind=ReviewAnswer.Kind.SPLIT,
        by=by,
        reason=reason,
        created=[made.pk] if made else [],
    )
    alignments.request()
    _record(demand, made, both, by, reason)
    _tell(demand, made, both, by)
    coalition_members.tell(demand, settled, besides=by)
    return answer, made


def _sides(demand: JointDemand, needs: Collection[Need]) -> Sides:
    if demand.status == JointDemand.Status.RETIRED:
        raise IllegalMove(f"{demand.reference} is retired; its needs have gone elsewhere.")
    members = dict(demand.members.values_list("need_id", "need__borough_id"))
    strangers = [need.reference for need in needs if need.pk not in members]
    if strangers:
        raise IllegalMove(f"{', '.join(sorted(strangers))} has left {demand.reference} meanwhile.")
    found = sides(members, {need.pk for need in needs})
    if not found.is_split:
        words = "Choose some of the needs, not all of them." if found.chosen else "Choose the needs to split off."
        raise NotAcceptable([words], {"needs": [words]})
    return found


def _lay(demand: JointDemand, both: Sides, by: User, reason: str) -> None:
    """The two sides apart; the chosen together; and of the rest those together whom a person had confirmed."""
    rest = list(demand.members.filter(need__in=both.rest, confirmed_at__isnull=False).select_related("need"))
    rulings.lay_many(demand, ((one, other) for one in both.chosen for other in both.rest), APART, by=by, reason=reason)
    chosen = list(demand.members.filter(need__in=both.chosen).select_related("need"))
    for side in (chosen, rest):
        if len({member.need.borough_id for member in side}) >= 2:
            to = rulings.anchor(side).need_id
            pairs = ((to, member.need_id) for member in side if member.need_id != to)
            rulings.lay_many(demand, pairs, TOGETHER, by=by, reason=reason)


def _make(demand: JointDemand, both: Sides, title: str, by: User) -> JointDemand:
    now = timezone.now()
    made = clusters.create(title=title, category=demand.category, terms=demand.terms)
    made.status, made.confirmed_at, made.confirmed_by, made.titled_by = JointDemand.Status.CONFIRMED, now, by, by
    made.save(update_fields=["status", "confirmed_at", "confirmed_by", "titled_by"])
    moving = DemandMember.objects.filter(need__in=both.chosen)
    moving.update(demand=made, **rereading.as_read())
    return made


def _write(demand: JointDemand, made: JointDemand | None, both: Sides) -> None:
    """Members and lineage of both."""
    now = timezone.now()
    leaving = both.rest if both.chosen_stays else both.chosen
    references = dict(Need.objects.filter(pk__in=[*both.chosen, *both.rest]).values_list("pk", "reference"))
    left = sorted(references[pk] for pk in (references if both.retires else leaving))
    if made is not None:
        LineageEvent.objects.create(demand=made, at=now, kind=Kind.SPLIT, other_reference=demand.reference, joined=left)
        LineageEvent.objects.create(demand=demand, at=now, kind=Kind.SPLIT, other_reference=made.reference, left=left)
        demands.judge(made)
    else:
        if both.chosen_stays:
            demand.members.filter(need__in=both.chosen).update(**rereading.as_read())
        demand.members.filter(need__reference__in=left).delete()
        LineageEvent.objects.create(demand=demand, at=now, kind=Kind.SHRANK, left=left)
    if both.retires:
        JointDemand.objects.filter(pk=demand.pk).update(
            status=JointDemand.Status.RETIRED, retired_at=now, updated_at=now
        )
        LineageEvent.objects.create(demand=demand, at=now, kind=Kind.RETIRED)
        demand.refresh_from_db()
    else:
        demands.judge(demand)


def _part(demand: JointDemand, made: JointDemand, both: Sides, by: User) -> None:
    going = Borough.objects.filter(pk__in=set(both.chosen.values()))
    carrying.part(demand, made, going, stay=set(both.rest.values()))
    carrying.keep_steps(made, {}, f"Came from {demand.reference}, from which this one was split off", by=by)


def _record(demand: JointDemand, made: JointDemand | None, both: Sides, by: User, reason: str) -> None:
    references = sorted(Need.objects.filter(pk__in=both.chosen).values_list("reference", flat=True))
    details: dict[str, object] = {"needs": references} | ({"reason": reason} if reason else {})
    other = {"other": made.reference} if made else {}
    audit.record(by=by, verb="split", noun="joint demand", reference=demand.reference, details=details | other)
    if made is not None:
        audit.record(
            by=by,
            verb="split off",
            noun="joint demand",
            reference=made.reference,
            details=details | {"other": demand.reference},
        )


def _tell(demand: JointDemand, made: JointDemand | None, both: Sides, by: User) -> None:
    named = coalition_turn.named(demand)
    if made is not None:
        words = f"{named} was split: some needs are in {coalition_turn.named(made)} now"
        for each in (demand, made):
            coalition_turn.tell(each, words, key=f"split {made.reference}", besides=by)
    elif both.retires:
        coalition_turn.tell(demand, f"{named} has ended: its needs do not belong together", key="ended", besides=by)
