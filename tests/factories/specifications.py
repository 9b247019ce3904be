"""Scenes with a common specification: boroughs that take part, one that leads, requirements in any state."""

from typing import Any

from django.utils import timezone

from boroughs.models import Borough, Role, User
from procurement.actions import common_requirements, requirement_words, specifications
from procurement.models import Coalition, CommonRequirement, JointDemand, Participation, SpecificationVersion
from tests.factories.boroughs import MembershipFactory, UserFactory
from tests.factories.picture import joint_demand

Stage = Participation.Stage


def of(slug: str) -> Borough:
    return Borough.objects.get(slug=slug)


def somebody(slug: str, role: Role = Role.BOROUGH_APPROVER) -> User:
    user: User = UserFactory()
    MembershipFactory(user=user, role=role, borough=of(slug))
    return user


def takes_part(demand: JointDemand, slug: str, stage: Participation.Stage = Stage.INTERESTED) -> None:
    """As if the borough had said so itself."""
    declined = stage == Stage.DECLINED
    Participation.objects.update_or_create(
        demand=demand,
        borough=of(slug),
        defaults={
            "stage": stage,
            "depth": "TENDER" if stage in Participation.JOINING else "",
            "reason": "TIMING" if declined else "",
            "accepted_at": None if declined else timezone.now(),
        },
    )


def coalition(*slugs: str, lead: str = "", **fields: Any) -> JointDemand:
    """A joint demand in which every borough named is interested, and one may lead."""
    demand = joint_demand(*slugs, **fields)
    for slug in slugs:
        takes_part(demand, slug)
    now = timezone.now()
    Coalition.objects.create(
        demand=demand, lead=of(lead) if lead else None, lead_agreed_at=now if lead else None, updated_at=now
    )
    return demand


def requirement(demand: JointDemand, text: str = "Record every call.", **columns: Any) -> CommonRequirement:
    """A requirement that is to be agreed."""
    last = CommonRequirement.objects.filter(demand=demand).count() + 1
    values = {"number": last, "position": last, "drafted_at": timezone.now(), "updated_at": timezone.now()} | columns
    row: CommonRequirement = CommonRequirement.objects.create(demand=demand, text=text, drafted_by="test", **values)
    return row


def agreed(demand: JointDemand, text: str = "Record every call.", **columns: Any) -> CommonRequirement:
    """One that every borough asked has accepted, through the actions."""
    return agree(requirement(demand, text, **columns))


def agree(row: CommonRequirement) -> CommonRequirement:
    row.refresh_from_db()
    answered = set(row.stances.filter(wording=row.wording).values_list("borough_id", flat=True))
    for part in Participation.objects.joining().filter(demand=row.demand).select_related("borough"):
        if part.borough_id not in answered:
            say(row, part.borough.slug)
    row.refresh_from_db()
    return common_requirements.agree(requirement=row, revision=row.revision, by=leader(row.demand))


def say(row: CommonRequirement, slug: str, kind: str = "ACCEPTS", text: str = "", **given: Any) -> None:
    values = {"wording": row.wording, "by": somebody(slug)} | given
    requirement_words.answer(requirement=row, borough=of(slug), kind=kind, text=text, **values)


def leader(demand: JointDemand) -> User:
    """Somebody who acts as the lead."""
    lead = Coalition.objects.get(demand=demand).lead
    if lead is not None:
        return somebody(lead.slug)
    user: User = UserFactory()
    MembershipFactory(user=user, role=Role.LOTI_ANALYST, borough=None)
    return user


def frozen(demand: JointDemand, **given: Any) -> SpecificationVersion:
    return specifications.freeze(demand=demand, by=leader(demand), **given)
