"""Sending messages to webhooks: written beside the e-mails of a publication, sent in the background, again if need be.

One worker sends at a time, for some seconds, and then gives the work back. In its turn many messages are under way at
once, each in a thread that does nothing but wait for its server; the rows are written here, by the turn itself. To one
webhook one message is under way, to one host a few, and servers that answered last come before those that did not. So
whoever hangs delays nobody else.

A worker that dies leaves what it had in hand free after a minute. A server may so get a message twice, never under two
identifiers: a message is delivered at least once.
"""

import logging
import math
import time
from collections import Counter
from collections.abc import Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, Min, OuterRef, Q, Subquery
from django.utils import timezone

from boroughs.actions import work
from boroughs.actions.work import Claim
from boroughs.background import Task
from boroughs.exceptions import LeaseLost
from procurement import notifications
from procurement.actions import letters
from procurement.models import NoticeVersion, Webhook, WebhookDelivery
from procurement.models.webhook_delivery import IN_HAND
from procurement.outbound import backoff, post, signing
from procurement.outbound.post import Answer
from procurement.queries import webhook_payload
from procurement.queries.alert_matches import Event, Matcher

logger = logging.getLogger(__name__)

ALL = "london"
# Messages under way at once, in all and to one host.
AT_ONCE = 24
TO_A_HOST = 3
# Seconds in which a turn takes messages up; with the ten that the last may last, a turn takes twenty at most.
TAKING = 9.0
# Webhooks that are looked at to find those whose turn it is.
LOOKED_AT = 200
CHUNK = 500
# Seconds until the work is looked at again at the latest, while anything waits.
LATEST = 600
KEPT = 500


def put(event: Event, *, matcher: Matcher) -> None:
    """Write the messages of a publication that are not written yet. They go out once `wake` is called."""
    hooks = Webhook.objects.standing().filter(created_at__lte=event.at)
    about = [hook.pk for hook in hooks.iterator() if event.current_id in matcher.found(hook.search)]
    if not about:
        return
    name = webhook_payload.event_of(NoticeVersion.objects.get(pk=event.version_id))
    now = timezone.now()
    rows = [
        WebhookDelivery(webhook_id=pk, version_id=event.version_id, event=name, written_at=now, not_before=now)
        for pk in about
    ]
    # A version that a webhook has a message of already is passed over.
    WebhookDelivery.objects.bulk_create(rows, batch_size=CHUNK, ignore_conflicts=True)


def wake() -> None:
    """Have what is due sent, if anything is."""
    if WebhookDelivery.objects.free(at=timezone.now()).exists():
        work.request(task=Task.DELIVER_WEBHOOKS, key=ALL)


def run(*, key: str = ALL) -> int:
    """Claim the work that is due and send for a turn; the number of messages that were taken."""
    claim = work.claim(task=Task.DELIVER_WEBHOOKS, key=key)
    if claim is None:
        return 0
    try:
        taken = _take_a_turn(claim)
        _give_back(claim)
    except LeaseLost:
        logger.warning("Sending to webhooks lost its lease; the worker that took over goes on")
    except Exception as error:  # noqa: BLE001 - whatever it is, the work is given back, tried again and shown
        work.fail(claim=claim, error=error)
    else:
        return taken
    return 0


def _take_a_turn(claim: Claim) -> int:
    until = time.monotonic() + TAKING
    under_way: dict[Future[Answer], WebhookDelivery] = {}
    taken = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while True:
            work.renew(claim=claim)
            if time.monotonic() < until:
                under_way |= {pool.submit(_message(each)): each for each in _take(under_way.values())}
            if not under_way:
                return taken
            done, _ = wait(under_way, timeout=1, return_when=FIRST_COMPLETED)
            for future in done:
                taken += _record(under_way.pop(future), future.result())


