"""What became of a joint demand: what people ruled, and how it grew and shrank from run to run."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from boroughs import audit
from boroughs.models import AuditEvent, Borough, Need, User
from boroughs.templatetags.formatting import day
from procurement.models import Decision, JointDemand, LineageEvent
from procurement.queries import actor_names
from procurement.queries.terms_words import moved_told, outcome_told, terms_told


@dataclass(frozen=True)
class HistoryEntry:
    at: datetime
    title: str
    by: str
    details: str
    # References of the joint demands that it came from or went into.
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class RemovedNeed:
    need_id: int
    reference: str
    title: str
    borough: str
    reason: str
    decided_by: str
    decided_at: datetime


VERBS = {
    "confirm": "Confirmed",
    "reopen": "Confirmation taken back",
    "rename": "Renamed",
    "unname": "Suggested title used",
    "confirm member": "Need confirmed",
    "add member": "Need added",
    "remove member": "Need removed",
    "undo removal": "Removal taken back",
    "pin": "Pinned",
    "unpin": "Unpinned",
    "undo answer": "Answer taken back",
    "not sure": "Not sure",
    "read": "Read by one of several people",
    "take back reading": "Reading taken back",
    "split": "Split",
    "split off": "Split off",
    "merge": "Merged",
    "take in": "Took another one in",
    "set terms": "Terms set",
    "decide": "Decided",
    "extend": "Decision date moved",
}
# What an approver does for one borough, whose name then goes before it.
OF_A_BOROUGH = {"agree to be named": "agreed to be named", "refuse to be named": "refused to be named"}
# Of these the audit trail keeps codes and dates.
TOLD = {"set terms": terms_told, "decide": outcome_told, "extend": moved_told}


def history(demand: JointDemand, reader: User, *, with_reasons: bool) -> list[HistoryEntry]:
    """Newest first: decisions by people and changes by runs together. Reasons are for those who rule: they may speak of
    what a borough keeps to itself. A borough's people are named as actor_names.py tells. Four queries."""
    own, told_elsewhere = Q(demand=demand), Q(other_reference=demand.reference)
    events = list(LineageEvent.objects.filter(own | told_elsewhere).select_related("demand"))
    # What a person did with two of them is told of both; of this one it is told by itself.
    told = {(event.other_reference, event.at) for event in events if event.demand_id == demand.pk}
    entries = [
        _lineage(event) if event.demand_id == demand.pk else _from_other(event)
        for event in events
        if event.demand_id == demand.pk or (event.demand.reference, event.at) not in told
    ]
    acts = audit.history(noun="joint demand", reference=demand.reference)
    names = actor_names.names((act.actor for act in acts), reader)
    boroughs = dict(Borough.objects.filter(slug__in={act.borough_slug for act in acts}).values_list("slug", "name"))
    entries += [
        HistoryEntry(
            at=act.at,
            title=_title(act, boroughs),
            by=names[act.actor],
            details=_told(act.verb, act.details, with_reasons=with_reasons),
        )
        for act in acts
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def removed_needs(demand: JointDemand, members: Collection[int] | None = None) -> list[RemovedNeed]:
    """Needs that a person ruled out of this joint demand, one entry a need. `members` are its needs, where known."""
    if members is None:
        members = set(demand.members.values_list("need_id", flat=True))
    removed: dict[int, RemovedNeed] = {}
    rulings = (
        Decision.objects.standing()
        .filter(demand_reference=demand.reference, verdict=Decision.Verdict.APART)
        .select_related("first__borough", "second__borough")
        .order_by("decided_at", "pk")
    )
    for ruling in rulings:
        # The ruling keeps a need apart from each of those that stayed: the one that is not a member was removed.
        for need in (ruling.first, ruling.second):
            if need.pk not in members:
                removed[need.pk] = _removed(need, ruling)
    return list(removed.values())


def _removed(need: Need, ruling: Decision) -> RemovedNeed:
    return RemovedNeed(
        need_id=need.pk,
        reference=need.reference,
        # A need that went back to its borough may say something new, which is not ours to show.
        title=need.title if need.status == Need.Status.OPEN else "No longer open",
        borough=need.borough.name,
        reason=ruling.reason,
        decided_by=ruling.decided_by,
        decided_at=ruling.decided_at,
    )


def _lineage(event: LineageEvent) -> HistoryEntry:
    parts = []
    if event.kind == LineageEvent.Kind.MERGED:
        parts.append(f"Went into {event.other_reference}.")
    if event.kind == LineageEvent.Kind.SPLIT:
        # What was split tells of it as well as what came of it.
        parts.append(
            f"{event.other_reference} was split off." if event.left else f"Split off from {event.other_reference}."
        )
    if event.kind == LineageEvent.Kind.GREW and event.other_reference:
        parts.append(f"Took in {event.other_reference}.")
    if event.joined:
        parts.append(f"Joined: {', '.join(event.joined)}.")
    if event.left:
        parts.append(f"Left: {', '.join(event.left)}.")
    return _entry(event, event.get_kind_display(), " ".join(parts), event.other_reference)


def _from_other(event: LineageEvent) -> HistoryEntry:
    """What another joint demand's lineage says of this one."""
    other = event.demand.reference
    if event.kind == LineageEvent.Kind.MERGED:
        return _entry(event, "Merged", f"{other} went into this joint demand.", other)
    return _entry(event, event.get_kind_display(), f"{other} split off from this joint demand.", other)


def _entry(event: LineageEvent, title: str, details: str, other: str) -> HistoryEntry:
    by = f"Match run {event.run_id}" if event.run_id else ""
    return HistoryEntry(at=event.at, title=title, by=by, details=details, others=(other,) if other else ())


def _title(act: AuditEvent, boroughs: dict[str, str]) -> str:
    """ "Confirmed", "Barnet agreed to be named"."""
    if act.verb in OF_A_BOROUGH:
        return f"{boroughs.get(act.borough_slug, 'A borough')} {OF_A_BOROUGH[act.verb]}"
    return VERBS.get(act.verb, act.verb.capitalize())


def _told(verb: str, details: dict[str, object], *, with_reasons: bool) -> str:
    return TOLD[verb](details) if verb in TOLD else _details(details, with_reasons=with_reasons)


def _details(details: dict[str, object], *, with_reasons: bool) -> str:
    if "to" in details:
        return f"From “{_value(details['from'])}” to “{_value(details['to'])}”.{_reason(details, with_reasons)}"
    if "need" in details:
        return f"{details['need']}.{_reason(details, with_reasons)}"
    needs = details.get("needs")
    if isinstance(needs, list):
        listed = f"{', '.join(str(need) for need in needs)}."
        other = f"The other one is {details['other']}. Needs: " if "other" in details else ""
        return f"{other}{listed}{_reason(details, with_reasons)}"
    return _reason(details, with_reasons).strip()


def _value(value: object) -> str:
    """A name as it is; a date in words."""
    try:
        return day(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def _reason(details: dict[str, object], with_reasons: bool) -> str:
    return f" Reason: {details['reason']}" if with_reasons and "reason" in details else ""
