"""What suppliers do about a notice, told to people of the borough that leads."""

from django.urls import reverse

from boroughs.actions import notifying
from boroughs.actions.notifying import News
from boroughs.models import Notification
from boroughs.permissions import Actor, Permission
from procurement.models import Coalition, Notice


def tell(
    notice: Notice,
    what: str,
    *,
    kind: Notification.Kind,
    route: str,
    key: str,
    to: Permission,
    besides: Actor | None = None,
) -> None:
    """Tell whose role there carries `to`, once for a key. `what` are the words before "NT-0001"; call this last."""
    # As the board calls it: the lead that a notice names may not read its working copy.
    title = notice.current.title if notice.current else notice.reference
    lead = Coalition.objects.filter(demand=notice.demand_id).values_list("lead", flat=True).first() or notice.lead_id
    news = News(
        kind=kind,
        borough_id=lead,
        subject=notice.reference,
        headline=f"{what} {notice.reference} “{title}”",
        path=reverse(route, args=[notice.reference]),
        key=f"{kind} {key}",
    )
    notifying.announce([news], to=to, besides=besides)
