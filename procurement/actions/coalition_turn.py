"""What every act on a coalition begins and ends with: its turn, the step that is kept, and who is told.

The coalition's row is the lock of all that boroughs say about one joint demand. Without it a borough could leave in
the moment in which its commitment completes the quorum, and two boroughs could both be made the lead.
"""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.actions import notifying
from boroughs.actions.notifying import News
from boroughs.exceptions import IllegalMove, PermissionRefused
from boroughs.models import Borough, Notification, User
from boroughs.permissions import Actor, Permission
from procurement.models import Coalition, JointDemand, Participation, ParticipationStep
from procurement.queries.leading import leads

Verb = ParticipationStep.Verb


def take(demand: JointDemand) -> Coalition:
    """Wait for whoever acts on this coalition, and read what they left. Raises IllegalMove where it is retired."""
    now = timezone.now()
    coalition, _ = Coalition.objects.get_or_create(demand=demand, defaults={"updated_at": now})
    Coalition.objects.filter(pk=coalition.pk).update(updated_at=now)
    demand.refresh_from_db()
    if demand.status == JointDemand.Status.RETIRED:
        raise IllegalMove(f"{demand.reference} is retired; its needs have gone elsewhere.")
    return Coalition.objects.select_related("lead", "demand").get(pk=coalition.pk)


def require_lead(coalition: Coalition, by: Actor) -> None:
    """Raise PermissionRefused unless this person acts as the lead."""
    if not leads(by, coalition):
        who = f"an approver of {coalition.lead.name}" if coalition.lead else "an analyst, until a borough leads"
        raise PermissionRefused(f"This is for {who}.")


def write(row: Participation, **values: object) -> None:
    """Change the borough's row: a revision further. In the coalition's turn, so nobody else writes it."""
    values["revision"] = row.revision + 1
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def step(*, demand: JointDemand, borough: Borough, verb: ParticipationStep.Verb, by: Actor, **said: Any) -> None:
    """Keep the step, and put it on the audit trail. `said` are columns of the step."""
    ParticipationStep.objects.create(
        demand_reference=demand.reference,
        borough_slug=borough.slug,
        verb=verb,
        at=timezone.now(),
        by=audit.name_of(by),
        role=_role(by, borough),
        **said,
    )
    audit.record(
        by=by,
        verb=verb.lower(),
        noun="participation",
        reference=demand.reference,
        borough=borough,
        details={name: value for name, value in said.items() if value and name != "comment"},
    )


def tell(
    demand: JointDemand,
    headline: str,
    *,
    key: str,
    to: Iterable[int] | None = None,
    kind: Notification.Kind = Notification.Kind.COALITION,
    permission: Permission = Permission.TAKE_PART,
    besides: Actor | None = None,
    page: str = "demand-participation",
) -> int:
    """Tell boroughs, by primary key, or all that take part; how many people. Call it last. `page` is where it leads."""
    if to is None:
        to = Participation.objects.taking_part().filter(demand=demand).values_list("borough_id", flat=True)
    news = [
        News(
            kind=kind,
            borough_id=borough_id,
            subject=demand.reference,
            headline=headline,
            path=reverse(page, args=[demand.reference]),
            # A key is told once, so each borough has its own.
            key=f"{kind} {demand.reference} {borough_id} {key}",
        )
        for borough_id in sorted(set(to))
    ]
    return notifying.announce(news, to=permission, besides=besides)


def named(demand: JointDemand) -> str:
    return f"{demand.reference} “{demand.title}”"


def _role(by: Actor, borough: Borough) -> str:
    """The role in which the person spoke: one in that borough before one for all of London."""
    if not isinstance(by, User):
        return ""
    held = permissions.memberships(by)
    own = [each for each in held if each.borough_id == borough.pk] or [each for each in held if not each.borough_id]
    if not own:
        return ""
    role = str(own[0].get_role_display())
    return f"{role}, {borough.name}" if own[0].borough_id else role
