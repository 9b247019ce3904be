"""Who prepares notices, and which."""

from boroughs import permissions
from boroughs.exceptions import PermissionRefused
from boroughs.models import User
from boroughs.permissions import Actor, Permission, System
from procurement.models import Coalition, JointDemand, Notice
from procurement.models.joint_demand import JointDemandQuerySet
from procurement.models.notice import NoticeQuerySet


def may_draft(actor: Actor, demand: JointDemand) -> bool:
    """Analysts, and editors and approvers of the borough that leads it. One query for a borough's person."""
    return prepares(actor, None) or prepares(actor, Coalition.objects.filter(demand=demand).first())


def prepares(actor: Actor, coalition: Coalition | None) -> bool:
    """The same of a joint demand whose coalition is at hand. No query."""
    if isinstance(actor, System) or permissions.has(actor, Permission.DRAFT_NOTICES):
        return True
    own = permissions.borough_ids(actor, Permission.TAKE_PART) if isinstance(actor, User) else []
    return coalition is not None and coalition.lead_id in own


def require_any(user: User) -> None:
    """Raise PermissionRefused for people who never prepare a notice, whatever their borough leads."""
    if not prepares_any(user):
        raise PermissionRefused("Analysts and the boroughs that lead prepare notices.")


def prepares_any(user: User) -> bool:
    """Whether the person prepares notices at all, or would if their borough led."""
    return permissions.has(user, Permission.DRAFT_NOTICES) or permissions.has(user, Permission.TAKE_PART)


def demands_of(user: User) -> JointDemandQuerySet:
    """Joint demands about which the person may prepare a notice. Raises as `require_any` does."""
    require_any(user)
    if permissions.has(user, Permission.DRAFT_NOTICES):
        return JointDemand.objects.all()
    return JointDemand.objects.filter(coalition__lead__in=permissions.borough_ids(user, Permission.TAKE_PART))


def notices_of(user: User) -> NoticeQuerySet:
    """Notices that the person may prepare."""
    return Notice.objects.filter(demand__in=demands_of(user))
