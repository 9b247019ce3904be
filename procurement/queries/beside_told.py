"""Whether a person may read the users of single boroughs beside the totals of users that were told.

A total may have been told before some of its boroughs agreed to show each other what they want, and it stays told. Who
reads the figures of those takes them from it. Where too little would be left, none of the others' is read.
"""

from collections.abc import Collection

from boroughs import permissions
from boroughs.models import Borough, Need, User
from boroughs.permissions import Permission
from procurement.disclosure import Reading, may_read
from procurement.models import FigureRelease, JointDemand
from procurement.queries.disclosure_rule import disclosure_rule
from procurement.queries.public_figures import told_before
from procurement.queries.sharing import Shared, ever_accepted


def may_read_users(demand: JointDemand, user: User, needs: Collection[Need], readable: Shared) -> bool:
    """Of the other boroughs whose needs the person may read; `needs` are the open members. At most three queries."""
    others = [need for need in needs if readable.may_read(need.pk) and need.pk not in readable.whole]
    told = [
        release
        for release in (told_before(demand, needs) if others else ())
        if release.quantity == FigureRelease.Quantity.USERS
    ]
    if not told:
        return True
    own = Borough.objects.filter(pk__in=permissions.borough_ids(user, Permission.VIEW_NEEDS))
    reading = Reading(
        own=frozenset(own.values_list("slug", flat=True)),
        read=frozenset(need.reference for need in others),
        ever=ever_accepted(demand, needs) | {need.borough.slug for need in others},
    )
    return may_read(told, disclosure_rule(), reading)
