"""Telling subscribers what was published, each of them once.

A publication asks for it in its own transaction. Those who want to be told at once have their letters written by a
worker, all of one version before the mail server is asked for the first; the others get one in the morning, with all
that was published since the last. A letter has the name of its event, and a subscriber never has two of one name: so a
worker that dies half-way is followed by one that writes the rest.
"""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from boroughs.actions import work
from boroughs.actions.work import Claim
from boroughs.background import Task
from boroughs.exceptions import LeaseLost
from boroughs.queries.mornings import last_monday, last_morning
from procurement import notifications
from procurement.actions import letters, notice_vectors, webhook_turn
from procurement.actions.letters import Draft
from procurement.models import Alert, Letter, Mute, NoticeVersion, Subscriber
from procurement.models.alert import AlertQuerySet
from procurement.queries import alert_matches, board_search, published
from procurement.queries.alert_matches import Event, Matcher, Read

logger = logging.getLogger(__name__)

Frequency = Alert.Frequency
T = TypeVar("T")
# Subscribers whose letters are written in one transaction.
PORTION = 200
# A version bears the time at which its publication began. One that began before the morning's time may be seen only
# after it; by then it is on the board, or was taken back.
SETTLED = timedelta(minutes=1)
ALL = "london"


def request(version: NoticeVersion) -> None:
    """A publication's request, in its transaction."""
    work.request(task=Task.TELL_SUBSCRIBERS, key=str(version.pk))


def tell(*, key: str, read: Read) -> int:
    """Claim the version of that primary key and write the letters of those who want them at once; their number."""
    claim = work.claim(task=Task.TELL_SUBSCRIBERS, key=key)
    if claim is None:
        return 0
    try:
        return _tell(claim, read)
    except LeaseLost:
        logger.warning("Telling subscribers lost its lease; the worker that took over goes on")
    except Exception as error:  # noqa: BLE001 - whatever it is, the work is given back, tried again and shown
        work.fail(claim=claim, error=error)
    return 0


def _tell(claim: Claim, read: Read) -> int:
    event = alert_matches.event(int(claim.key))
    if event is None:
        # Deleted with its board, as a test or a restore does; there is nothing to tell.
        work.finish(claim=claim)
        return 0
    # So that a search finds it by its meaning, too.
    notice_vectors.compute([event.current_id])
    matcher = _matcher(claim, read)
    webhook_turn.put(event, matcher=matcher)
    written = 0
    at_once = Alert.objects.to_tell(of=event.at).filter(frequency=Frequency.AT_ONCE)
    for portion in _portions(at_once, first=_first(event)):
        work.renew(claim=claim)
        muted = _muted(portion)
        drafts = [
            Draft(alerts[0].subscriber_id, event.key, notifications.published(event=event, alerts=about))
            for alerts in portion
            if (about := [alert for alert in alerts if matcher.is_about(alert, event)])
            and event.notice_id not in muted[alerts[0].subscriber_id]
        ]
        letters.put(drafts)
        written += len(drafts)
    with transaction.atomic():
        work.finish(claim=claim)
        # Servers and mailboxes are told in the same moment.
        webhook_turn.wake()
        letters.wake()
    return written


def request_digests() -> None:
    """The scheduler's request: write the e-mails of the morning that are due, those that were missed too."""
    now = timezone.now()
    if any(_due(frequency, until).exists() for frequency, until in _mornings(now)):
        work.request(task=Task.WRITE_DIGESTS, key=ALL)


def write_digests(*, key: str, read: Read) -> int:
    """Claim the work that is due and write a letter for each subscriber to whom there is news; their number."""
    claim = work.claim(task=Task.WRITE_DIGESTS, key=key)
    if claim is None:
        return 0
    try:
        now = timezone.now()
        written = sum(_write(claim, frequency, until, read) for frequency, until in _mornings(now))
        with transaction.atomic():
            work.finish(claim=claim)
            letters.wake()
        return written
    except LeaseLost:
        logger.warning("Writing digests lost its lease; the worker that took over goes on")
    except Exception as error:  # noqa: BLE001 - whatever it is, the work is given back, tried again and shown
        work.fail(claim=claim, error=error)
    return 0


def _mornings(at: datetime) -> tuple[tuple[Alert.Frequency, datetime], ...]:
    settled = at - SETTLED
    return (Frequency.DAILY, last_morning(settled)), (Frequency.WEEKLY, last_monday(settled))


