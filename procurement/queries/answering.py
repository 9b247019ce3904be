"""Who answers suppliers' questions on a notice: the authorities that it names draft, and the lead says yes."""

from boroughs import permissions
from boroughs.models import User
from boroughs.permissions import Actor, Permission, System
from procurement.models import Coalition, Notice
from procurement.queries import drafting, public_content
from procurement.queries.leading import leads


def may_draft(actor: Actor, notice: Notice) -> bool:
    """Who prepares the notice, and editors and approvers of the authorities that it names, but for those that left."""
    if drafting.may_draft(actor, notice.demand):
        return True
    own = permissions.borough_ids(actor, Permission.TAKE_PART) if isinstance(actor, User) else []
    if not own or notice.current is None:
        return False
    named = notice.current.boroughs.filter(pk__in=own).values_list("pk", flat=True)
    return bool(set(named) - public_content.left_out(notice.demand))


def may_publish(actor: Actor, notice: Notice) -> bool:
    """Who approves notices, and approvers of the borough that leads."""
    if isinstance(actor, System) or permissions.has(actor, Permission.PUBLISH_NOTICES):
        return True
    return leads(actor, Coalition.objects.filter(demand=notice.demand_id).first())
