"""Answers of analysts, in the review queue and on a joint demand's page: each applies at once, and a person takes back
the last one first.

An answer is one of the rulings of procurement/actions/demands.py, a split or a merger. Beside it stands what it changed
(answering.py), so that taking it back restores the rulings exactly, and the joint demands with their members too unless
somebody has changed them since; then the next run judges afresh. A split or a merger is taken back whole or not at all.
"""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.exceptions import IllegalMove, NotAcceptable
from boroughs.models import Need, User
from boroughs.permissions import Permission
from procurement.actions import alignments, answering, demands, rereading, rulings, standings, states
from procurement.models import Decision, DemandMember, JointDemand, LineageEvent, Notice, ReviewAnswer
from procurement.models.notice import NoticeQuerySet
from procurement.queries.doubt import doubted
from procurement.queries.shown import as_shown, changes, members_shown

Kind = ReviewAnswer.Kind
REASON_LIMIT = 500
# Made on pages of their own: see splitting.py and merging.py.
REGROUPING = (Kind.SPLIT, Kind.MERGED)
# After one of these nobody may be left to be asked about, and the joint demand is confirmed.
SETTLING = (Kind.BELONGS, Kind.REMOVED, Kind.ACCEPTED)
# A need leaves with it, and perhaps a borough that leads.
LEAVING = (Kind.REMOVED, Kind.ACCEPTED)
# Said of all members that are open, and of one need.
ABOUT_ALL = (Kind.CONFIRMED, Kind.NOT_SURE)
ABOUT_ONE = (Kind.BELONGS, Kind.REMOVED, Kind.ACCEPTED)
# What no run can make good: taken back only while nothing has changed since.
WHOLE = (Kind.REOPENED,)


@transaction.atomic
def answer(
    *,
    demand: JointDemand,
    kind: ReviewAnswer.Kind,
    by: User,
    need: Need | None = None,
    reason: str = "",
    title: str = "",
    leaving: Collection[int] = (),
    shown: Collection[str] | None = None,
) -> ReviewAnswer:
    """Give one answer. Where no member is left to be asked about, the joint demand is confirmed with it. `leaving` are
    needs, by primary keys, that leave for the same reason as this one. `shown` is what was asked about as the page had
    it (queries/shown.py), None where there was no page: raises IllegalMove where that has changed since.

    "Not sure" rules nothing: the question goes behind the others until something about the joint demand changes.
    """
    permissions.require(by, Permission.REVIEW_DEMANDS)
    reason = " ".join(reason.split())
    if len(reason) > REASON_LIMIT:
        words = f"The reason must be {REASON_LIMIT} characters or fewer."
        raise NotAcceptable([words], {"reason": [words]})
    if kind == Kind.NOT_SURE:
        require_as_shown(demand, kind, need, shown)
        return _doubt(demand, reason, by)
    rulings.take_turn(demand)
    require_as_shown(demand, kind, need, shown)
    own = demand if kind in ReviewAnswer.OWN else None
    begun = answering.begin(_touched(demand, need), with_standings=kind in LEAVING, own=own)
    if own is not None:
        _name_or_hold(demand, kind, title, reason, by)
    else:
        _rule(demand, kind, need, reason, by, leaving)
    # Where it was left with one borough it is retired, and the instance does not know.
    demand.refresh_from_db()
    suggested = demand.status == JointDemand.Status.SUGGESTED
    if kind in SETTLING and suggested and not rereading.unread(demand.members.all()).exists():
        demands.confirm(demand=demand, by=by)
    return answering.keep(begun, demand=demand, kind=kind, by=by, need=need, reason=reason)


def require_as_shown(
    demand: JointDemand, kind: ReviewAnswer.Kind, need: Need | None, shown: Collection[str] | None
) -> None:
    """Raise IllegalMove where what is answered about is not as it was `shown`."""
    if shown is None or kind not in (*ABOUT_ALL, *ABOUT_ONE):
        return
    if not shown:
        raise IllegalMove(
            "Nothing was saved: the page came without the list of the needs that you saw, as one does that was opened "
            "before an update of this service. Please open it again and answer there."
        )
    about_one = need if kind in ABOUT_ONE else None
    now = as_shown(Need.objects.filter(pk=about_one.pk)) if about_one else members_shown(demand)
    changed = changes(shown, now.values())
    if changed:
        raise IllegalMove(
            f"Changed since you opened the page: {'; '.join(changed)}. Nothing was saved. Please look at it again."
        )