def _take(under_way: Collection[WebhookDelivery]) -> list[WebhookDelivery]:
    """The next messages, in this worker's hands from now on."""
    now = timezone.now()
    hosts = Counter(each.webhook.host for each in under_way)
    found: list[WebhookDelivery] = []
    for host, first in _in_turn(now, full=[host for host, count in hosts.items() if count >= TO_A_HOST]):
        if len(under_way) + len(found) >= AT_ONCE:
            break
        if hosts[host] >= TO_A_HOST:
            continue
        mine = WebhookDelivery.objects.filter(pk=first, done_at__isnull=True)
        # Of two workers that try, the database lets one change the row.
        if mine.filter(Q(taken_at__isnull=True) | Q(taken_at__lte=now - IN_HAND)).update(taken_at=now):
            found.append(mine.select_related("webhook", "version__notice").get())
            hosts[host] += 1
    return found


def _in_turn(now: datetime, *, full: Collection[str]) -> list[tuple[str, int]]:
    """Hosts of webhooks with a message that is due, and the message: those first whose servers answered last time."""
    free = WebhookDelivery.objects.free(at=now).filter(webhook=OuterRef("pk")).order_by("not_before", "pk")
    due = Webhook.objects.filter(Exists(free)).exclude(host__in=full)
    first = due.annotate(first=Subquery(free.values("pk")[:1])).order_by("failures", "pk")
    return list(first.values_list("host", "first")[:LOOKED_AT])


def _message(delivery: WebhookDelivery) -> partial[Answer]:
    """What a thread has to do. It touches no row."""
    hook, now = delivery.webhook, timezone.now()
    body = webhook_payload.payload(delivery)
    head = signing.headers(identifier=delivery.identifier, body=body, at=now, secrets=hook.secrets_at(now))
    head |= {"Content-Type": "application/json; charset=utf-8", "User-Agent": f"LOTI ({settings.SITE_URL})"}
    return partial(post.post, hook.url, body=body.encode(), headers=head, loopback=settings.WEBHOOK_LOOPBACK)


@transaction.atomic
def _record(delivery: WebhookDelivery, answer: Answer) -> bool:
    """Write what came of an attempt, and what follows for the webhook; whether the server took it."""
    now = timezone.now()
    attempts = delivery.attempts + 1
    is_test = delivery.version is None
    # A test is sent once: whoever asked for it looks at what it brought.
    pause = None if answer.is_taken or answer.is_gone or is_test else backoff.after(attempts)
    mine = WebhookDelivery.objects.filter(pk=delivery.pk, taken_at=delivery.taken_at, done_at__isnull=True)
    written = mine.update(
        attempts=attempts,
        tried_at=now,
        taken_at=None,
        status=answer.status,
        answer=answer.text,
        problem=answer.problem[:KEPT],
        not_before=now + (pause or timedelta()),
        done_at=None if pause else now,
    )
    if not written:
        return False
    hook = Webhook.objects.filter(pk=delivery.webhook_id, ended_at__isnull=True)
    hook.update(failures=0 if answer.is_taken else F("failures") + 1)
    if answer.is_gone:
        hook.update(ended_at=now)
    elif not (answer.is_taken or pause or is_test) and hook.filter(paused_at__isnull=True).update(paused_at=now):
        _tell_of_the_pause(delivery, answer)
    return answer.is_taken


def _tell_of_the_pause(delivery: WebhookDelivery, answer: Answer) -> None:
    hook = Webhook.objects.select_related("subscriber").get(pk=delivery.webhook_id)
    words = notifications.webhook_paused(webhook=hook, problem=answer.problem)
    letters.write([letters.Draft(hook.subscriber_id, f"webhook-paused-{delivery.pk}", words)])


def _give_back(claim: Claim) -> None:
    """To be claimed again at once where more is due; else when the next message is."""
    now = timezone.now()
    if WebhookDelivery.objects.free(at=now).exists():
        work.release(claim=claim)
        return
    with transaction.atomic():
        work.finish(claim=claim)
        waiting = WebhookDelivery.objects.waiting().aggregate(
            due=Min("not_before", filter=Q(taken_at__isnull=True)), held=Min("taken_at")
        )
        moments = [waiting["due"], waiting["held"] and waiting["held"] + IN_HAND]
        if any(moments):
            delay = (min(moment for moment in moments if moment) - now).total_seconds()
            work.request(task=Task.DELIVER_WEBHOOKS, key=ALL, delay=min(max(math.ceil(delay), 1), LATEST))
