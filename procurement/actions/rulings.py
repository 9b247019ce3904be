"""The rows that rulings are made of: laid, undone, and what the matcher had said when they were.

Called by the actions on joint demands, inside their transaction. A joint demand is held together as a star: each member
that a person put there is ruled to belong with one other, its anchor. Together is transitive, so that is enough, and
each ruling is the answer to one question: does this member belong?
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from boroughs import audit
from boroughs.actions import work
from boroughs.background import Task
from boroughs.models import Need
from boroughs.permissions import Actor
from procurement.actions import matching
from procurement.models import Decision, DemandMember, JointDemand, MatchRun
from procurement.queries import calibrations

TOGETHER, APART = Decision.Verdict.TOGETHER, Decision.Verdict.APART


def take_turn(demand: JointDemand) -> None:
    """Ask for the next run, and wait for whoever is ruling or writing a run's result at this moment.

    The row of the matcher's work is the lock: each ruling changes it, and so does the end of a run. What is read after
    this is what the others left; without it, one analyst's confirmation could undo another's removal unseen.
    """
    work.request(task=Task.MATCH_NEEDS, key=matching.SCOPE, delay=settings.MATCH_DEBOUNCE_SECONDS)
    demand.refresh_from_db()


def anchor(members: Iterable[DemandMember]) -> DemandMember:
    """The member that the others are held to: one that a person put there before others, then the strongest."""
    return min(members, key=lambda member: (member.confirmed_at is None, -member.strength, member.need_id))


def proposed(members: Iterable[DemandMember]) -> dict[int, dict[str, Any]]:
    """What the matcher says of each member now, by need: the columns that make a ruling an answer to it."""
    calibration = calibrations.in_force().calibration
    run = MatchRun.objects.finished().newest_first().first()
    return {
        member.need_id: {
            "score": member.strength,
            "band": calibration.band(member.strength).upper(),
            "engine_version": run.engine_version if run else "",
        }
        for member in members
    }


def lay(
    demand: JointDemand,
    left: Need,
    right: Need,
    verdict: Decision.Verdict,
    *,
    by: Actor,
    reason: str = "",
    answers: dict[str, Any] | None = None,
) -> None:
    """Let the ruling stand; a contrary one on the same pair is undone by it. `answers` as `proposed` gives it."""
    first, second = sorted((left, right), key=lambda need: need.pk)
    standing = Decision.objects.standing().filter(first=first, second=second)
    if standing.filter(verdict=verdict).exists():
        return
    now = timezone.now()
    standing.update(undone_at=now)
    Decision.objects.create(
        first=first,
        second=second,
        verdict=verdict,
        reason=reason,
        demand_reference=demand.reference,
        decided_at=now,
        decided_by=audit.name_of(by),
        **(answers or {}),
    )


def lay_many(
    demand: JointDemand,
    pairs: Iterable[tuple[int, int]],
    verdict: Decision.Verdict,
    *,
    by: Actor,
    reason: str = "",
) -> None:
    """`lay` for many pairs of needs, by primary keys, in three statements. They answer nothing of the matcher's."""
    wanted = {(min(pair), max(pair)) for pair in pairs}
    needs = {pk for pair in wanted for pk in pair}
    standing = Decision.objects.standing().filter(first__in=needs, second__in=needs)
    before = {(row.first_id, row.second_id): row for row in standing}
    now = timezone.now()
    contrary = [row.pk for pair, row in before.items() if pair in wanted and row.verdict != verdict]
    Decision.objects.filter(pk__in=contrary).update(undone_at=now)
    Decision.objects.bulk_create(
        (
            Decision(
                first_id=first,
                second_id=second,
                verdict=verdict,
                reason=reason,
                demand_reference=demand.reference,
                decided_at=now,
                decided_by=audit.name_of(by),
            )
            for first, second in sorted(wanted)
            if (first, second) not in before or before[first, second].verdict != verdict
        ),
        batch_size=100,
    )


def apart_between(left: Iterable[int], right: Iterable[int]) -> QuerySet[Decision]:
    """What keeps any of these needs, by primary keys, away from any of those."""
    some, others = list(left), list(right)
    across = Q(first__in=some, second__in=others) | Q(first__in=others, second__in=some)
    return Decision.objects.standing().filter(across, verdict=APART)


def undo_apart_between(left: Iterable[int], right: Iterable[int]) -> None:
    """Undo what `apart_between` gives."""
    apart_between(left, right).update(undone_at=timezone.now())


def hold(demand: JointDemand, members: Sequence[DemandMember], *, by: Actor) -> None:
    """Rule that these members belong together. Those whom nobody had confirmed are answers to the matcher."""
    to = anchor(members)
    said = proposed(member for member in members if member.confirmed_at is None)
    for member in members:
        if member.need_id != to.need_id:
            lay(demand, to.need, member.need, TOGETHER, by=by, answers=said.get(member.need_id))


def release(demand: JointDemand, need: Need, others: Sequence[DemandMember], *, by: Actor) -> None:
    """Undo what holds the need to anything, and hold those together that it held: it leaves, they stay.

    The first of them becomes their anchor; the others keep what their rulings answered. One whom a person had put there
    and who was held by the leaving need alone is held to another member.
    """
    ties = list(_together(need).select_related("first", "second"))
    _together(need).update(undone_at=timezone.now())
    tied = {tie.second_id if tie.first_id == need.pk else tie.first_id: tie for tie in ties}
    kept = [member for member in others if member.need_id in tied]
    if not kept:
        return
    rest = [member for member in others if member.need_id not in tied]
    is_left_loose = len(kept) == 1 and kept[0].confirmed_at is not None and rest
    to = anchor(rest if is_left_loose else kept)
    for member in kept:
        if member.need_id != to.need_id:
            tie = tied[member.need_id]
            said = {"score": tie.score, "band": tie.band, "engine_version": tie.engine_version}
            lay(demand, to.need, member.need, TOGETHER, by=by, answers=said)


def undo_together(demand: JointDemand) -> None:
    """Undo what was ruled to belong together among the present members, on whichever demand's page it was ruled."""
    members = demand.members.values("need_id")
    Decision.objects.standing().filter(verdict=TOGETHER, first_id__in=members, second_id__in=members).update(
        undone_at=timezone.now()
    )


def undo_apart(demand: JointDemand, need: Need) -> None:
    """Undo what keeps the need away from the present members, on whichever demand's page it was ruled."""
    members = demand.members.values("need_id")
    apart = Decision.objects.standing().filter(verdict=APART)
    apart.filter(Q(first=need, second_id__in=members) | Q(second=need, first_id__in=members)).update(
        undone_at=timezone.now()
    )


def _together(need: Need) -> QuerySet[Decision]:
    return Decision.objects.standing().filter(Q(first=need) | Q(second=need), verdict=TOGETHER)
