"""Needs that have changed since a person confirmed them as members: far enough to ask again, or not.

The ruling holds either way; only the question comes back into the review queue. What was read is the revision that
the member's row names, what it said is in the need's history.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from boroughs.models import Need, NeedRevision
from procurement.matching import Item
from procurement.matching.drift import moved_far
from procurement.matching.embed import Embedder
from procurement.models import DemandMember


def as_read() -> dict[str, Any]:
    """The columns that say of members that a person has read them as they are now."""
    present = Need.objects.filter(pk=OuterRef("need_id")).values("revision")[:1]
    return {"confirmed_at": timezone.now(), "confirmed_revision": Subquery(present), "moved_at": None}


def unread(members: QuerySet[DemandMember]) -> QuerySet[DemandMember]:
    """Those of whom somebody has to be asked: nobody has confirmed them, or their text has moved far since."""
    return members.filter(Q(confirmed_at__isnull=True) | Q(moved_at__isnull=False))


# The row's key and the revision that was read → whether the text has moved far from it.
Found = Mapping[tuple[int, int], bool]


def moved(items: Mapping[int, Item], embedder: Embedder | None) -> Found:
    """Of each confirmed member whose need has changed since, whether its text has moved far.

    `items` are the open needs as the engine reads them, by primary key. Two queries.
    """
    confirmed = DemandMember.objects.filter(need__in=list(items), confirmed_revision__isnull=False)
    changed = confirmed.exclude(confirmed_revision=F("need__revision")).order_by("pk")
    rows = [(row.pk, row.need_id, row.confirmed_revision or 0) for row in changed]
    revisions = NeedRevision.objects.filter(need__in=[need_id for _, need_id, _ in rows]) if rows else ()
    said = {(each.need_id, each.number): each.content for each in revisions}
    pairs = {
        (pk, number): (_item(said[need_id, number], items[need_id]), items[need_id])
        for pk, need_id, number in rows
        if (need_id, number) in said
    }
    return dict(zip(pairs, moved_far(list(pairs.values()), embedder), strict=True))


def write(found: Found) -> None:
    """Ask of those that have moved; of those that have come back nobody is asked any more.

    What somebody has confirmed anew while it was worked out is left alone.
    """
    now = timezone.now()
    rows = DemandMember.objects.filter(pk__in=[pk for pk, _ in found])
    read = set(rows.values_list("pk", "confirmed_revision")) if found else set()
    far, near = ([each[0] for each in found if each in read and found[each] is wanted] for wanted in (True, False))
    DemandMember.objects.filter(pk__in=far, confirmed_at__isnull=False, moved_at__isnull=True).update(moved_at=now)
    DemandMember.objects.filter(pk__in=near, moved_at__isnull=False).update(moved_at=None)


def _item(content: Mapping[str, Any], now: Item) -> Item:
    """What a revision of the need said, in the words that procurement/actions/matching.py reads of a need."""
    lines: Iterable[Mapping[str, Any]] = content.get("requirements", ())
    return Item(
        id=now.id,
        owner=now.owner,
        title=content.get("title", ""),
        problem=content.get("problem", ""),
        description="\n".join(
            part for part in (content.get("users_description", ""), content.get("description", "")) if part
        ),
        requirements=tuple(line["text"] for line in lines),
    )
