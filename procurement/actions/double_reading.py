"""What people say in a double reading, and what comes of it once enough have said it.

An opinion changes nothing by itself. When everything that is asked about a joint demand is settled, all of it takes
effect at once, as answers in the review queue (actions/review.py) in the name of whoever gave the last opinion, or put
them into effect where none was the last. Whoever it is can take them back there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.exceptions import IllegalMove, LotiError
from boroughs.models import Need, User
from boroughs.permissions import Permission
from procurement.actions import merging, rereading, review, rulings
from procurement.models import DemandMember, JointDemand, Opinion, ReviewAnswer
from procurement.models.opinion import OpinionQuerySet
from procurement.queries.double_reading import DoubleReading, Line, double_reading, last_read

Kind = ReviewAnswer.Kind


@dataclass(frozen=True)
class Effect:
    """What changed, by reference."""

    # Needs.
    left: tuple[str, ...]
    joined: tuple[str, ...]
    # Whether the joint demand, or the one that is left, is confirmed. A pinned one is not by what went into it.
    is_confirmed: bool
    # Joint demands that were said to be the same, and where they made one, the one that is left: the oldest of them.
    same: tuple[str, ...] = ()
    survivor: str = ""


@dataclass(frozen=True)
class Given:
    """What became of the answers of one person about one joint demand."""

    # References of what is not asked about any more; what was said of them is not kept.
    overtaken: tuple[str, ...]
    # Of how much that the person is asked about they said nothing.
    left: int
    # Where all is said: what took effect.
    effect: Effect | None
    # Where all is said and could not take effect: why, in words.
    hindrance: str = ""


def give(*, demand: JointDemand, belongs: Mapping[str, bool], by: User) -> Given:
    """Keep what one person says, by what they were shown (`Line.shown`), and rule where all is said with it.

    Raises IllegalMove where nothing of it is asked any more. What is said is kept before anybody looks whether all is:
    of two people who give the last opinions at once, the later one sees both.
    """
    left, overtaken = _keep(demand, belongs, by)
    try:
        return Given(overtaken, left, put_into_effect(demand=demand, by=by))
    except LotiError as refusal:
        return Given(overtaken, left, None, str(refusal))


@transaction.atomic
def _keep(demand: JointDemand, belongs: Mapping[str, bool], by: User) -> tuple[int, tuple[str, ...]]:
    """How much is still to be asked, and of what nothing was kept."""
    permissions.require(by, Permission.REVIEW_DEMANDS)
    reading = double_reading(demand, by)
    asked = reading.asked if reading else ()
    said = {line.reference: line for line in asked if line.shown in belongs}
    if not said:
        raise IllegalMove(
            f"{demand.reference} has changed or is decided, or you have answered already. Nothing was saved."
        )
    now = timezone.now()
    about: list[tuple[str, dict[str, Any]]] = [
        *((need.reference, {"need": need}) for need in Need.objects.filter(reference__in=said)),
        *((other.reference, {"other": other}) for other in JointDemand.objects.filter(reference__in=said)),
    ]
    Opinion.objects.bulk_create(
        (
            Opinion(
                demand=demand,
                given_by=by,
                given_at=now,
                belongs=belongs[said[reference].shown],
                probability=said[reference].probability,
                revision=said[reference].revision,
                turn=said[reference].turn,
                **what,
            )
            for reference, what in about
        ),
        ignore_conflicts=True,
    )
    # Neither what was said, which others who read it are not to know, nor of which needs: the trail of a joint demand
    # is read by boroughs, who are not to know what is suggested.
    audit.record(by=by, verb="read", noun="joint demand", reference=demand.reference, details={"answers": len(said)})
    overtaken = {shown.partition(":")[0] for shown in belongs} - set(said)
    return len(asked) - len(said), tuple(sorted(overtaken))


@transaction.atomic
def put_into_effect(*, demand: JointDemand, by: User) -> Effect | None:
    """Rule what was said, where it is all said; None where it is not. Raises what the rulings raise, and rules nothing.

    Who joins does so first, so that a joint demand is not given up for those who leave it. A merger comes last, and is
    taken back first: a run that finds nothing new is no obstacle to that. But where one borough alone would stay it
    comes before they leave.
    """
    permissions.require(by, Permission.REVIEW_DEMANDS)
    if _decided(demand, by) is None:
        return None
    # Two people may have given the last opinion at once: the other has had their turn, or waits for it.
    rulings.take_turn(demand)
    # Who takes back what they said has done so before, or finds it in effect.
    _locked(Opinion.objects.filter(demand=demand))
    reading = _decided(demand, by)
    if reading is None:
        return None
    needs = {
        need.reference: need for need in Need.objects.filter(reference__in=[each.reference for each in reading.lines])
    }
    joins = [line for line in reading.lines if line.verdict and not line.is_member and not line.is_demand]
    same = [line for line in reading.lines if line.verdict and line.is_demand]
    _require_not_kept_apart(demand, same, [needs[line.reference] for line in joins])
    leaves = [line for line in reading.lines if not line.verdict and line.is_member]
    for line in joins:
        review.answer(demand=demand, kind=Kind.ACCEPTED, need=needs[line.reference], by=by, reason=_said(line))
    survivor, last = demand, same
    if not _stays_joint(demand, leaves):
        survivor, last = _merge(demand, same, by), []
    _take_out([(needs[line.reference], _said(line)) for line in leaves], survivor, by)
    _confirm(survivor, by)
    survivor = _merge(survivor, last, by)
    is_confirmed = survivor.status == JointDemand.Status.CONFIRMED
    Opinion.objects.filter(demand=demand, closed_at=None).update(closed_at=timezone.now())
    return Effect(_names(leaves), _names(joins), is_confirmed, _names(same), survivor.reference if same else "")


def _require_not_kept_apart(demand: JointDemand, same: list[Line], joins: list[Need]) -> None:
    """That two belong here was asked of each by itself: it does not overrule who said that the two are different."""
    members = DemandMember.objects.filter(demand__reference__in=_names(same))
    place = dict(members.values_list("need", "demand__reference")) | {each.pk: each.reference for each in joins}
    for pair in rulings.apart_between(place, place).order_by("pk").values_list("first", "second"):
        one, other = sorted(place[need] for need in pair)
        if one != other:
            raise IllegalMove(
                f"{one} and {other} were both said to belong to {demand.reference}, and are ruled to be kept apart."
            )


def _stays_joint(demand: JointDemand, leaves: list[Line]) -> bool:
    staying = demand.members.exclude(need__reference__in=_names(leaves))
    return staying.values("need__borough").distinct().count() > 1


def _confirm(demand: JointDemand, by: User) -> None:
    """Where it is still there and not settled yet."""
    demand.refresh_from_db()
    if demand.status != JointDemand.Status.RETIRED and not _is_settled(demand):
        review.answer(demand=demand, kind=Kind.CONFIRMED, by=by, reason="Double reading.")


def _merge(demand: JointDemand, same: list[Line], by: User) -> JointDemand:
    """All of them in one: the one that is left."""
    said = {line.reference: _said(line) for line in same}
    survivor = demand
    for other in JointDemand.objects.filter(reference__in=said).order_by("pk"):
        _, survivor = merging.merge(demand=survivor, other=other, by=by, reason=said[other.reference])
    return survivor


def _take_out(leaving: list[tuple[Need, str]], demand: JointDemand, by: User) -> None:
    """The needs with what was said of each. Kept apart from those who stay, and not from each other: whether they
    belong together was not asked. Where nobody stays, from the strongest of them, or the next run would propose the
    same again.
    """
    members = list(demand.members.select_related("need"))
    gone = {need.pk for need, _ in leaving}
    staying = [member for member in members if member.need_id not in gone]
    kept_from = rulings.anchor(staying or members).need_id if members else None
    free = frozenset(gone - {kept_from})
    for need, reason in sorted(leaving, key=lambda each: each[0].pk == kept_from):
        if demand.members.filter(need=need).exists():
            review.answer(demand=demand, kind=Kind.REMOVED, need=need, by=by, reason=reason, leaving=free)


@transaction.atomic
def take_back(*, by: User) -> JointDemand:
    """Take back what this person said last, of one joint demand, while it has not taken effect."""
    permissions.require(by, Permission.REVIEW_DEMANDS)
    last = last_read(by)
    rows = _locked(Opinion.objects.filter(given_by=by, demand=last.demand, given_at=last.given_at)) if last else []
    if last is None or not rows:
        raise IllegalMove(
            "You have read nothing that could be taken back. What has taken effect is in the review queue."
        )
    Opinion.objects.filter(pk__in=rows).delete()
    audit.record(by=by, verb="take back reading", noun="joint demand", reference=last.demand.reference)
    return last.demand


def _locked(rows: OpinionQuerySet) -> list[int]:
    """Those of them that are not in effect, held until the end: nobody else closes them or takes them back."""
    return list(rows.filter(closed_at=None).select_for_update().order_by("pk").values_list("pk", flat=True))


def _decided(demand: JointDemand, by: User) -> DoubleReading | None:
    reading = double_reading(demand, by)
    return reading if reading and reading.is_decided else None


def _is_settled(demand: JointDemand) -> bool:
    return demand.status == JointDemand.Status.CONFIRMED and not rereading.unread(demand.members.all()).exists()


def _said(line: Line) -> str:
    what = "is the same requirement" if line.is_demand else "belongs"
    return f"Double reading: {line.yes} of {len(line.given)} answers said that it {what}."


def _names(lines: list[Line]) -> tuple[str, ...]:
    return tuple(sorted(line.reference for line in lines))
