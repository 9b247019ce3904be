"""Who acts for all in a joint demand."""

from boroughs import permissions
from boroughs.models import User
from boroughs.permissions import Actor, Permission, System
from procurement.models import Coalition


def leads(actor: Actor, coalition: Coalition | None) -> bool:
    """Whether this person acts as the lead: an approver of the borough that leads; an analyst where none does."""
    if isinstance(actor, System):
        return True
    if not isinstance(actor, User):
        return False
    if coalition is None or coalition.lead_id is None:
        return permissions.has(actor, Permission.REVIEW_DEMANDS)
    return coalition.lead_id in permissions.borough_ids(actor, Permission.COMMIT)
