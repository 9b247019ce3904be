"""The board's cards, made once for each version and day.

A version never changes, and what its card says of the day (open, closed) changes at midnight. So a card is kept by both
and outlives publications; only why a search found it belongs to the search, and is put in its place.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

from procurement.models import NoticeVersion
from procurement.queries import published
from procurement.queries.published import Stamp
from procurement.queries.published_notice import PublishedNotice

# Some two kilobytes each.
CARDS = 2000
# Stands where the reasons go; no notice holds it, since texts have no control characters.
_SLOT = "\x1a"


@dataclass(frozen=True)
class Card:
    """The card up to where the reasons stand, and after."""

    before: SafeString
    after: SafeString


@dataclass
class Shelf:
    """The cards that this process keeps, those first that were asked for longest ago."""

    cards: OrderedDict[tuple[object, ...], Card] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, key: tuple[object, ...]) -> Card | None:
        with self.lock:
            if key in self.cards:
                self.cards.move_to_end(key)
            return self.cards.get(key)

    def put(self, key: tuple[object, ...], card: Card) -> None:
        with self.lock:
            self.cards[key] = card
            while len(self.cards) > CARDS:
                self.cards.popitem(last=False)


shelf = Shelf()


def cards(versions: Iterable[int], *, stamp: Stamp) -> list[tuple[int, Card]]:
    """Current versions, by primary key, with their cards, in this order. One query where one of them is not kept."""
    # The style sheet's name changes with each release of the site.
    keys = {version: (version, stamp.day, static("build/loti.css")) for version in versions}
    found = {version: shelf.find(key) for version, key in keys.items()}
    missing = [version for version, card in found.items() if card is None]
    if missing:
        for notice in published.read(NoticeVersion.objects.whole().filter(pk__in=missing), at=stamp.at):
            card = found[notice.version_id] = _card(notice)
            shelf.put(keys[notice.version_id], card)
    return [(version, card) for version, card in found.items() if card is not None]


def _card(notice: PublishedNotice) -> Card:
    before, _, after = render_to_string("procurement/notices/_card.html", {"notice": notice, "slot": _SLOT}).partition(
        _SLOT
    )
    # Both are what templates wrote.
    return Card(mark_safe(before), mark_safe(after))  # noqa: S308
