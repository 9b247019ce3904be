"""What every act on a common specification begins and ends with. Its turn is the coalition's: what boroughs say about
a requirement, who joins and who leads are decided by one at a time.
"""

from collections.abc import Iterable

from django.utils import timezone

from boroughs import audit
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable
from boroughs.models import Borough, Notification
from boroughs.permissions import Actor, Permission
from procurement.actions import coalition_turn
from procurement.models import Coalition, CommonRequirement, JointDemand, Participation

REASON_LIMIT = 2000

take = coalition_turn.take
require_lead = coalition_turn.require_lead
named = coalition_turn.named


def held(requirement: CommonRequirement, revision: int) -> CommonRequirement:
    """The row as it is now. Raises ChangedMeanwhile where it is not as the person read it. In the coalition's turn."""
    row = CommonRequirement.objects.select_related("demand").get(pk=requirement.pk)
    if row.revision != revision:
        raise ChangedMeanwhile(f"Somebody has changed R{row.number} since you opened the page.")
    return row


def require_status(row: CommonRequirement, verb: str) -> None:
    sources, _ = CommonRequirement.TRANSITIONS[verb]
    if row.status not in sources:
        raise IllegalMove(f"R{row.number} is {_said(row)}.")


def require_open(row: CommonRequirement) -> None:
    """Raise IllegalMove unless it is still to be agreed."""
    if row.status != CommonRequirement.Status.PROPOSED:
        raise IllegalMove(f"R{row.number} is {_said(row)}. The lead has to reopen it first.")


def require_part(demand: JointDemand, borough: Borough) -> None:
    """Raise IllegalMove unless the borough takes part."""
    if not Participation.objects.taking_part().filter(demand=demand, borough=borough).exists():
        raise IllegalMove(f"{borough.name} has to accept the overlap first: say where it stands on {demand.reference}.")


def require_text(text: str, *, name: str, words: str, limit: int = REASON_LIMIT, needed: bool = True) -> str:
    """The text without its edges. Raises NotAcceptable with `words` where it is missing."""
    text = text.strip()
    problem = words if needed and not text else f"Use {limit:,} characters or fewer." if len(text) > limit else ""
    if problem:
        raise NotAcceptable([problem], {name: [problem]})
    return text


def write(row: CommonRequirement, **values: object) -> None:
    """Change it: a revision further. In the coalition's turn, so nobody else writes it."""
    values |= {"revision": row.revision + 1, "updated_at": timezone.now()}
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def record(row: CommonRequirement, verb: str, *, by: Actor, borough: Borough | None = None, **details: object) -> None:
    reference = f"{row.demand.reference} R{row.number}"
    audit.record(by=by, verb=verb, noun="common requirement", reference=reference, borough=borough, details=details)


def record_whole(
    demand: JointDemand, verb: str, *, by: Actor, borough: Borough | None = None, **details: object
) -> None:
    """The same of what concerns the whole specification."""
    noun = "common specification"
    audit.record(by=by, verb=verb, noun=noun, reference=demand.reference, borough=borough, details=details)


def tell(
    demand: JointDemand,
    headline: str,
    *,
    key: str,
    to: Iterable[int] | None = None,
    permission: Permission = Permission.TAKE_PART,
    besides: Actor | None = None,
) -> int:
    """Tell boroughs, by primary key, or all that take part. Call it last."""
    return coalition_turn.tell(
        demand,
        headline,
        key=key,
        to=to,
        kind=Notification.Kind.SPECIFICATION,
        permission=permission,
        besides=besides,
        page="demand-specification",
    )


def tell_lead(coalition: Coalition, headline: str, *, key: str, besides: Actor) -> None:
    """Tell the approvers of the borough that leads; nobody where none does."""
    if coalition.lead_id is not None:
        tell(
            coalition.demand,
            headline,
            key=key,
            to=[coalition.lead_id],
            permission=Permission.COMMIT,
            besides=besides,
        )


def _said(row: CommonRequirement) -> str:
    return row.get_status_display().lower()
