"""A demonstration's first confirmations and publications, by its own people, so that the board shows something."""

from django.db import transaction

from boroughs.models import User
from boroughs.permissions import COMMAND_LINE
from procurement.actions import demands, demo_coalition, demo_interests, naming, notices
from procurement.models import JointDemand, Notice
from procurement.queries.demand_picture import demand_picture
from procurement.queries.notice_problems import boroughs_of

# So many joint demands are confirmed, and the first of them published.
CONFIRMED = 8
PUBLISHED = 5


@transaction.atomic
def confirm_and_publish_some() -> int:
    """Confirm the widest joint demands and publish notices for some; the number of notices, 0 where some exist.

    All or nothing: a start that is stopped half-way does it whole the next time.
    """
    people = list(User.objects.filter(is_demo=True, memberships__role="LOTI_ANALYST").order_by("email"))
    if len(people) < 2 or Notice.objects.exists():
        return 0
    first, second = people[:2]
    published = 0
    for picture in demand_picture(exact=True).demands[:CONFIRMED]:
        demand = demands.confirm(demand=JointDemand.objects.get(reference=picture.reference), by=first)
        if published < PUBLISHED:
            boroughs = boroughs_of(demand)
            demo_coalition.agree_on_lead(demand, boroughs)
            notice = notices.draft_from(demand=demand, by=first)
            for borough in boroughs:
                naming.answer(demand=demand, borough=borough, agrees=True, by=COMMAND_LINE)
            notices.propose(notice=notice, by=first)
            notices.publish(notice=notice, by=second)
            published += 1
            if published == 1:
                demo_interests.show(notice)
    return published
