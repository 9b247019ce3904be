"""In which joint demand a need stands, and what its borough has said to that."""

from dataclasses import dataclass

from boroughs import permissions
from boroughs.models import Need, User
from boroughs.permissions import Permission
from procurement.models import DemandMember, JointDemand, Participation

Stage = Participation.Stage


@dataclass(frozen=True)
class OwnPlace:
    reference: str
    title: str
    stage: str
    stage_words: str
    # The borough has not answered, and the reader may answer for it.
    may_answer: bool
    # It is the reader's borough.
    is_own: bool

    @property
    def is_unanswered(self) -> bool:
        return self.stage == Stage.SUGGESTED


def own_place(need: Need, user: User) -> OwnPlace | None:
    """None where it stands in none, or the reader does not see joint demands. Two queries at the most."""
    if need.status != Need.Status.OPEN or not permissions.has(user, Permission.VIEW_DEMANDS):
        return None
    members = DemandMember.objects.filter(need=need).exclude(demand__status=JointDemand.Status.RETIRED)
    member = members.select_related("demand").first()
    if member is None:
        return None
    row = Participation.objects.filter(demand=member.demand_id, borough=need.borough_id).first()
    stage = Stage(row.stage) if row else Stage.SUGGESTED
    return OwnPlace(
        reference=member.demand.reference,
        title=member.demand.title,
        stage=stage,
        stage_words=str(stage.label),
        may_answer=stage == Stage.SUGGESTED and permissions.has(user, Permission.TAKE_PART, need.borough),
        is_own=permissions.has(user, Permission.VIEW_NEEDS, need.borough),
    )