def _matcher(claim: Claim, read: Read) -> Matcher:
    """What searches find now. The index of a large board takes seconds to build in a worker that has just begun."""
    stamp = published.stamp(at=timezone.now())
    board_search.build(head=stamp.head)
    work.renew(claim=claim)
    return Matcher(stamp=stamp, read=read, alive=partial(work.renew, claim=claim))


def _due(frequency: Alert.Frequency, until: datetime) -> AlertQuerySet:
    return Alert.objects.to_tell(of=until).filter(frequency=frequency)


def _write(claim: Claim, frequency: Alert.Frequency, until: datetime, read: Read) -> int:
    matcher = _matcher(claim, read)
    written = 0
    for portion in _portions(_due(frequency, until)):
        work.renew(claim=claim)
        # Asked before the transaction, in which the work is not renewed.
        for search in {alert.search for mine in portion for alert in mine if alert.notice_id is None}:
            matcher.found(search)
        written += _digest(portion, frequency, until, matcher)
    return written


@transaction.atomic
def _digest(portion: Sequence[Sequence[Alert]], frequency: str, until: datetime, matcher: Matcher) -> int:
    """The letters of some subscribers, and that they were told: both, or neither."""
    alerts = [alert for mine in portion for alert in mine]
    since = min(alert.since for alert in alerts if alert.since)
    # Whom no e-mail reached for longer hears of what is news.
    events = alert_matches.events(after=max(since, alert_matches.news_since(timezone.now())), until=until)
    news = alert_matches.of_each(alerts, events, matcher=matcher)
    muted, told = _muted(portion), _told(portion, events)
    drafts = []
    for mine in portion:
        subscriber = mine[0].subscriber_id
        passed = {
            event.key: event
            for alert in mine
            for event in news[alert.pk]
            if event.notice_id not in muted[subscriber] and event.key not in told[subscriber]
        }
        if passed:
            key = f"{frequency.lower()}-{timezone.localtime(until):%Y-%m-%d}"
            listed = sorted(passed.values(), key=lambda event: event.version_id)
            about = [alert for alert in mine if news[alert.pk]]
            drafts.append(Draft(subscriber, key, notifications.digest(events=listed, alerts=about)))
    letters.put(drafts)
    Alert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(told_until=until)
    return len(drafts)


def _first(event: Event) -> int:
    """The subscriber whose letter is the first: another one for each version, all over the list, so that nobody is
    always told minutes before the others. The same one if a worker begins again.
    """
    newest = Subscriber.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    share = int(hashlib.sha256(event.key.encode()).hexdigest()[:8], 16) / 2**32
    return round(share * newest)


def _portions(alerts: AlertQuerySet, *, first: int = 0) -> Iterator[list[list[Alert]]]:
    """Alerts by their subscriber, so many subscribers at a time: from one of them to the last, then those before."""
    yield from _between(alerts.filter(subscriber__gte=first))
    if first:
        yield from _between(alerts.filter(subscriber__lt=first))


def _between(alerts: AlertQuerySet) -> Iterator[list[list[Alert]]]:
    last = 0
    while True:
        waiting = alerts.filter(subscriber__gt=last)
        people = list(waiting.order_by("subscriber").values_list("subscriber", flat=True).distinct()[:PORTION])
        if not people:
            return
        mine: dict[int, list[Alert]] = defaultdict(list)
        for alert in waiting.filter(subscriber__in=people).select_related("subscriber").order_by("subscriber", "pk"):
            mine[alert.subscriber_id].append(alert)
        yield list(mine.values())
        last = people[-1]


def _muted(portion: Sequence[Sequence[Alert]]) -> Mapping[int, set[int]]:
    """Notices of which each subscriber wants to hear no more."""
    return _by_subscriber(
        Mute.objects.filter(subscriber__in=[mine[0].subscriber_id for mine in portion]).values_list(
            "subscriber", "notice"
        )
    )


def _told(portion: Sequence[Sequence[Alert]], events: Sequence[Event]) -> Mapping[int, set[str]]:
    """Events that each subscriber has a letter of already: another alert of theirs told of it at once."""
    people, keys = [mine[0].subscriber_id for mine in portion], [event.key for event in events]
    return _by_subscriber(Letter.objects.filter(subscriber__in=people, key__in=keys).values_list("subscriber", "key"))


def _by_subscriber(pairs: Iterable[tuple[int, T]]) -> Mapping[int, set[T]]:
    found: dict[int, set[T]] = defaultdict(set)
    for subscriber, value in pairs:
        found[subscriber].add(value)
    return found
