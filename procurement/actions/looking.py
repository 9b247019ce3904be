"""What somebody who begins to write a need is shown before they log it. Writes nothing."""

from boroughs import permissions
from boroughs.models import Borough, User
from boroughs.permissions import Permission
from procurement.actions import indexing
from procurement.matching import Item
from procurement.queries.lookalikes import PAIRS, TYPED, Lookalikes, lookalikes


def look(*, title: str, problem: str, borough: Borough, by: User) -> Lookalikes:
    """What looks like this need of `borough`. Neither text nor what is read off it is kept.

    Raises `PermissionRefused` unless the person may write needs of the borough.
    """
    permissions.require(by, Permission.EDIT_NEEDS, borough)
    index = indexing.at_hand()
    suggestion = None
    if index is not None:
        typed = Item(id=TYPED, owner=borough.slug, title=title, problem=problem)
        suggestion = index.suggest(typed, limit=PAIRS, keep=False)
    return lookalikes(title=title, borough=borough, user=by, suggestion=suggestion)
