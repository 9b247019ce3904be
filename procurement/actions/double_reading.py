"""What people say in a double reading, and what comes of it once enough have said it.

An opinion changes nothing by itself. When everything that is asked about a joint demand is settled, all of it takes
effect at once, as answers in the review queue (actions/review.py) in the name of whoever gave the last opinion, who can
take them back there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.exceptions import IllegalMove, LotiError
from boroughs.models import Need, User
from boroughs.permissions import Permission
from procurement.actions import rereading, review, rulings
from procurement.models import JointDemand, Opinion, ReviewAnswer
from procurement.queries.double_reading import DoubleReading, Line, double_readings

Kind = ReviewAnswer.Kind


@dataclass(frozen=True)
class Effect:
    """References of needs."""

    left: tuple[str, ...]
    joined: tuple[str, ...]
    # Whether the joint demand is confirmed with it.
    is_confirmed: bool


@dataclass(frozen=True)
class Given:
    """What became of the answers of one person about one joint demand."""

    # References of needs that are not asked about any more; what was said of them is not kept.
    overtaken: tuple[str, ...]
    # How many needs the person is still to be asked about.
    left: int
    # Where all is said: what took effect.
    effect: Effect | None
    # Where all is said and could not take effect: why, in words.
    hindrance: str = ""


@transaction.atomic
def give(*, demand: JointDemand, belongs: Mapping[str, bool], by: User) -> Given:
    """Keep what one person says of needs, by reference. Raises IllegalMove where nothing of it is asked any more."""
    permissions.require(by, Permission.REVIEW_DEMANDS)
    asked = {line.reference: line for line in _asked(demand, by)}
    said = {name: yes for name, yes in belongs.items() if name in asked}
    if not said:
        raise IllegalMove(f"{demand.reference} is decided, or you have answered already. Nothing was kept.")
    now = timezone.now()
    needs = {need.reference: need for need in Need.objects.filter(reference__in=said)}
    Opinion.objects.bulk_create(
        (
            Opinion(
                demand=demand,
                need=needs[name],
                given_by=by,
                given_at=now,
                belongs=yes,
                probability=asked[name].probability,
                revision=needs[name].revision,
                turn=1 + sum(who == by.pk for who, _ in asked[name].given),
            )
            for name, yes in said.items()
        ),
        ignore_conflicts=True,
    )
    # Not what was said: others who read it are not to know.
    audit.record(by=by, verb="read", noun="joint demand", reference=demand.reference, details={"needs": sorted(said)})
    left = len(asked) - len(said)
    overtaken = tuple(sorted(set(belongs) - set(said)))
    try:
        return Given(overtaken, left, put_into_effect(demand=demand, by=by))
    except LotiError as refusal:
        return Given(overtaken, left, None, str(refusal))


@transaction.atomic
def put_into_effect(*, demand: JointDemand, by: User) -> Effect | None:
    """Rule what was said, where it is all said; None where it is not. Raises what the rulings raise, and rules nothing.

    Who joins does so first, so that a joint demand is not given up for those who leave it.
    """
    permissions.require(by, Permission.REVIEW_DEMANDS)
    if _decided(demand, by) is None:
        return None
    # Two people may have given the last opinion at once: the other has had their turn, or waits for it.
    rulings.take_turn(demand)
    reading = _decided(demand, by)
    if reading is None:
        return None
    needs = {
        need.reference: need for need in Need.objects.filter(reference__in=[each.reference for each in reading.lines])
    }
    joins = [line for line in reading.lines if line.verdict and not line.is_member]
    leaves = [line for line in reading.lines if not line.verdict and line.is_member]
    for line in joins:
        review.answer(demand=demand, kind=Kind.ACCEPTED, need=needs[line.reference], by=by, reason=_said(line))
    for line in leaves:
        if demand.members.filter(need=needs[line.reference]).exists():
            review.answer(demand=demand, kind=Kind.REMOVED, need=needs[line.reference], by=by, reason=_said(line))
    # They do not belong here; whether they belong together was not asked.
    gone = [needs[line.reference].pk for line in leaves]
    rulings.undo_apart_between(gone, gone)
    demand.refresh_from_db()
    is_confirmed = demand.status != JointDemand.Status.RETIRED
    if is_confirmed and not _is_settled(demand):
        review.answer(demand=demand, kind=Kind.CONFIRMED, by=by, reason="Double reading.")
    Opinion.objects.filter(demand=demand, closed_at=None).update(closed_at=timezone.now())
    return Effect(_names(leaves), _names(joins), is_confirmed)


@transaction.atomic
def take_back(*, by: User) -> JointDemand:
    """Take back what this person said last, of one joint demand, while it has not taken effect."""
    permissions.require(by, Permission.REVIEW_DEMANDS)
    last = Opinion.objects.filter(given_by=by, closed_at=None).select_related("demand").order_by("-pk").first()
    if last is None:
        raise IllegalMove(
            "You have read nothing that could be taken back. What has taken effect is in the review queue."
        )
    Opinion.objects.filter(given_by=by, closed_at=None, demand=last.demand, given_at=last.given_at).delete()
    audit.record(by=by, verb="take back reading", noun="joint demand", reference=last.demand.reference)
    return last.demand


def _asked(demand: JointDemand, by: User) -> tuple[Line, ...]:
    found = double_readings(by).of(demand.reference)
    return found.asked if found and found.reference == demand.reference else ()


def _decided(demand: JointDemand, by: User) -> DoubleReading | None:
    return next((each for each in double_readings(by).decided if each.reference == demand.reference), None)


def _is_settled(demand: JointDemand) -> bool:
    return demand.status == JointDemand.Status.CONFIRMED and not rereading.unread(demand.members.all()).exists()


def _said(line: Line) -> str:
    return f"Double reading: {line.yes} of {len(line.given)} answers said that it belongs."


def _names(lines: list[Line]) -> tuple[str, ...]:
    return tuple(sorted(line.reference for line in lines))
