"""Who agrees to be named in what suppliers read about a joint demand."""

from dataclasses import dataclass
from datetime import datetime

from boroughs import permissions
from boroughs.models import Borough, Need, User
from boroughs.permissions import Permission
from procurement.models import JointDemand, Naming, Participation
from procurement.queries import drafting


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


def answers(demand: JointDemand, reader: User) -> list[Answer]:
    """Of each borough with an open need in it, by name. At most four queries."""
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
    return [
        _answer(
            borough,
            given.get(borough.pk),
            has_declined=borough.pk in declined,
            reads=reads_all or borough.pk in own,
            may_answer=borough.pk in answering,
        )
        for borough in boroughs
    ]


def _answer(borough: Borough, row: Naming | None, *, has_declined: bool, reads: bool, may_answer: bool) -> Answer:
    return Answer(
        slug=borough.slug,
        name=borough.name,
        agrees=row.agrees if row else None,
        answered_at=row.answered_at if row else None,
        note=row.note if row and reads else "",
        answered_by=row.answered_by if row and reads else "",
        revision=row.revision if row else 0,
        has_declined=has_declined,
        may_answer=may_answer and not has_declined,
    )
