"""Who did something with a joint demand, as far as a reader may know it.

The people of a borough are named to that borough, to analysts and to the office; everybody else reads the borough's
name. What the office's own people do they do for all, under their names.
"""

from collections import defaultdict
from collections.abc import Iterable

from boroughs import audit, permissions
from boroughs.models import Membership, User
from boroughs.permissions import Permission
from boroughs.templatetags.formatting import listed

LEFT = "a person who has left"


def names(actors: Iterable[str], reader: User) -> dict[str, str]:
    """What to call each, by what the audit trail calls it. One query."""
    known = set(actors)
    if permissions.has(reader, Permission.VIEW_PARTICIPATION):
        people = audit.people(known)
        return {actor: people.get(actor, actor) for actor in known}
    own = set(permissions.borough_ids(reader, Permission.VIEW_DEMANDS))
    places: dict[str, list[Membership]] = defaultdict(list)
    rows = Membership.objects.filter(user__email__in=known).select_related("user", "borough").order_by("borough__name")
    for row in rows:
        places[row.user.email].append(row)
    return {actor: _name(actor, places.get(actor, []), own) for actor in known}


def _name(actor: str, places: list[Membership], own: set[int]) -> str:
    boroughs = [each.borough for each in places if each.borough]
    if not places:
        return LEFT if "@" in actor else actor
    if not boroughs or any(borough.pk in own for borough in boroughs):
        return places[0].user.name
    return listed(borough.name for borough in boroughs)
