"""Notices on the board whose boroughs are no longer those that they name."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from boroughs.models import Need
from boroughs.templatetags.formatting import listed
from procurement.models import DemandMember, Notice
from procurement.queries import public_content

# Slug → name.
Names = Mapping[str, str]


def on_board() -> list[tuple[Notice, str]]:
    """Each published notice that names others than it would now, with what happened in words. Nobody works on these.

    Three queries, however many there are.
    """
    published = Notice.objects.filter(status=Notice.Status.PUBLISHED)
    now = _named_now(published.values("demand_id"))
    found = []
    for notice in published.select_related("current").order_by("pk"):
        current = notice.current
        if current is None:
            continue
        named = {borough["slug"]: borough["name"] for borough in current.content["boroughs"]}
        if words := _in_words(named, now.get(notice.demand_id, {})):
            found.append((notice, words))
    return found


def _named_now(demands: QuerySet[Notice, Any]) -> Mapping[int, Names]:
    """Whom a notice about each joint demand, by primary key, would name now."""
    gone = public_content.left_out_of(demands)
    members = DemandMember.objects.filter(demand__in=demands, need__status=Need.Status.OPEN)
    found: dict[int, dict[str, str]] = defaultdict(dict)
    wanted = ("demand_id", "need__borough_id", "need__borough__slug", "need__borough__name")
    for demand, borough, slug, name in members.values_list(*wanted).distinct().order_by():
        if borough not in gone.get(demand, ()):
            found[demand][slug] = name
    return found


def _in_words(named: Names, now: Names) -> str:
    """ "Harrow joined. Brent left."; blank where they are the same."""
    joined = [name for slug, name in now.items() if slug not in named]
    left = [name for slug, name in named.items() if slug not in now]
    return " ".join([*_sentence(joined, "joined"), *_sentence(left, "left")])


def _sentence(names: Iterable[str], verb: str) -> list[str]:
    ordered = sorted(names)
    return [f"{listed(ordered)} {verb}."] if ordered else []
