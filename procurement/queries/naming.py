"""Who agrees to be named in what suppliers read about a joint demand."""

from dataclasses import dataclass
from datetime import datetime

from boroughs import audit, permissions
from boroughs.models import Borough, Need, User
from boroughs.permissions import Permission
from procurement.models import JointDemand, Naming, Notice, Participation
from procurement.queries import actor_names, drafting
from procurement.queries.asked_naming import Asked

VERBS = {"agree to be named": "Agreed to be named", "refuse to be named": "Refused to be named"}


@dataclass(frozen=True)
class Answer:
    slug: str
    name: str
    # None where it has not answered.
    agrees: bool | None
    answered_at: datetime | None
    # Blank for readers who are neither of the borough nor prepare the notice.
    note: str
    answered_by: str
    revision: int
    # Declined the joint demand: no notice names it, whatever it answered.
    has_declined: bool
    may_answer: bool
    # It agreed, but to another title or kind, so it is asked again; then what it agreed to, in words.
    is_asked_again: bool
    agreed_to: str


@dataclass(frozen=True)
class Earlier:
    """An answer of before, kept for good."""

    words: str
    at: datetime
    by: str
    as_what: str
    beside: tuple[str, ...]


def answers(demand: JointDemand, reader: User, asked: Asked) -> list[Answer]:
    """Of each borough with an open need in it, by name. At most five queries."""
    open_here = Need.objects.filter(demand_member__demand=demand, status=Need.Status.OPEN)
    boroughs = Borough.objects.filter(pk__in=open_here.values("borough")).by_name()
    given = {each.borough_id: each for each in Naming.objects.filter(demand=demand)}
    declined = set(
        Participation.objects.filter(demand=demand, stage=Participation.Stage.DECLINED).values_list(
            "borough_id", flat=True
        )
    )
    reads_all = drafting.may_draft(reader, demand)
    own = set(permissions.borough_ids(reader, Permission.VIEW_NEEDS))
    answering = set(permissions.borough_ids(reader, Permission.COMMIT))
    people = actor_names.names((each.answered_by for each in given.values()), reader)
    return [
        _answer(
            borough,
            given.get(borough.pk),
            asked,
            people,
            has_declined=borough.pk in declined,
            reads=reads_all or borough.pk in own,
            may_answer=borough.pk in answering,
        )
        for borough in boroughs
    ]


def _answer(
    borough: Borough,
    row: Naming | None,
    asked: Asked,
    people: dict[str, str],
    *,
    has_declined: bool,
    reads: bool,
    may_answer: bool,
) -> Answer:
    again = row is not None and row.agrees and not row.covers(title=asked.title, kind=asked.kind)
    return Answer(
        slug=borough.slug,
        name=borough.name,
        agrees=row.agrees if row else None,
        answered_at=row.answered_at if row else None,
        note=row.note if row and reads else "",
        answered_by=people[row.answered_by] if row and reads else "",
        revision=row.revision if row else 0,
        has_declined=has_declined,
        may_answer=may_answer and not has_declined,
        is_asked_again=again,
        agreed_to=as_what(row.title, row.kind) if row and again and (reads or may_answer) else "",
    )


def as_what(title: str, kind: str) -> str:
    """ "“Housing repairs”, planned procurement"; "" where it was not kept what the borough was shown."""
    words = [f"“{title}”"] if title else []
    words += [str(Notice.Kind(kind).label).lower() if kind else "a notice of any kind"] if title else []
    return ", ".join(words)


def earlier(demand: JointDemand, borough: Borough, reader: User) -> list[Earlier]:
    """What the borough has said so far, newest first. Two queries."""
    said = [
        event
        for event in audit.history(noun="joint demand", reference=demand.reference, borough=borough)
        if event.verb in VERBS
    ]
    people = actor_names.names((event.actor for event in said), reader)
    return [
        Earlier(
            words=VERBS[event.verb],
            at=event.at,
            by=people[event.actor],
            as_what=as_what(event.details.get("title", ""), event.details.get("kind", "")),
            beside=tuple(event.details.get("beside", ())),
        )
        for event in said
    ]