@transaction.atomic
def undo_last(*, by: User) -> ReviewAnswer:
    """Take this person's last answer back. Raises IllegalMove, in words, where that cannot be done any more."""
    permissions.require(by, Permission.REVIEW_DEMANDS)
    last = ReviewAnswer.objects.standing().filter(answered_by=by).newest_first().select_related("demand").first()
    if last is None:
        raise IllegalMove("You have given no answer that could be taken back.")
    rulings.take_turn(last.demand)
    last.refresh_from_db()
    if last.undone_at is not None:
        raise IllegalMove("This answer is taken back already.")
    if last.kind in REGROUPING:
        _undo_regrouping(last, by)
    elif last.kind in ReviewAnswer.OWN:
        _undo_own(last)
    elif last.kind != Kind.NOT_SURE:
        _undo_answer(last, by)
    last.undone_at = timezone.now()
    last.save(update_fields=["undone_at"])
    audit.record(
        by=by,
        verb="undo answer",
        noun="joint demand",
        reference=last.demand.reference,
        details={"answer": last.get_kind_display()} | ({"need": last.need.reference} if last.need else {}),
    )
    return last


def _doubt(demand: JointDemand, reason: str, by: User) -> ReviewAnswer:
    demand.refresh_from_db()
    if demand.status == JointDemand.Status.RETIRED:
        raise IllegalMove(f"{demand.reference} is retired; its needs have gone elsewhere.")
    audit.record(
        by=by,
        verb="not sure",
        noun="joint demand",
        reference=demand.reference,
        details={"reason": reason} if reason else {},
    )
    return ReviewAnswer.objects.create(
        demand=demand,
        kind=Kind.NOT_SURE,
        reason=reason,
        answered_at=timezone.now(),
        answered_by=by,
        before={"about": doubted(demand.members.filter(need__status=Need.Status.OPEN).select_related("need"))},
    )


def _rule(
    demand: JointDemand, kind: ReviewAnswer.Kind, need: Need | None, reason: str, by: User, leaving: Collection[int]
) -> None:
    if kind == Kind.CONFIRMED:
        demands.confirm(demand=demand, by=by, reason=reason)
        return
    if kind == Kind.REOPENED:
        demands.reopen(demand=demand, by=by)
        return
    if need is None:
        raise IllegalMove("Say of which need.")
    if kind == Kind.BELONGS:
        demands.confirm_member(demand=demand, need=need, by=by, reason=reason)
    elif kind == Kind.REMOVED:
        demands.remove_member(demand=demand, need=need, by=by, reason=reason, leaving=leaving)
    elif kind == Kind.ACCEPTED:
        demands.add_member(demand=demand, need=need, by=by, reason=reason)
    elif kind == Kind.RESTORED:
        demands.undo_removal(demand=demand, need=need, by=by)
    else:
        raise IllegalMove("Split and merge joint demands on their own pages.")


def _name_or_hold(demand: JointDemand, kind: ReviewAnswer.Kind, title: str, reason: str, by: User) -> None:
    if kind == Kind.RENAMED:
        demands.rename(demand=demand, title=title, by=by, reason=reason)
    elif kind == Kind.UNNAMED:
        demands.unname(demand=demand, by=by, reason=reason)
    elif kind == Kind.PINNED:
        demands.pin(demand=demand, by=by, reason=reason)
    else:
        demands.unpin(demand=demand, by=by)


def _touched(demand: JointDemand, need: Need | None) -> set[int]:
    """The joint demand and the one that the need is in."""
    elsewhere = DemandMember.objects.filter(need=need).values_list("demand_id", flat=True) if need else ()
    return {demand.pk, *elsewhere}


def _undo_own(last: ReviewAnswer) -> None:
    demand = last.demand
    if demand.status == JointDemand.Status.RETIRED:
        raise IllegalMove(f"{demand.reference} is retired; its needs have gone elsewhere.")
    if states.own(demand) != last.before["own_left"]:
        raise IllegalMove(f"{demand.reference} has been named or pinned anew since. Change it on its page.")
    states.give_back(demand, last.before["own"])
    demands.judge(demand)


