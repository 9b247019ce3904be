"""Notices on the board whose boroughs are no longer those that they name."""

from collections.abc import Iterable

from procurement.models import Notice
from procurement.queries.notice_problems import boroughs_of


def on_board() -> list[tuple[Notice, str]]:
    """Each published notice that names others than it would now, with what happened in words. Nobody works on these."""
    rows = Notice.objects.filter(status=Notice.Status.PUBLISHED).select_related("demand", "current").order_by("pk")
    found = ((notice, in_words(notice)) for notice in rows)
    return [(notice, words) for notice, words in found if words]


def in_words(notice: Notice) -> str:
    """ "Harrow joined. Brent left." of a notice on the board; blank where its boroughs are the same."""
    if notice.current is None:
        return ""
    named = {borough["slug"]: borough["name"] for borough in notice.current.content["boroughs"]}
    now = {borough.slug: borough.name for borough in boroughs_of(notice.demand)}
    joined = [name for slug, name in now.items() if slug not in named]
    left = [name for slug, name in named.items() if slug not in now]
    return " ".join([*_sentence(joined, "joined"), *_sentence(left, "left")])


def _sentence(names: Iterable[str], verb: str) -> list[str]:
    ordered = sorted(names)
    if not ordered:
        return []
    listed = ordered[0] if len(ordered) == 1 else f"{', '.join(ordered[:-1])} and {ordered[-1]}"
    return [f"{listed} {verb}."]
