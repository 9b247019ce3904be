"""Which notices an alert is about: what the page shows that it was made on, whatever state the notice is in now.

A state says how a notice stands today, and an alert tells of events: that a notice was withdrawn is news to whoever was
told of it. So a search is asked here without its states.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from django.conf import settings
from django.http import QueryDict

from boroughs.queries.mornings import last_monday, last_morning
from procurement.models import Alert, NoticeVersion, PublicState
from procurement.queries import board
from procurement.queries.board_facets import FACETS, Filters, Options
from procurement.queries.published import Stamp


class Asked(Protocol):
    @property
    def filters(self) -> Filters: ...


Frequency = Alert.Frequency

# How an address of the board is read: procurement/forms/board.py, which stands above this layer.
Read = Callable[[QueryDict, Options], Asked]


@dataclass(frozen=True)
class Event:
    """A version that was published: what an e-mail tells of."""

    version_id: int
    notice_id: int
    # The version that the board shows now; a notice matches as it is now.
    current_id: int
    reference: str
    number: int
    title: str
    reason: str
    is_withdrawal: bool
    at: datetime

    @property
    def key(self) -> str:
        """Names the event among the letters of a subscriber."""
        return f"version-{self.version_id}"

    @property
    def what(self) -> str:
        """What happened, in a word or two."""
        if self.is_withdrawal:
            return "Withdrawn"
        return "New notice" if self.number == 1 else "Changed"


class Matcher:
    """What each search finds on one state of the board. A search that many follow is asked once.

    `alive` is called before each: whoever has thousands to ask holds their work by it.
    """

    def __init__(self, *, stamp: Stamp, read: Read, alive: Callable[[], None] = lambda: None) -> None:
        self._stamp = stamp
        self._read = read
        self._alive = alive
        self._found: dict[str, frozenset[int]] = {}

    def is_about(self, alert: Alert, event: Event) -> bool:
        if alert.notice_id is not None:
            return alert.notice_id == event.notice_id
        return event.current_id in self.found(alert.search)

    def found(self, search: str) -> frozenset[int]:
        """Keys of the current versions that a search finds."""
        if search not in self._found:
            self._alive()
            query = QueryDict(search)
            asked = self._read(query, board.options(self._stamp)).filters
            every = replace(asked, states=tuple(PublicState))
            # A filter of which the board has no value now was left out in reading. Nothing has that value.
            is_whole = sum(bool(getattr(asked, name)) for name in FACETS) == len(query.keys() - {"q"})
            self._found[search] = frozenset(board.search(every, stamp=self._stamp).keys if is_whole else ())
        return self._found[search]


def news_since(at: datetime) -> datetime:
    """What was published before this is no news to anybody: whether it was told is not known any more."""
    return at - timedelta(days=settings.TOLD_KEPT_DAYS)


def events(*, after: datetime, until: datetime) -> list[Event]:
    """What was published after one moment and no later than another, oldest first. One query."""
    return _events(published_at__gt=after, published_at__lte=until)


def event(version: int) -> Event | None:
    """One publication, by the primary key of its version."""
    return next(iter(_events(pk=version)), None)


@dataclass(frozen=True)
class Preview:
    """What an alert would have told in the last days: the publications, and how many e-mails in each rhythm."""

    days: int
    events: tuple[Event, ...]
    emails: Mapping[Alert.Frequency, int]


def preview(alert: Alert, *, stamp: Stamp, read: Read, days: int = 30) -> Preview:
    """What an alert, saved or not, would have sent had it stood that long. Two queries beside those of the board."""
    matcher = Matcher(stamp=stamp, read=read)
    found = [
        each for each in events(after=stamp.at - timedelta(days=days), until=stamp.at) if matcher.is_about(alert, each)
    ]
    # In one e-mail is what was published between two mornings.
    emails = {
        Frequency.AT_ONCE: len(found),
        Frequency.DAILY: len({last_morning(each.at) for each in found}),
        Frequency.WEEKLY: len({last_monday(each.at) for each in found}),
    }
    return Preview(days, tuple(reversed(found)), emails)


def of_each(alerts: Iterable[Alert], found: Iterable[Event], *, matcher: Matcher) -> Mapping[int, list[Event]]:
    """What of the events is news to each alert, by its primary key."""
    listed = list(found)
    return {
        alert.pk: [
            event
            for event in listed
            if alert.since is not None and event.at > alert.since and matcher.is_about(alert, event)
        ]
        for alert in alerts
    }


def _events(**asked: object) -> list[Event]:
    columns = (
        "pk",
        "notice_id",
        "notice__current_id",
        "notice__reference",
        "number",
        "title",
        "reason",
        "is_withdrawal",
    )
    rows = NoticeVersion.objects.filter(**asked).in_order().values_list(*columns, "published_at")
    return [Event(*row) for row in rows]
