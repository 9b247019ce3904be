"""What boroughs have said on joint demands. Rows made here skip the actions: they set a scene, no more."""

from typing import Any

from django.utils import timezone

from boroughs.models import Borough, Need, Role, User
from procurement.models import CommonRequirement, JointDemand, Participation
from tests.factories.boroughs import MembershipFactory, UserFactory

Stage = Participation.Stage


def approver_of(borough: Borough) -> User:
    user: User = UserFactory()
    MembershipFactory(user=user, borough=borough, role=Role.BOROUGH_APPROVER)
    return user


def standing(demand: JointDemand, borough: Borough, stage: Participation.Stage, **fields: Any) -> Participation:
    """The borough stands at this stage of the joint demand."""
    now = timezone.now()
    given: dict[str, Any] = {"moved_at": now}
    if stage not in (Stage.SUGGESTED, Stage.DECLINED):
        given["accepted_at"] = now
    if stage in Participation.JOINING:
        given["depth"] = Need.Depth.TENDER
    if stage == Stage.DECLINED:
        given["reason"] = Participation.DeclineReason.TIMING
    if stage == Stage.COMMITTED:
        given["committed_by"] = approver_of(borough)
    row: Participation = Participation.objects.create(demand=demand, borough=borough, stage=stage, **given | fields)
    return row


def requirement(demand: JointDemand, number: int, text: str, **fields: Any) -> CommonRequirement:
    now = timezone.now()
    made: CommonRequirement = CommonRequirement.objects.create(
        **{"demand": demand, "number": number, "position": number, "text": text, "drafted_at": now, "updated_at": now}
        | fields
    )
    return made