def _undo_answer(last: ReviewAnswer, by: User) -> None:
    _require_no_notice(Notice.objects.filter(demand=last.demand))
    touched = [each["id"] for each in last.before["demands"]]
    is_unchanged = states.times(touched) == last.before["left_at"]
    if last.kind in WHOLE and not is_unchanged:
        raise IllegalMove(f"{last.demand.reference} has changed since. Confirm it on its page.")
    _undo_rulings(last)
    if is_unchanged:
        states.restore(last.before["demands"])
        _undo_leaving(last, touched, by)
        alignments.request()
    else:
        for demand in JointDemand.objects.current().filter(pk__in=touched):
            demands.judge(demand)


def _undo_leaving(last: ReviewAnswer, touched: list[int], by: User) -> None:
    """A borough that led until its need left leads again, unless the boroughs have said anything since."""
    then = last.before.get("standings")
    if then and standings.said(then) != last.before["standings_left"] == standings.said(standings.of(touched)):
        standings.restore(then, touched, why="The answer was taken back", by=by)


def _undo_regrouping(last: ReviewAnswer, by: User) -> None:
    before: dict[str, Any] = last.before
    touched = [each["id"] for each in before["left"]]
    undone = "merger" if last.kind == Kind.MERGED else "split"
    # One that was there before is as good as it was.
    _require_no_notice(Notice.objects.filter(demand__in=touched, created_at__gte=last.answered_at))
    if not states.still(before["left"]) or standings.said(standings.of(touched)) != before["standings_left"]:
        others = JointDemand.objects.filter(pk__in=touched).exclude(pk=last.demand.pk).by_reference()
        named = " or ".join([last.demand.reference, *others.values_list("reference", flat=True)])
        way = "split" if last.kind == Kind.MERGED else "merge"
        raise IllegalMove(
            f"Something has happened to {named} since this {undone}, so it cannot be taken back as a whole. "
            f"Open {last.demand.reference} and {way} it there."
        )
    _undo_rulings(last)
    states.bring_back(before["demands"])
    standings.restore(before["standings"], touched, why=f"The {undone} was taken back", by=by)
    _end_created(before, last.demand)
    _tell_lineage(before, last.demand)
    for demand in JointDemand.objects.current().filter(pk__in=states.grown(before["demands"])):
        demands.judge(demand)
    alignments.request()


def _end_created(before: dict[str, Any], back_into: JointDemand) -> None:
    """What a split had made is there no more. Its address leads to where its needs are again."""
    now = timezone.now()
    JointDemand.objects.filter(pk__in=before["created"]).update(
        status=JointDemand.Status.RETIRED, retired_at=now, updated_at=now, merged_into=back_into
    )
    for pk in before["created"]:
        LineageEvent.objects.create(
            demand_id=pk, at=now, kind=LineageEvent.Kind.MERGED, other_reference=back_into.reference
        )


def _tell_lineage(before: dict[str, Any], demand: JointDemand) -> None:
    """Each joint demand with what came back to it, and what left it again."""
    left = {each["id"]: set(each["members"]) for each in before["left"]}
    now = timezone.now()
    for state in before["demands"]:
        was = {member["need_id"] for member in state["members"]}
        references = dict(Need.objects.filter(pk__in=was ^ left[state["id"]]).values_list("pk", "reference"))
        joined, gone = was - left[state["id"]], left[state["id"]] - was
        LineageEvent.objects.create(
            demand_id=state["id"],
            at=now,
            kind=LineageEvent.Kind.GREW if joined else LineageEvent.Kind.SHRANK,
            joined=sorted(references[pk] for pk in joined),
            left=sorted(references[pk] for pk in gone),
        )


def _require_no_notice(notices: NoticeQuerySet) -> None:
    notice = notices.standing().select_related("demand").first()
    if notice is not None:
        raise IllegalMove(
            f"{notice.demand.reference} has a notice. Withdraw it first, or discard it while it is a draft."
        )


def _undo_rulings(given: ReviewAnswer) -> None:
    standing = Decision.objects.standing()
    standing.filter(pk__in=given.before["rulings_made"]).update(undone_at=timezone.now())
    for ruling in Decision.objects.filter(pk__in=given.before["rulings_undone"]):
        # Unless somebody has ruled on the same pair since.
        if not standing.filter(first=ruling.first_id, second=ruling.second_id).exists():
            Decision.objects.filter(pk=ruling.pk).update(undone_at=None)
